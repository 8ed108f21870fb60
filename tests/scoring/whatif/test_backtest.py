"""Live beside draft on leads whose end is known."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads.models import Lead, Stage
from scoring.engine.score import compile_rule_set, score_lead
from scoring.rules.definition import rule_set_from_rows
from scoring.rules.draft import import_draft
from scoring.rules.live import live_rule_set
from scoring.whatif import replay as replaying
from scoring.whatif.backtest import backtest, gains
from scoring.whatif.interval import Share, wilson
from scoring.whatif.lift import Lift, suggestions_of
from scoring.whatif.outcomes import read_outcomes
from scoring.whatif.replay import replay
from scoring.whatif.sample import Bounds
from tests.make import NOON, make_event, make_lead
from tests.make_rules import BY_SCORE, MANAGER, TRIAL, publish_rules
from tests.scoring.stored_facts import stored_facts
from tests.scoring.whatif.closed import END, close, closed_lead

STEADY = {**TRIAL, "half_life_days": None}
EBOOK = {"name": "eBook downloaded", "kind": "ebook_downloaded", "points": 5}
LOW = {"mql_threshold": 5, "sql_threshold": 15, "margin": 1, **BY_SCORE}


def compiled_draft(rules, **policy):
    draft = import_draft({"name": "Draft", "rules": rules, "policy": policy}, now=NOON)
    return compile_rule_set(rule_set_from_rows(draft))


@pytest.mark.django_db
def test_customers_are_won_and_those_given_up_are_lost():
    customer, disqualified, recycled, open_lead = (make_lead() for _ in range(4))
    close(customer, Stage.CUSTOMER)
    close(customer, Stage.RECYCLED, at=NOON, from_stage=Stage.CUSTOMER)
    close(disqualified, Stage.DISQUALIFIED, from_stage=Stage.MQL)
    close(recycled, Stage.RECYCLED, at=END - timedelta(days=9))
    close(recycled, Stage.RECYCLED)
    close(open_lead, Stage.RECYCLED, from_stage=Stage.MQL)  # sales never had it
    close(make_lead(), Stage.CUSTOMER, at=NOON - timedelta(days=366))  # too long ago

    found = read_outcomes(now=NOON)

    assert [(one.lead_id, one.is_won, one.at) for one in found] == [
        (customer.pk, True, END.timestamp()),
        (disqualified.pk, False, END.timestamp()),
        (recycled.pk, False, END.timestamp()),
    ]
    assert [one.recycles for one in found] == [(), (), ((END - timedelta(days=9)).timestamp(),)]


@pytest.mark.django_db
def test_an_event_at_or_after_the_outcome_changes_nothing():
    publish_rules([STEADY, EBOOK], **LOW)
    leads = [closed_lead("ebook_downloaded", won=number % 2 == 0) for number in range(4)]
    before = replay(read_outcomes(now=NOON), live_rule_set())[0]

    for lead in leads:
        for later in (timedelta(0), timedelta(microseconds=1), timedelta(days=3)):
            make_event(lead, "trial_started", occurred_at=END + later)
    after = replay(read_outcomes(now=NOON), live_rule_set())[0]

    assert before.best.tolist() == after.best.tolist() == [5.0] * 4
    assert np.isinf(after.sql_at).all()
    assert not after.met[:, 0].any()
    # What did happen before, a microsecond even, counts: the test above can fail.
    make_event(leads[0], "trial_started", occurred_at=END - timedelta(microseconds=1))
    assert replay(read_outcomes(now=NOON), live_rule_set())[0].best.tolist() == [20.0, 5.0, 5.0, 5.0]


@pytest.mark.django_db
def test_each_moment_knows_the_recycle_before_it():
    """A trial, a recycle, an eBook, a recycle, an eBook: never more than 15 points at once, and 5 between."""
    publish_rules([STEADY, EBOOK], **LOW)
    lead = make_lead()
    for days, what in enumerate(
        ["trial_started", Stage.RECYCLED, "ebook_downloaded", Stage.RECYCLED, "ebook_downloaded"]
    ):
        at = END - timedelta(days=9 - days)
        if what == Stage.RECYCLED:
            close(lead, what, at=at, from_stage=Stage.MQL)
        else:
            make_event(lead, what, occurred_at=at)
    close(lead, Stage.CUSTOMER)

    assert replay(read_outcomes(now=NOON), live_rule_set())[0].best.tolist() == [15.0]


@pytest.mark.django_db
def test_a_lead_is_scored_at_every_event_as_the_slow_way_scores_it(monkeypatch):
    publish_rules([TRIAL, EBOOK], fit=[MANAGER], **LOW)
    monkeypatch.setattr(replaying, "AT_ONCE", 7)  # many parts
    leads = []
    for number in range(6):
        lead = make_lead(title="Manager" if number % 2 else "")
        for day in range(number * 2):
            make_event(lead, ("trial_started", "ebook_downloaded")[day % 2], occurred_at=END - timedelta(days=day * 3))
        close(lead, Stage.CUSTOMER)
        leads.append(lead)

    found = replay(read_outcomes(now=NOON), live_rule_set())[0]

    for row, lead in enumerate(leads):
        facts = stored_facts(Lead.objects.get(pk=lead.pk))
        end = np.nextafter(END.timestamp(), 0)
        moments = [event.at for event in facts.events if event.at < END.timestamp()] + [end]
        scores = [score_lead(live_rule_set(), facts, moment).score for moment in moments]
        assert found.best[row] == pytest.approx(max(scores))
        assert found.sql_at[row] == min((m for m, s in zip(moments, scores, strict=True) if s >= 15), default=np.inf)


@pytest.mark.django_db
def test_what_was_done_before_a_recycle_does_not_count_after_it():
    publish_rules([STEADY], **LOW)
    lead = closed_lead("trial_started", won=True, days_before=20)
    recycled_at = END - timedelta(days=10)
    close(lead, Stage.RECYCLED, at=recycled_at)
    Lead.objects.filter(pk=lead.pk).update(recycled_at=recycled_at)

    found = replay(read_outcomes(now=NOON), live_rule_set())[0]

    assert found.best.tolist() == [15.0]  # as it stood at its event, before the recycle
    assert found.met.tolist() == [[False]]  # nothing of it was left at the end


@pytest.mark.django_db
def test_a_lead_with_very_many_events_is_scored_at_some_of_them(monkeypatch):
    publish_rules([{**EBOOK, "points": 1}], **LOW)
    monkeypatch.setattr(replaying, "MOST_MOMENTS", 4)
    closed_lead(*["ebook_downloaded"] * 11, won=True)

    assert replay(read_outcomes(now=NOON), live_rule_set())[0].best.tolist() == [11.0]


@pytest.mark.django_db
def test_live_stands_beside_draft_with_the_counts_of_every_rate():
    # By hand: 40 buyers and 60 others. 30 buyers and 10 others started a trial: SQLs of the live rules.
    # The draft takes those who downloaded: the other 10 buyers and 50 others.
    publish_rules([STEADY], **LOW)
    for number in range(100):
        is_won, has_trial = number < 40, number < 30 or number >= 90
        closed_lead("trial_started" if has_trial else "ebook_downloaded", won=is_won)
    draft = compiled_draft([{**EBOOK, "points": 20}], **LOW)

    found = backtest(draft, now=NOON)

    assert (found.total, found.closed, found.won, found.is_sample) == (100, 100, 40, False)
    assert (found.live.bought, found.live.found) == (Share(30, 40), Share(30, 40))
    assert (found.draft.bought, found.draft.found) == (Share(10, 60), Share(10, 40))
    assert (found.live.reached, found.draft.reached) == (Share(30, 40), Share(10, 40))
    assert found.live.bought.rate == 0.75
    assert (found.live.days, found.live.sales) == (pytest.approx(5), 30)
    assert found.draft.days is None  # 10 sales are too few
    assert found.live.curve == ((0, 0), (0.4, 0.75), (1, 1))
    assert found.draft.curve == ((0, 0), (0.6, 0.25), (1, 1))
    (ebook,) = found.lifts
    assert (ebook.share, ebook.average) == (Share(10, 60), Share(40, 100))
    assert ebook.value == pytest.approx((10 / 60) / 0.4)


@pytest.mark.django_db
def test_a_hand_raise_makes_an_sql_that_the_score_alone_does_not():
    publish_rules([STEADY], **{**LOW, "sql_on_hand_raise": True})
    closed_lead("demo_requested", won=True)
    closed_lead("trial_started", won=True)

    found = backtest(live_rule_set(), now=NOON).live

    assert (found.found, found.reached) == (Share(2, 2), Share(1, 2))


@pytest.mark.django_db
def test_under_thirty_cases_there_is_no_rate_no_lift_no_curve_and_no_suggestion():
    publish_rules([STEADY], **LOW)
    for number in range(29):
        closed_lead("trial_started", won=number % 2 == 0)

    found = backtest(live_rule_set(), now=NOON)

    assert found.live.bought == Share(15, 29)
    assert found.live.bought.rate is None
    assert found.live.found.rate is None
    assert (found.live.days, found.live.sales) == (None, 15)
    assert found.live.bought.error is None
    assert found.live.curve == ()
    assert [lift.value for lift in found.lifts] == [None]
    assert found.suggestions == ()


@pytest.mark.django_db
def test_the_live_version_has_nothing_to_stand_beside_it():
    publish_rules([STEADY], **LOW)
    closed_lead("trial_started", won=True)

    found = backtest(live_rule_set(), now=NOON)

    assert found.draft is None
    assert found.tuned is found.live
    assert [lift.name for lift in found.lifts] == ["Trial started"]


@pytest.mark.django_db
def test_of_many_closed_leads_it_looks_at_a_sample_and_says_how_far_off_it_may_be():
    # Half of the 120 buyers are SQLs of the live rules.
    publish_rules([STEADY], **LOW)
    for number in range(120):
        closed_lead("trial_started" if number % 2 else "ebook_downloaded", won=True)

    found = backtest(live_rule_set(), now=NOON, bounds=Bounds(all_up_to=30, most=60, seconds=60, part=7))

    assert (found.total, found.closed, found.won, found.is_sample) == (120, 60, 60, True)
    share = found.live.found
    assert share.cases == 60
    assert abs(share.rate - 0.5) <= share.error
    assert 0.12 < share.error < 0.13  # Wilson at a half: 1.96 x sqrt(0.25/60 + 3.8416/14400) / 1.064 = 0.123


@pytest.mark.django_db
def test_parts_of_closed_leads_together_say_what_all_at_once_do():
    publish_rules([STEADY, EBOOK], fit=[MANAGER], **LOW)
    for number in range(40):
        kinds = ["trial_started"] * (number % 3) + ["ebook_downloaded"] * (number % 2)
        closed_lead(*kinds, won=number % 4 == 0, title="Manager" if number % 5 else "")
    draft = compiled_draft([{**EBOOK, "points": 20}], **LOW)

    by_parts = backtest(draft, now=NOON, bounds=Bounds(all_up_to=500, most=5000, seconds=60, part=7))
    at_once = backtest(draft, now=NOON)

    assert replace(by_parts, seconds=0) == replace(at_once, seconds=0)


@pytest.mark.django_db
def test_nobody_closed_yet_is_no_fault():
    publish_rules([STEADY])

    found = backtest(live_rule_set(), now=NOON)

    assert (found.closed, found.won, found.suggestions) == (0, 0, ())


@pytest.mark.django_db
def test_it_asks_a_fixed_number_of_queries(django_assert_max_num_queries):
    publish_rules([STEADY], **LOW)
    for number in range(40):
        closed_lead("trial_started", won=number % 2 == 0)
    rules = live_rule_set()

    with django_assert_max_num_queries(5):
        assert backtest(rules, now=NOON).closed == 40


def lift(points, hits, cases, *, name="Rule"):
    """Return the lift of a rule where 200 of 1,000 closed leads bought."""
    return Lift("rules", name, points, Share(hits, cases), Share(200, 1000))


def test_points_are_lowered_where_leads_convert_below_average():
    # 8 % instead of 20 %: 0.4 times as often, 5 x 0.4 = 2.
    (suggestion,) = suggestions_of([lift(5, 24, 300)])

    assert suggestion.points == 2
    assert suggestion.reason == "Leads with it buy 0.4 times as often as the average lead"


def test_nothing_is_suggested_for_what_chance_may_explain():
    assert suggestions_of([lift(5, 5, 30), lift(5, 2, 29), lift(5, 60, 300), lift(-5, 50, 300)]) == []


def test_a_loss_that_buyers_have_is_taken_off():
    (suggestion,) = suggestions_of([lift(-10, 120, 300)])

    assert suggestion.points == 0


def test_a_rule_that_finds_more_buyers_than_its_points_say_gets_more_at_most_twice_as_many():
    # Three rules at 10 points a doubling; the fourth finds as many buyers for 2.
    usual = [lift(10, 120, 300, name=f"Usual {number}") for number in range(3)]

    (suggestion,) = suggestions_of([*usual, lift(2, 120, 300, name="Underrated")])

    assert (suggestion.lift.name, suggestion.points) == ("Underrated", 4)


def test_wilsons_interval_by_the_book():
    # 10 of 20: centre 0.5, half-width 1.96 x sqrt(0.0125 + 3.8416/1600) / 1.19208 = 0.2007.
    assert wilson(10, 20) == pytest.approx((0.2993, 0.7007), abs=1e-4)
    assert wilson(0, 0) == (0, 1)


@given(
    st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=1).filter(lambda rows: any(won for _, won in rows))
)
def test_a_gains_curve_rises_from_nothing_to_all_and_does_not_know_the_order_of_leads(rows):
    scores = np.array([float(score) for score, _ in rows])
    is_won = np.array([won for _, won in rows])

    curve = gains(scores, is_won)

    assert curve[0] == (0, 0)
    assert curve[-1] == pytest.approx((1, 1))
    assert list(curve) == sorted(curve)
    assert curve == gains(scores[::-1], is_won[::-1])
