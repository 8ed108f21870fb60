"""Drafts: begun from any version, changed, deleted; published versions stay."""

import pytest

from leads.models import AuditEntry
from scoring.engine.definition import RuleSetError
from scoring.models import Rule, RuleSet
from scoring.rules.definition import definition_of
from scoring.rules.draft import NotADraft, change_draft, delete_draft, start_draft
from scoring.rules.publish import publish
from scoring.rules.state import RuleSetMoved, state_of
from tests.make import NOON
from tests.make_rules import MANAGER, PRICING, TRIAL, publish_rules


@pytest.fixture
def live(db):
    return publish_rules([TRIAL, PRICING], fit=[MANAGER])


@pytest.fixture
def draft(live):
    return start_draft(live, now=NOON)


def test_a_draft_says_what_its_source_says_under_the_next_version(live, draft):
    assert definition_of(draft) == definition_of(live)
    assert (draft.version, draft.status) == (live.version + 1, "draft")


def test_a_draft_begins_from_an_archived_version_too(live):
    archived = RuleSet.objects.get(status="archived")

    assert definition_of(start_draft(archived, now=NOON)) == definition_of(archived)


def test_a_change_replaces_all_parts_and_keeps_the_version(draft):
    change_draft(draft, {"name": "Spring", "rules": [{**TRIAL, "points": 20}]}, note="Trials weigh more")

    draft.refresh_from_db()
    assert (draft.name, draft.note) == ("Spring", "Trials weigh more")
    assert [(rule["name"], rule["points"]) for rule in definition_of(draft)["rules"]] == [("Trial started", 20)]
    assert definition_of(draft)["fit"] == []


def test_a_mistake_changes_nothing(draft):
    before = definition_of(draft)

    with pytest.raises(RuleSetError, match=r"rules\[0\]\.points: must be a number from -100 to 100, got 500"):
        change_draft(draft, {**before, "rules": [{**TRIAL, "points": 500}]}, note="Too much")

    draft.refresh_from_db()
    assert (definition_of(draft), draft.note) == (before, "")


def test_of_two_who_change_a_draft_the_second_is_refused(draft):
    seen = state_of(draft)
    change_draft(draft, {**definition_of(draft), "fit": []}, state=seen)

    with pytest.raises(RuleSetMoved, match="somebody changed this rule set meanwhile"):
        change_draft(draft, {**definition_of(draft), "rules": []}, state=seen)

    assert Rule.objects.filter(rule_set=draft).count() == 2


def test_live_and_archived_versions_are_neither_changed_nor_deleted(live):
    archived = RuleSet.objects.get(status="archived")

    with pytest.raises(NotADraft, match=f"Only a draft can be changed; {live} is live."):
        change_draft(live, definition_of(live))
    with pytest.raises(NotADraft, match=f"Only a draft can be deleted; {archived} is archived."):
        delete_draft(archived, by=None, now=NOON)

    assert RuleSet.objects.count() == 2


def test_a_draft_is_deleted_and_the_audit_says_who_did_it(draft, admin_user):
    delete_draft(draft, by=admin_user, now=NOON)

    assert not RuleSet.objects.filter(pk=draft.pk).exists()
    entry = AuditEntry.objects.latest("pk")
    assert (entry.action, entry.subject, entry.actor) == ("rule set draft deleted", str(draft), admin_user)


def test_rolling_back_makes_the_archived_version_live_under_its_own_number(live, draft):
    publish(draft, by=None, now=NOON)

    publish(RuleSet.objects.get(pk=live.pk), by=None, now=NOON)

    assert dict(RuleSet.objects.values_list("version", "status")) == {
        1: "archived",
        live.version: "live",
        draft.version: "archived",
    }
