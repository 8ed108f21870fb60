"""Two admins change one draft at the same moment: one is told, and nothing of the other's is lost."""

import pytest

from leads.errors import LeadError
from leads.models import AuditEntry, Role
from scoring.models import RuleSet
from scoring.rules.definition import definition_of
from scoring.rules.draft import change_draft, delete_draft, import_draft, start_seeing
from scoring.rules.state import RuleSetMoved, state_of
from scoring.whatif.accept import set_points
from tests.make import NOON, make_user
from tests.make_rules import MANAGER, PRICING, TRIAL, publish_rules
from tests.together import at_the_same_time


@pytest.fixture
def draft(transactional_db) -> RuleSet:
    return import_draft({"name": "Draft", "rules": [TRIAL, PRICING]}, now=NOON)


def said_of(action, *arguments, **options):
    """Return what an action does: its name, or the name of the error that refuses it."""

    def act():
        try:
            action(*arguments, **options)
        except LeadError as refusal:
            return type(refusal).__name__
        return "done"

    return act


def points_of(draft: RuleSet) -> list[float]:
    return [rule["points"] for rule in definition_of(RuleSet.objects.get(pk=draft.pk))["rules"]]


def with_points(draft: RuleSet, position: int, points: float) -> dict[str, object]:
    definition = definition_of(draft)
    definition["rules"][position]["points"] = points
    return definition


def test_of_two_simultaneous_changes_one_is_saved_and_the_other_is_told(draft):
    state = state_of(draft)

    answers = at_the_same_time(
        said_of(change_draft, draft, with_points(draft, 0, 77), state=state),
        said_of(change_draft, draft, with_points(draft, 1, 88), state=state),
    )

    assert sorted(answers) == ["RuleSetMoved", "done"]
    assert points_of(draft) == ([77, 2] if answers[0] == "done" else [15, 88])


def test_of_two_who_change_a_part_each_at_the_same_moment_neither_takes_the_others_back(draft):
    answers = at_the_same_time(
        said_of(change_draft, draft, {"rules": [PRICING]}, keeps_rest=True),
        said_of(change_draft, draft, {"fit": [MANAGER]}, keeps_rest=True),
    )

    definition = definition_of(RuleSet.objects.get(pk=draft.pk))
    assert answers == ["done", "done"]
    assert [rule["name"] for rule in definition["rules"]] == [PRICING["name"]]
    assert [rule["name"] for rule in definition["fit"]] == [MANAGER["name"]]


def test_of_a_change_and_an_accepted_suggestion_one_is_saved_and_the_other_is_told(draft):
    state, admin = state_of(draft), make_user(role=Role.ADMIN)

    answers = at_the_same_time(
        said_of(change_draft, draft, with_points(draft, 0, 77), state=state),
        said_of(set_points, draft.version, "rules", PRICING["name"], 1, state=state, by=admin, now=NOON),
    )

    assert sorted(answers) == ["RuleSetMoved", "done"]
    assert points_of(draft) == ([77, 2] if answers[0] == "done" else [15, 1])
    assert AuditEntry.objects.filter(action="suggestion accepted").count() == (answers[1] == "done")


def test_of_two_who_start_a_draft_at_the_same_moment_the_second_is_told_of_the_first(transactional_db):
    live = publish_rules([TRIAL, PRICING])
    first, second = (make_user(role=Role.ADMIN) for _ in range(2))
    options = {"changes": {"name": "Mine"}, "note": "", "seen": (), "now": NOON}

    answers = at_the_same_time(
        said_of(start_seeing, live, by=first, **options), said_of(start_seeing, live, by=second, **options)
    )

    assert sorted(answers) == ["DraftExists", "done"]
    assert RuleSet.objects.get(status="draft").created_by in (first, second)


def test_a_change_to_a_draft_that_was_just_discarded_is_told(draft):
    definition = definition_of(draft)
    delete_draft(RuleSet.objects.get(pk=draft.pk), by=None, now=NOON)

    with pytest.raises(RuleSetMoved, match="somebody discarded this draft meanwhile"):
        change_draft(draft, definition)
