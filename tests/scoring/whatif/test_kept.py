"""A backtest is worked out once for the same rules and the same outcomes."""

from datetime import timedelta

import pytest

from leads.models import Stage
from scoring.engine.score import compile_rule_set
from scoring.rules.definition import rule_set_from_rows
from scoring.rules.draft import change_draft, import_draft
from scoring.rules.live import live_rule_set
from scoring.whatif.kept import kept_backtest
from scoring.whatif.outcomes import SPAN
from tests.make import NOON, make_lead
from tests.make_rules import BY_SCORE, TRIAL, publish_rules
from tests.scoring.whatif.closed import END, close, closed_lead

pytestmark = pytest.mark.django_db

LOW = {"mql_threshold": 5, "sql_threshold": 15, "margin": 1, **BY_SCORE}


def draft_of(points):
    return import_draft({"name": "Draft", "rules": [{**TRIAL, "points": points}], "policy": LOW}, now=NOON)


def compiled(row):
    return compile_rule_set(rule_set_from_rows(row))


def test_the_same_question_reads_no_events_a_second_time(django_assert_num_queries):
    publish_rules([TRIAL], **LOW)
    closed_lead("trial_started", won=True, days_before=0.001)
    rules = compiled(draft_of(5))
    first = kept_backtest(rules, now=NOON)

    with django_assert_num_queries(2):  # the live version, and the stamp of the outcomes
        assert kept_backtest(rules, now=NOON) == first


def test_another_outcome_asks_anew():
    publish_rules([TRIAL], **LOW)
    closed_lead("trial_started", won=True)
    assert kept_backtest(live_rule_set(), now=NOON).closed == 1

    closed_lead("trial_started", won=False)

    assert kept_backtest(live_rule_set(), now=NOON).closed == 2


def test_an_outcome_that_is_older_than_the_year_by_now_asks_anew():
    publish_rules([TRIAL], **LOW)
    closed_lead("trial_started", won=True)
    assert kept_backtest(live_rule_set(), now=NOON).closed == 1

    assert kept_backtest(live_rule_set(), now=END + SPAN + timedelta(seconds=1)).closed == 0


def test_a_lead_that_closes_a_second_time_asks_anew():
    publish_rules([TRIAL], **LOW)
    lead = make_lead()
    close(lead, Stage.DISQUALIFIED)
    assert kept_backtest(live_rule_set(), now=NOON).won == 0

    close(lead, Stage.CUSTOMER, at=END + timedelta(days=1))

    assert kept_backtest(live_rule_set(), now=NOON).won == 1


def test_a_changed_draft_and_another_live_version_ask_anew():
    publish_rules([TRIAL], **LOW)
    closed_lead("trial_started", won=True, days_before=0.001)
    draft = draft_of(5)
    assert kept_backtest(compiled(draft), now=NOON).draft.reached.hits == 0

    change_draft(draft, {"name": "Draft", "rules": [{**TRIAL, "points": 20}], "policy": LOW})
    assert kept_backtest(compiled(draft), now=NOON).draft.reached.hits == 1

    publish_rules([{**TRIAL, "points": 1}], **LOW)
    assert kept_backtest(compiled(draft), now=NOON).live.reached.hits == 0
