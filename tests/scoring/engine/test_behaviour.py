import pytest

from scoring.engine.score import compile_rule_set, score_leads
from tests.scoring.engine.make_facts import (
    NOW,
    at,
    days_ago,
    make_event,
    make_facts,
    make_rule,
    make_rule_set,
    score_of,
)

PRICING = [{"field": "properties.path", "op": "starts_with", "value": "/pricing"}]


def pricing_views(*times: float):
    return make_facts(
        *[
            make_event("page_viewed", when, message_id=str(i), properties={"path": "/pricing"})
            for i, when in enumerate(times)
        ]
    )


def counted(limit: dict, *times: float) -> int:
    """Return how many of the views count, by a rule worth one point without decay."""
    rule_set = make_rule_set(make_rule(points=1, limit=limit))
    return score_of(rule_set, pricing_views(*times), as_of=at("2030-01-01")).behaviour


@pytest.mark.parametrize(("days", "points"), [(0, 15.0), (14, 7.5), (28, 3.75), (42, 1.875)])
def test_a_trial_halves_with_every_half_life(days, points):
    rule_set = make_rule_set(make_rule("trial_started", 15, half_life_days=14))
    facts = make_facts(make_event("trial_started", days_ago(days)))

    assert score_of(rule_set, facts).behaviour == pytest.approx(points, abs=1e-9)


def test_points_without_half_life_never_fade():
    rule_set = make_rule_set(make_rule("trial_started", 15))
    facts = make_facts(make_event("trial_started", days_ago(3650)))

    assert score_of(rule_set, facts).behaviour == 15


def test_five_pricing_views_at_most_three_a_week_are_worth_six():
    limit = {"count": 3, "per": "week"}
    rule_set = make_rule_set(make_rule(points=2, half_life_days=14, limit=limit, conditions=PRICING))

    assert score_of(rule_set, pricing_views(*[NOW] * 5)).behaviour == 6.0


def test_five_pricing_views_under_a_cap_of_five_are_worth_five():
    rule_set = make_rule_set(make_rule(points=2, cap=5, conditions=PRICING))

    [entry] = score_of(rule_set, pricing_views(*[NOW] * 5)).entries

    assert (entry.points_given, entry.points_now, entry.count, entry.last_at) == (5, 5, 5, NOW)


def test_a_careers_page_alone_leaves_behaviour_at_zero():
    rule_set = make_rule_set(make_rule(points=-10, name="Careers"))

    score = score_of(rule_set, make_facts(make_event()))

    assert score.behaviour == 0
    assert [(entry.rule, entry.points_now) for entry in score.entries] == [("Careers", -10), ("behaviour_floor", 10)]


def test_negative_points_are_capped_below():
    rule_set = make_rule_set(make_rule("demo_requested", 20), make_rule(points=-4, cap=6))
    facts = make_facts(make_event("demo_requested"), *[make_event(message_id=str(i)) for i in range(3)])

    assert score_of(rule_set, facts).behaviour == 14


def test_the_latest_events_of_a_period_count():
    # Worth 8 now, 4 a half-life ago, 2 two half-lives ago: of the three, two count, so 12 and not 14 or 6.
    rule_set = make_rule_set(make_rule(points=8, half_life_days=1, limit={"count": 2, "per": "ever"}))
    facts = pricing_views(days_ago(2), NOW, days_ago(1))

    score = score_of(rule_set, facts)

    assert score.behaviour == 12
    assert score.entries[0].points_given == 16


def test_a_day_is_a_day_in_utc():
    one_a_day = {"count": 1, "per": "day"}

    assert counted(one_a_day, at("2026-07-15 00:00:00"), at("2026-07-15 23:59:59")) == 1
    assert counted(one_a_day, at("2026-07-15 23:59:59"), at("2026-07-16 00:00:00")) == 2


def test_a_week_begins_on_monday_and_may_span_two_years():
    one_a_week = {"count": 1, "per": "week"}

    # 2026-07-12 is a Sunday; 2026-12-31 (Thursday) and 2027-01-03 (Sunday) share ISO week 2026-W53.
    assert counted(one_a_week, at("2026-07-12 23:59:59"), at("2026-07-13 00:00:00")) == 2
    assert counted(one_a_week, at("2026-07-13 00:00:00"), at("2026-07-19 23:59:59")) == 1
    assert counted(one_a_week, at("2026-07-06"), at("2026-07-13"), at("2026-07-20")) == 3
    assert counted(one_a_week, at("2026-12-31 10:00:00"), at("2027-01-03 10:00:00")) == 1
    assert counted(one_a_week, at("1969-12-28 10:00:00"), at("1969-12-29 10:00:00")) == 2


