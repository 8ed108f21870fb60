"""When a score is due again, by hand."""

import math

import numpy as np
import pytest

from scoring.engine.facts import DAY, MINUTE
from scoring.engine.next_change import due_at
from scoring.engine.score import compile_rule_set, score_leads
from tests.scoring.engine.due import due
from tests.scoring.engine.make_facts import (
    NOW,
    days_ago,
    make_event,
    make_facts,
    make_fit_rule,
    make_rule,
    make_rule_set,
)

TRIAL = make_rule("trial_started", 15, half_life_days=14)


def minutes_until_due(rule_set, facts, **kwargs) -> float:
    return (due(rule_set, facts, **kwargs) - NOW) / MINUTE


def test_a_fading_trial_is_due_when_it_has_lost_a_point():
    # 15 points become 14 after 14 days * log2(15 / 14) = 120,398.5 s = 2006.6 minutes.
    facts = make_facts(make_event("trial_started"))

    assert minutes_until_due(make_rule_set(TRIAL), facts) == 2007


@pytest.mark.parametrize("fit", [36, 26])
def test_a_threshold_or_its_margin_in_the_way_comes_first(fit):
    # With 4.5 it is 40.5, above the MQL threshold of 40, or 30.5, above 40 - 10, where an MQL leaves; either is crossed
    # when 4.5 has become 4: 14 days * log2(4.5 / 4) = 3425.7 minutes.
    rule_set = make_rule_set(
        make_rule("trial_started", 4.5, half_life_days=14), fit=(make_fit_rule("country", "is", "HR", fit),)
    )

    assert minutes_until_due(rule_set, make_facts(make_event("trial_started"), country="HR")) == 3426


def test_what_is_above_the_cap_has_to_fade_first():
    # Two trials are 30 capped at 10; they are worth 9 after 14 days * log2(30 / 9) = 35,017.2 minutes.
    rule_set = make_rule_set({**TRIAL, "cap": 10})
    facts = make_facts(make_event("trial_started"), make_event("trial_started", message_id="second"))

    assert minutes_until_due(rule_set, facts) == 35018


def test_what_is_above_the_behaviour_limit_has_to_fade_first():
    # 90 points show as 60; they show as 59 after 14 days * log2(90 / 59) = 12,281.4 minutes, but the SQL margin
    # (70 - 10 = 60) is crossed before: as soon as 90 is below 60, 14 days * log2(90 / 60) = 11,792.8 minutes.
    rule_set = make_rule_set(make_rule("trial_started", 90, half_life_days=14))

    assert minutes_until_due(rule_set, make_facts(make_event("trial_started"))) == 11793


def test_fading_negative_points_let_a_score_rise():
    # 20 - 15 is 5; it is 6 when 15 has become 14.
    rule_set = make_rule_set(make_rule("demo_requested", 20), make_rule("page_viewed", -15, half_life_days=14))
    facts = make_facts(make_event("demo_requested"), make_event("page_viewed"))

    assert minutes_until_due(rule_set, facts) == 2007


def test_terms_of_different_half_lives_are_searched_from_below():
    # 10 * 2 ** (-t / 7) + 10 * 2 ** (-t / 14) = 19 has no closed form; half a percent too early is near enough.
    rule_set = make_rule_set(
        make_rule("trial_started", 10, half_life_days=7), make_rule("page_viewed", 10, half_life_days=14)
    )
    facts = make_facts(make_event("trial_started"), make_event("page_viewed"))

    exact = crossing_by_bisection(lambda days: 10 * 0.5 ** (days / 7) + 10 * 0.5 ** (days / 14), 19) * DAY / MINUTE

    assert exact * 0.995 <= minutes_until_due(rule_set, facts) <= math.ceil(exact)


def crossing_by_bisection(falling, level: float) -> float:
    low, high = 0.0, 1000.0
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if falling(middle) > level else (low, middle)
    return low


@pytest.mark.parametrize(
    ("rule", "event_days_ago"),
    [
        (make_rule("trial_started", 15), 0),  # never fades
        (make_rule("trial_started", 1, half_life_days=14), 0),  # less than a point to lose
        (make_rule("trial_started", -15, half_life_days=14), 0),  # hidden by the floor for good
        (make_rule("trial_started", 15, half_life_days=1), 60),  # faded already
        (make_rule("page_viewed", 15, half_life_days=14), 0),  # nothing to fade
    ],
)
def test_a_score_that_will_not_move_is_never_due(rule, event_days_ago):
    facts = make_facts(make_event("trial_started", days_ago(event_days_ago)))

    assert due(make_rule_set(rule), facts) is None


def test_what_cancels_out_wakes_nobody():
    # 10 - 10 at the same half-life is nothing for good, just at the MQL threshold of 40.
    rule_set = make_rule_set(
        make_rule("trial_started", 10, half_life_days=14),
        make_rule("page_viewed", -10, half_life_days=14),
        fit=(make_fit_rule("country", "is", "HR", 40),),
    )
    facts = make_facts(make_event("trial_started"), make_event("page_viewed"), country="HR")

    assert due(rule_set, facts) is None


