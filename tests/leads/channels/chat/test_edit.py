from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads.channels.chat.check import mistakes
from leads.channels.chat.edit import (
    DraftChanged,
    change_draft,
    undo_change,
    with_new_step,
    with_step,
    with_step_moved,
    without_step,
)
from leads.channels.chat.publish import HasMistakes, publish_dialogue, restore_version
from leads.channels.chat.script import KINDS, read_script
from leads.errors import InvalidValue, LeadError
from leads.models import AuditEntry
from tests.leads.channels.chat.scripts import QUALIFY, any_script, make_dialogue, script, step
from tests.make import NOON

TWO = script(step("a", "email"), step("b", "end"))


def keys(of):
    return [one.key for one in of.steps]


def test_a_step_is_added_moved_changed_and_deleted():
    more = with_new_step(TWO, "choice")
    assert keys(more) == ["a", "b", "step-1"]
    moved = with_step_moved(more, "step-1", -1)
    assert keys(moved) == ["a", "step-1", "b"]
    assert keys(with_step_moved(moved, "a", -1)) == ["a", "step-1", "b"]
    given_choices = [("One", "b"), (" ", "a"), ("Two", "")]
    changed = with_step(moved, "step-1", {"text": "Which?", "choices": given_choices, "attribute": " size "})
    choice = changed.find("step-1")
    assert [(one.label, one.next) for one in choice.choices] == [("One", "b"), ("Two", "")]
    assert (choice.text, choice.attribute) == ("Which?", "size")
    assert keys(without_step(changed, "a")) == ["step-1", "b"]


def test_a_deleted_step_that_others_lead_to_is_a_mistake_beside_them_and_its_key_is_not_given_again():
    added = with_new_step(with_step(TWO, "a", {"next": "step-4"}), "say")

    assert keys(added)[-1] == "step-5"
    assert [mistake.step for mistake in mistakes(without_step(TWO, "b"))] == ["a"]


@pytest.mark.parametrize("change", [partial(without_step, key="x"), partial(with_new_step, kind="shout")])
def test_what_is_not_there_can_not_be_changed(change):
    with pytest.raises(InvalidValue):
        change(TWO)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_new_step_can_be_read_again(kind):
    assert [one.text for one in with_new_step(TWO, kind).steps if not one.text.strip()] == []


@given(any_script(), st.data())
def test_moving_a_step_down_and_up_again_changes_nothing_but_at_the_edges(drawn, data):
    key = data.draw(st.sampled_from(keys(drawn)))
    moved = with_step_moved(drawn, key, 1)

    assert sorted(keys(moved)) == sorted(keys(drawn))
    if keys(drawn)[-1] != key:
        assert with_step_moved(moved, key, -1) == drawn


@pytest.mark.django_db
def test_a_change_is_kept_with_the_draft_before_it_and_undone_and_done_again():
    dialogue = make_dialogue(TWO)

    change_draft(dialogue, partial(without_step, key="b"), revision=0)
    assert (keys(read_script(dialogue.draft)), dialogue.revision) == (["a"], 1)
    undo_change(dialogue)
    assert keys(read_script(dialogue.draft)) == ["a", "b"]
    undo_change(dialogue)
    assert keys(read_script(dialogue.draft)) == ["a"]


@pytest.mark.django_db
def test_there_is_nothing_to_undo_in_a_new_dialogue():
    with pytest.raises(LeadError, match="no change to undo"):
        undo_change(make_dialogue(TWO))


@pytest.mark.django_db
def test_of_two_who_change_the_same_draft_the_second_is_told():
    dialogue = make_dialogue(TWO)
    change_draft(dialogue, partial(with_new_step, kind="say"), revision=0)

    with pytest.raises(DraftChanged):
        change_draft(dialogue, partial(without_step, key="a"), revision=0)

    dialogue.refresh_from_db()
    assert keys(read_script(dialogue.draft)) == ["a", "b", "step-1"]


@pytest.mark.django_db
def test_publishing_makes_the_next_version_and_leaves_the_earlier_ones(admin_user):
    dialogue = make_dialogue(TWO)
    change_draft(dialogue, partial(with_step, key="a", given={"text": "Your address?"}), revision=0)

    version = publish_dialogue(dialogue, by=admin_user, now=NOON)

    assert (version.number, version.published_by) == (2, admin_user)
    assert [one.document["steps"][0]["text"] for one in dialogue.versions.order_by("number")] == [
        "Words of a",
        "Your address?",
    ]
    assert publish_dialogue(dialogue, by=admin_user, now=NOON) == version
    assert AuditEntry.objects.get(action="chat dialogue published").subject == "Site, version 2"


@pytest.mark.django_db
def test_a_draft_with_a_mistake_is_not_published(admin_user):
    dialogue = make_dialogue(TWO)
    change_draft(dialogue, partial(without_step, key="b"), revision=0)

    with pytest.raises(HasMistakes, match="leads nowhere"):
        publish_dialogue(dialogue, by=admin_user, now=NOON)

    dialogue.refresh_from_db()
    assert dialogue.live.number == 1


@pytest.mark.django_db
def test_an_earlier_version_comes_back_into_the_draft_and_undo_takes_it_out():
    dialogue = make_dialogue(TWO)
    first = dialogue.live
    change_draft(dialogue, lambda _: QUALIFY, revision=0)
    publish_dialogue(dialogue, by=None, now=NOON)

    restore_version(dialogue, first)

    assert read_script(dialogue.draft) == TWO
    undo_change(dialogue)
    assert read_script(dialogue.draft) == QUALIFY