def test_a_month_is_a_calendar_month():
    one_a_month = {"count": 1, "per": "month"}

    assert counted(one_a_month, at("2026-01-31 23:59:59"), at("2026-02-01 00:00:00")) == 2
    assert counted(one_a_month, at("2026-02-01 00:00:00"), at("2026-02-28 23:59:59")) == 1
    assert counted(one_a_month, at("2025-07-15 00:00:00"), at("2026-07-15 00:00:00")) == 2


def test_each_value_of_a_property_counts_once_and_events_without_it_share_a_period():
    limit = {"count": 1, "per": {"value_of": "properties.webinar"}}
    rule_set = make_rule_set(make_rule("webinar_attended", 10, limit=limit))
    webinars = [{"webinar": "Tax"}, {"webinar": "tax "}, {"webinar": "Payroll"}, {}, {"webinar": ""}]
    events = [
        make_event("webinar_attended", message_id=str(i), properties=properties)
        for i, properties in enumerate(webinars)
    ]

    [entry] = score_of(rule_set, make_facts(*events)).entries

    assert (entry.count, entry.points_now) == (3, 30)  # tax, payroll, and one without a name


def test_the_values_of_a_property_may_take_turns():
    # Tax, payroll, tax, payroll; of each the later one counts: after a day 5, and at once 10.
    limit = {"count": 1, "per": {"value_of": "properties.webinar"}}
    rule_set = make_rule_set(make_rule("webinar_attended", 10, half_life_days=1, limit=limit))
    days = {3: "Tax", 2: "Payroll", 1: "Tax", 0: "Payroll"}
    events = [make_event("webinar_attended", days_ago(day), properties={"webinar": name}) for day, name in days.items()]

    [entry] = score_of(rule_set, make_facts(*events)).entries

    assert (entry.count, entry.points_now) == (2, 15)


def test_numbers_are_one_value_however_they_are_written():
    limit = {"count": 1, "per": {"value_of": "properties.number"}}
    rule_set = make_rule_set(make_rule("webinar_attended", 10, limit=limit))
    numbers = [7, 7.0, "7", " 7 ", 7.5]
    events = [
        make_event("webinar_attended", message_id=str(i), properties={"number": number})
        for i, number in enumerate(numbers)
    ]

    assert score_of(rule_set, make_facts(*events)).behaviour == 20


def test_lists_and_objects_are_one_value_in_whatever_order_a_database_keeps_their_keys():
    limit = {"count": 1, "per": {"value_of": "properties.plan"}}
    rule_set = make_rule_set(make_rule("webinar_attended", 10, limit=limit))
    plans = [{"name": "Pro", "seats": 5}, {"seats": 5, "name": "PRO"}, ["a", "b"], ["A", "b"], ["b", "a"]]
    events = [
        make_event("webinar_attended", message_id=str(i), properties={"plan": plan}) for i, plan in enumerate(plans)
    ]

    [entry] = score_of(rule_set, make_facts(*events)).entries

    assert entry.count == 3


def test_a_limit_counts_only_events_that_meet_the_conditions():
    rule_set = make_rule_set(make_rule(points=2, limit={"count": 1, "per": "ever"}, conditions=PRICING))
    other = make_event(when=NOW, message_id="later", properties={"path": "/careers"})
    pricing = make_event(when=days_ago(1), message_id="earlier", properties={"path": "/pricing"})

    assert score_of(rule_set, make_facts(other, pricing)).behaviour == 2


def test_events_of_the_future_held_events_and_events_up_to_the_recycle_do_not_count():
    rule_set = make_rule_set(make_rule(points=1))
    events = [
        make_event(when=NOW + 1),
        make_event(when=NOW, signal="bot_agent", message_id="bot"),
        make_event(when=days_ago(3)),
        make_event(when=days_ago(2)),
        make_event(when=days_ago(1)),
        make_event(when=NOW),
    ]

    assert score_of(rule_set, make_facts(*events, recycled_at=days_ago(2))).behaviour == 2
    assert score_of(rule_set, make_facts(*events), as_of=days_ago(2)).behaviour == 2
    assert score_of(rule_set, make_facts(*events, recycled_at=days_ago(1)), as_of=days_ago(2)).behaviour == 2


