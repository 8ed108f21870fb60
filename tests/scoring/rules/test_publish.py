from datetime import timedelta

import pytest
from django.db import transaction

from leads.errors import LeadError
from leads.models import AuditEntry
from scoring.engine.definition import RuleSetError
from scoring.models import Rule, RuleSet, RuleSetStatus
from scoring.qualification.walk import rescore_next
from scoring.rules.full_rescore import is_rescoring, waiting_leads
from scoring.rules.publish import publish
from tests.make import NOON, make_lead

LATER = NOON + timedelta(minutes=5)


def versions(*statuses: RuleSetStatus) -> list[int]:
    return list(RuleSet.objects.filter(status__in=statuses).order_by("version").values_list("version", flat=True))


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


def test_every_lead_counts_as_due_once_a_version_is_published(draft):
    leads = [make_lead(score_due_at=NOON + timedelta(days=30)) for _ in range(3)]

    publish(draft, by=None, now=NOON)

    assert sorted(waiting_leads().values_list("pk", flat=True)) == [lead.pk for lead in leads]


def test_a_publishing_that_fails_makes_no_lead_due(draft):
    make_lead()

    with transaction.atomic():
        publish(draft, by=None, now=NOON)
        transaction.set_rollback(True)

    assert not is_rescoring()


def test_publishing_again_starts_anew(draft):
    lead = make_lead()
    publish(draft, by=None, now=NOON)
    rescore_next(clock=lambda: NOON)
    assert not is_rescoring()

    publish(RuleSet.objects.get(version=1), by=None, now=LATER)

    assert waiting_leads().get() == lead