def test_what_nearly_cancels_out_at_a_threshold_is_not_looked_at_every_minute():
    # 31 + 20 - 10 = 41. With x = 2 ** (-t / 14) behaviour is 20 x - 10 x ** 2, which stands still at first. It has lost
    # a point, and reached the threshold of 40, at x = 1 - sqrt(0.1) = 0.68377: after 14 * log2(1 / x) = 7.678 days.
    rule_set = make_rule_set(
        make_rule("trial_started", 20, half_life_days=14),
        make_rule("page_viewed", -10, half_life_days=7),
        fit=(make_fit_rule("country", "is", "HR", 31),),
    )
    facts = make_facts(make_event("trial_started"), make_event("page_viewed"), country="HR")

    assert 7.6 * DAY < due(rule_set, facts) - NOW < 7.68 * DAY


def test_a_threshold_that_is_only_approached_is_never_crossed():
    # The score falls towards 40 but fit alone keeps it there.
    rule_set = make_rule_set(
        make_rule("trial_started", 0.9, half_life_days=14), fit=(make_fit_rule("country", "is", "HR", 40),)
    )

    assert due(rule_set, make_facts(make_event("trial_started"), country="HR")) is None


def test_a_future_event_a_decision_and_the_next_minute_set_the_due_time():
    rule_set = make_rule_set(TRIAL)
    ahead = make_facts(make_event(when=NOW + 1000))

    assert due(rule_set, ahead) == NOW + 1020  # rounded up to the whole minute
    assert due(rule_set, ahead, next_moment=NOW + 600) == NOW + 600
    assert due(rule_set, make_facts(), next_moment=NOW + 1) == NOW + 60  # never less than a minute ahead
    assert due(rule_set, make_facts(), as_of=NOW + 1, next_moment=NOW + 2) == NOW + 120
    assert due(rule_set, make_facts(), next_moment=NOW + 10_000 * DAY) == NOW + 365 * DAY


def hr(points):
    return (make_fit_rule("country", "is", "HR", points),)


def test_a_rise_to_the_very_limit_of_behaviour_is_looked_at():
    # 69 - 10 is 59; it is 60, the limit, when 10 has become 9: 14 days * log2(10 / 9) = 3064.4 minutes.
    rule_set = make_rule_set(
        make_rule("demo_requested", 69), make_rule("page_viewed", -10, half_life_days=14), policy={"margin": 5}
    )

    assert minutes_until_due(rule_set, make_facts(make_event("demo_requested"), make_event("page_viewed"))) == 3065


def test_a_fall_to_the_very_floor_of_behaviour_is_looked_at():
    # 5 - 4 is 1; it is 0, the floor, when 5 has become 4: 14 days * log2(5 / 4) = 6490.1 minutes.
    rule_set = make_rule_set(make_rule("page_viewed", -4), make_rule("trial_started", 5, half_life_days=14))

    assert minutes_until_due(rule_set, make_facts(make_event(), make_event("trial_started"))) == 6491


def test_who_rises_from_the_very_threshold_is_not_looked_at_every_minute():
    # 50 - 10 is 40, the MQL threshold; it is 41 when 10 has become 9, after 3064.4 minutes.
    rule_set = make_rule_set(make_rule("demo_requested", 50), make_rule("page_viewed", -10, half_life_days=14))

    assert minutes_until_due(rule_set, make_facts(make_event("demo_requested"), make_event())) == 3065


@pytest.mark.parametrize("sign", [1, -1])
def test_less_than_a_point_that_fades_the_other_way_is_reckoned_with(sign):
    # With x = 2 ** (-t / 14) 20 x - 0.9 x ** 2 falls from 19.1 to 18.1 at x = (20 - sqrt(334.84)) / 1.8 = 0.94520.
    rule_set = make_rule_set(
        make_rule("demo_requested", 33),
        make_rule("trial_started", 20 * sign, half_life_days=14),
        make_rule("page_viewed", -0.9 * sign, half_life_days=7),
    )
    facts = make_facts(make_event("trial_started"), make_event("page_viewed"), make_event("demo_requested"))
    exact = -14 * DAY / MINUTE * math.log2((20 - math.sqrt(334.84)) / 1.8)

    assert exact * 0.995 <= minutes_until_due(rule_set, facts) <= math.ceil(exact)


def test_fit_does_not_put_off_a_rise():
    # 12 + 30 - 20 is 22; it is 23 when 20 has become 19: 14 days * log2(20 / 19) = 1491.9 minutes.
    rule_set = make_rule_set(
        make_rule("demo_requested", 30), make_rule("page_viewed", -20, half_life_days=14), fit=hr(12)
    )
    facts = make_facts(make_event("demo_requested"), make_event("page_viewed"), country="HR")

    assert minutes_until_due(rule_set, facts) == 1492


