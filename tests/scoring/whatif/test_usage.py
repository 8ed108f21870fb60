"""How many leads each rule gave points in the last 30 days."""

from datetime import timedelta

import pytest

from scoring.engine.score import compile_rule_set
from scoring.models import RuleSet
from scoring.rules.definition import rule_set_from_rows
from scoring.whatif.sample import Bounds
from scoring.whatif.usage import usage_of
from tests.make import NOON, make_event, make_lead
from tests.make_rules import MANAGER, PRICING, TRIAL, publish_rules

pytestmark = pytest.mark.django_db


@pytest.fixture
def rules():
    live = publish_rules([TRIAL, PRICING], fit=[MANAGER])
    return compile_rule_set(rule_set_from_rows(RuleSet.objects.get(pk=live.pk)))


def active(kind, *, days_ago=1, path="/pricing", **fields):
    at = NOON - timedelta(days=days_ago)
    lead = make_lead(last_event_at=at, last_event_kind=kind, **fields)
    make_event(lead, kind, occurred_at=at, properties={"path": path})
    return lead


def counted(usages):
    return [(usage.name, usage.leads.count, usage.leads.error) for usage in usages]


def test_leads_count_once_a_rule_and_only_by_what_they_did_lately(rules):
    twice = active("trial_started", title=MANAGER["value"])
    make_event(twice, "trial_started", occurred_at=NOON)
    make_event(twice, "page_viewed", occurred_at=NOON - timedelta(days=31), properties={"path": "/pricing"})
    active("page_viewed")
    active("page_viewed", path="/blog")
    active("trial_started", days_ago=31, title=MANAGER["value"])
    make_lead(title=MANAGER["value"], last_event_at=NOON)

    usages = usage_of(rules, now=NOON)

    assert counted(usages) == [(TRIAL["name"], 1, 0), (PRICING["name"], 1, 0), (MANAGER["name"], 1, 0)]


def test_of_many_leads_a_sample_tells_with_its_error(rules):
    for _ in range(40):
        active("trial_started")

    trial, pricing, _ = usage_of(rules, now=NOON, bounds=Bounds(all_up_to=10, most=20, seconds=10))

    assert trial.leads.count == 40
    assert trial.leads.error > 0
    assert pricing.leads.count == 0


def test_nobody_was_active(rules):
    assert counted(usage_of(rules, now=NOON)) == [
        (TRIAL["name"], 0, 0),
        (PRICING["name"], 0, 0),
        (MANAGER["name"], 0, 0),
    ]


def test_it_asks_as_much_of_many_leads_as_of_few(rules, django_assert_max_num_queries):
    for _ in range(30):
        active("page_viewed")

    with django_assert_max_num_queries(5):
        usage_of(rules, now=NOON)
