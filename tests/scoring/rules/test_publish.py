from datetime import timedelta

import pytest
from django.db import transaction

from leads import signals
from leads.errors import LeadError
from leads.models import AuditEntry, Lead
from scoring.engine.definition import RuleSetError
from scoring.models import Rule, RuleSet, RuleSetStatus
from scoring.rules import publish as publishing
from scoring.rules.publish import continue_marking, publish
from tests.make import NOON, make_lead

LATER = NOON + timedelta(minutes=5)


@pytest.fixture
def small_chunks(monkeypatch):
    """Mark two leads in a transaction instead of 10,000."""
    monkeypatch.setattr(publishing, "CHUNK", 2)


def versions(*statuses: RuleSetStatus) -> list[int]:
    return list(RuleSet.objects.filter(status__in=statuses).order_by("version").values_list("version", flat=True))


def marked() -> list[int]:
    return list(Lead.objects.order_by("pk").values_list("facts_version", flat=True))


def test_a_draft_goes_live_and_the_former_is_archived(draft, admin_user):
    publish(draft, by=admin_user, note="Trials weigh more", now=NOON)

    live = RuleSet.objects.get(status=RuleSetStatus.LIVE)
    assert (live.version, live.published_at, live.published_by, live.note) == (2, NOON, admin_user, "Trials weigh more")
    assert versions(RuleSetStatus.ARCHIVED) == [1]
    assert AuditEntry.objects.latest("pk").subject == "Halden v2"


def test_an_archived_version_can_come_back(draft, admin_user):
    publish(draft, by=admin_user, now=NOON)

    publish(RuleSet.objects.get(version=1), by=admin_user, now=LATER)

    assert (versions(RuleSetStatus.LIVE), versions(RuleSetStatus.ARCHIVED)) == ([1], [2])


def test_what_is_live_is_not_published_again(draft):
    publish(draft, by=None, now=NOON)

    with pytest.raises(LeadError, match="Halden v2 is live already"):
        publish(draft, by=None, now=LATER)


def test_what_cannot_be_used_is_not_published(draft):
    Rule.objects.filter(rule_set=draft).update(kind="call_made")

    with pytest.raises(RuleSetError, match=r"rules\[0\].kind: call_made is what we did ourselves"):
        publish(draft, by=None, now=NOON)

    assert versions(RuleSetStatus.LIVE) == [1]


def test_every_lead_is_due_once_publishing_is_committed(draft, django_capture_on_commit_callbacks):
    lead, merged = make_lead(), make_lead()
    Lead.objects.filter(pk=merged.pk).update(merged_into=lead)

    with django_capture_on_commit_callbacks(execute=True):
        publish(draft, by=None, now=NOON)

    lead.refresh_from_db()
    merged.refresh_from_db()
    assert (lead.facts_version, merged.facts_version) == (1, 0)
    assert RuleSet.objects.get(version=2).marked_to_id is None


def test_marking_goes_on_where_a_crash_left_it(draft, small_chunks, django_capture_on_commit_callbacks):
    leads = [make_lead() for _ in range(5)]
    with django_capture_on_commit_callbacks(execute=True):
        publish(draft, by=None, now=NOON)  # marks one chunk at once, as if the process died after it
    cursor = RuleSet.objects.get(version=2).marked_to_id
    first = marked()

    continue_marking(now=LATER)

    assert (first, cursor) == ([1, 1, 0, 0, 0], leads[1].pk)
    assert marked() == [1, 1, 1, 1, 1]
    assert RuleSet.objects.get(version=2).marked_to_id is None


def test_marked_leads_are_due_at_once(draft):
    publish(draft, by=None, now=NOON)
    make_lead(score_due_at=NOON + timedelta(days=30))

    continue_marking(now=LATER)

    assert Lead.objects.get().score_due_at == LATER


def test_nothing_is_marked_twice(draft, small_chunks, django_capture_on_commit_callbacks):
    for _ in range(4):
        make_lead()
    with django_capture_on_commit_callbacks(execute=True):
        publish(draft, by=None, now=NOON)

    continue_marking(now=LATER)
    continue_marking(now=LATER)

    assert marked() == [1, 1, 1, 1]


def test_a_chunk_is_undone_whole_when_it_fails(draft, small_chunks):
    publish(draft, by=None, now=NOON)
    for _ in range(3):
        make_lead()

    def fail(**kwargs):
        raise RuntimeError("the process dies here")

    signals.facts_changed.connect(fail)
    try:
        with pytest.raises(RuntimeError), transaction.atomic():
            continue_marking(now=LATER)
    finally:
        signals.facts_changed.disconnect(fail)

    assert marked() == [0, 0, 0]
    assert RuleSet.objects.get(version=2).marked_to_id == 0


def test_publishing_again_starts_the_marking_anew(draft, small_chunks):
    for _ in range(3):
        make_lead()
    publish(draft, by=None, now=NOON)
    continue_marking(now=NOON, chunks=1)

    publish(RuleSet.objects.get(version=1), by=None, now=LATER)
    continue_marking(now=LATER)

    assert marked() == [2, 2, 1]


def test_the_statements_of_a_chunk_do_not_grow_with_it(draft, django_assert_max_num_queries):
    publish(draft, by=None, now=NOON)
    for _ in range(20):
        make_lead()

    with django_assert_max_num_queries(8):
        continue_marking(now=LATER)