def test_behaviour_stops_at_its_limit_and_says_so():
    rule_set = make_rule_set(make_rule("trial_started", 50), make_rule("demo_requested", 30))
    facts = make_facts(make_event("trial_started"), make_event("demo_requested"))

    score = score_of(rule_set, facts)

    assert score.score == score.behaviour == 60
    assert [(entry.rule, entry.kind, entry.points_now) for entry in score.entries] == [
        ("trial_started rule", "behaviour", 50),
        ("demo_requested rule", "behaviour", 30),
        ("behaviour_limit", "adjustment", -20),
    ]


def test_a_rules_conditions_are_asked_of_its_own_events_and_of_no_other_rules():
    # Two views of pricing and one of the blog: 2 x 3 points by the first rule, 3 x 1 by the second.
    rule_set = make_rule_set(make_rule(points=3, name="Pricing", conditions=PRICING), make_rule(name="Any", points=1))
    views = [make_event(message_id=path, properties={"path": path}) for path in ("/pricing", "/pricing/teams", "/blog")]

    entries = score_of(rule_set, make_facts(*views)).entries

    assert [(entry.rule, entry.points_now, entry.count) for entry in entries] == [("Pricing", 6, 2), ("Any", 3, 3)]


def test_an_event_counts_only_where_all_conditions_are_met():
    for_teams = [*PRICING, {"field": "properties.seats", "op": "gte", "value": 5}]
    rule_set = make_rule_set(make_rule(points=3, conditions=for_teams))
    views = [
        make_event(message_id=str(number), properties=properties)
        for number, properties in enumerate([
            {"path": "/blog", "seats": 9}, {"path": "/pricing", "seats": 4}, {"path": "/pricing", "seats": 5},
        ])
    ]  # fmt: skip

    assert score_of(rule_set, make_facts(*views)).behaviour == 3


def test_a_cap_holds_losses_as_well_with_and_without_decay():
    rule_set = make_rule_set(make_rule("demo_requested", 50), make_rule(points=-10, cap=15))
    facts = make_facts(make_event("demo_requested"), *[make_event(message_id=str(number)) for number in range(3)])

    _, loss = score_of(rule_set, facts).entries

    assert (loss.points_given, loss.points_now, loss.count) == (-15, -15, 3)


@pytest.mark.parametrize(
    ("points", "lines"),
    [
        (60, []),
        (70, [("behaviour_limit", "adjustment", -10, -10, 0, None)]),
        (-5, [("behaviour_floor", "adjustment", 5, 5, 0, None)]),
    ],
)
def test_a_line_brings_the_sum_back_into_its_limits_where_it_is_outside(points, lines):
    _, *adjusted = score_of(make_rule_set(make_rule(points=points)), make_facts(make_event())).entries

    assert adjusted == lines


def test_what_each_rule_gave_each_lead_stands_in_a_row_for_each_lead():
    # Two trials of 15 with a half-life of 14 days: worth 22.5 as of the later one, 11.25 a half-life after that.
    rule_set = make_rule_set(make_rule("demo_requested", 30), make_rule("trial_started", 15, half_life_days=14, cap=20))
    trials = make_facts(make_event("trial_started", days_ago(28)), make_event("trial_started", days_ago(14)))

    did = score_leads(compile_rule_set(rule_set), [make_facts(), trials], NOW).did

    assert did.number.tolist() == [[0, 0], [0, 2]]
    assert did.last_at.tolist() == [[0, 0], [0, days_ago(14)]]
    assert did.worth.tolist() == [[0, 0], [0, 22.5]]
    assert did.total.tolist() == did.now.tolist() == [[0, 0], [0, 11.25]]
    assert did.given.tolist() == [[0, 0], [0, 20]]


def test_each_lead_has_periods_of_its_own():
    rule_set = make_rule_set(make_rule(points=1, limit={"count": 1, "per": "ever"}))
    views = [make_facts(make_event(when=days_ago(day)), make_event(when=days_ago(day + 1))) for day in (1, 3, 5)]

    assert score_leads(compile_rule_set(rule_set), views, NOW).did.number.tolist() == [[1], [1], [1]]