def test_a_threshold_above_comes_before_a_point():
    # 49.5 - 10 is 39.5; it is 40, the MQL threshold, when 10 has become 9.5: 14 days * log2(10 / 9.5) = 1491.9 minutes.
    rule_set = make_rule_set(make_rule("demo_requested", 49.5), make_rule("page_viewed", -10, half_life_days=14))
    facts = make_facts(make_event("demo_requested"), make_event("page_viewed"))

    assert minutes_until_due(rule_set, facts) == 1492


@pytest.mark.parametrize(("points", "worth"), [(15, 20), (-15, -20)])
def test_points_that_stay_count_up_to_their_cap(points, worth):
    # Two of 15 are 30, capped at 20, beside 15 that fade; 30 more make the sum positive. A point is lost in 2006.6 min.
    rule_set = make_rule_set(
        {**make_rule("demo_requested", points), "cap": 20}, make_rule("page_viewed", 25 - worth / 4), TRIAL
    )
    facts = make_facts(
        make_event("demo_requested"), make_event("demo_requested", message_id="2"), make_event(),
        make_event("trial_started"),
    )  # fmt: skip

    assert minutes_until_due(rule_set, facts) == 2007


def test_a_loss_that_is_held_at_its_cap_lets_the_score_rise_only_once_it_has_faded_below():
    # 50 - 20 is 30. Eight of -10 are -80; they are -20 after two half-lives, -19 after 14 days * log2(80 / 19).
    rule_set = make_rule_set(
        make_rule("demo_requested", 50), {**make_rule("page_viewed", -10, half_life_days=14), "cap": 20}, fit=hr(3)
    )
    views = [make_event(message_id=str(number)) for number in range(8)]

    exact = 14 * DAY / MINUTE * math.log2(80 / 19)
    found = minutes_until_due(rule_set, make_facts(make_event("demo_requested"), *views, country="HR"))

    assert exact * 0.995 <= found <= math.ceil(exact)


def test_gains_that_fade_faster_than_losses_are_searched_from_below():
    # With x = 2 ** (-t / 20) 40 x ** 2 - 20 x falls from 20 to 19 at x = (20 + sqrt(3440)) / 80 = 0.98314: 706.4 min.
    rule_set = make_rule_set(
        make_rule("trial_started", 40, half_life_days=10), make_rule("page_viewed", -20, half_life_days=20)
    )
    exact = -20 * DAY / MINUTE * math.log2((20 + math.sqrt(3440)) / 80)
    found = minutes_until_due(rule_set, make_facts(make_event("trial_started"), make_event()))

    assert exact * 0.995 <= found <= math.ceil(exact)


@pytest.mark.parametrize("held", ["trial_started", "page_viewed"])
def test_a_lead_is_due_when_it_would_be_alone_whoever_is_scored_beside_it(held):
    rule_set = make_rule_set(
        make_rule("trial_started", 15, half_life_days=14, cap=20 if held == "trial_started" else None),
        make_rule("page_viewed", 8, half_life_days=7, cap=20 if held == "page_viewed" else None),
        fit=hr(5),
    )
    beyond = make_facts(*[make_event(held, message_id=str(number)) for number in range(4)])
    below = make_facts(make_event("trial_started"), make_event("page_viewed"), country="HR")
    further = make_facts(*[make_event(held, message_id=str(number)) for number in range(9)], make_event("page_viewed"))
    batch = [beyond, below, make_facts(), further]

    together = due_at(score_leads(compile_rule_set(rule_set), batch, NOW), np.full(4, np.inf)).tolist()

    assert together == [due(rule_set, facts) or math.inf for facts in batch]


def test_a_recycle_ahead_is_looked_at_when_it_comes():
    assert due(make_rule_set(TRIAL), make_facts(recycled_at=NOW + 3 * DAY)) == NOW + 3 * DAY


def test_progress_on_a_journey_is_looked_at_right_after_it_has_left_the_window_and_a_complete_one_never():
    steps = [{"name": "Guide", "kind": "ebook_downloaded"}, {"name": "Pricing", "kind": "page_viewed"}]
    demo = {"name": "Demo", "kind": "demo_requested"}
    rule_set = make_rule_set(journeys=[{"name": "Evaluate", "window_days": 30, "steps": steps}])
    begun = make_event("ebook_downloaded", days_ago(10))

    # Inside up to and including the thirtieth day; after that the next whole minute.
    assert due(rule_set, make_facts(begun)) == NOW + 20 * DAY + MINUTE
    assert due(rule_set, make_facts(begun, make_event("page_viewed", days_ago(9)))) is None
    rule_set = make_rule_set(journeys=[{"name": "Evaluate", "window_days": 30, "steps": [*steps, demo]}])
    assert due(rule_set, make_facts(begun, make_event("page_viewed", days_ago(9)))) == NOW + 20 * DAY + MINUTE
