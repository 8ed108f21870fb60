"""Leads as arrays: in which order their events stand, and the same lead at several moments."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.engine.batch import Batch, Ints, batch_of, latest_recycles, ranges
from scoring.engine.facts import SIGNALS
from scoring.engine.score import compile_rule_set, score_batch, without_ungated_journeys
from tests.scoring.engine.make_facts import (
    NOW,
    days_ago,
    make_event,
    make_facts,
    make_fit_rule,
    make_rule_set,
    score_of,
)
from tests.scoring.engine.strategies import leads, rule_sets, times


def three_leads() -> Batch:
    """Of the first lead two events, given last first; of the second none; of the third the oldest of all."""
    first = make_facts(
        make_event("trial_started", 200.0, properties={"plan": "pro"}, name="Trial", voluntary=True),
        make_event("page_viewed", 100.0, properties={"path": "/a"}, name="Page", signal="honeypot"),
        country="HR",
    )
    third = make_facts(make_event("demo_requested", 50.0, hand_raise=True), recycled_at=40.0, country="DE")
    return batch_of([first, make_facts(), third], 1000.0, ["country"])


def numbers(*values: int) -> Ints:
    return np.array(values, np.int64)


def test_events_stand_by_lead_then_by_time():
    batch = three_leads()

    assert len(batch) == 3
    assert batch.as_of.tolist() == [1000.0] * 3
    assert batch.recycled_at.tolist() == [-np.inf, -np.inf, 40.0]
    assert batch.attributes == {"country": ["HR", None, "DE"]}
    assert batch.events.row.tolist() == [0, 0, 2]
    assert batch.events.at.tolist() == [100.0, 200.0, 50.0]
    assert [batch.events.kinds[kind] for kind in batch.events.kind] == [
        "page_viewed",
        "trial_started",
        "demo_requested",
    ]
    assert [SIGNALS[signal] for signal in batch.events.signal] == ["honeypot", "", ""]
    assert batch.events.voluntary.tolist() == [False, True, False]
    assert batch.events.hand_raise.tolist() == [False, False, True]
    assert batch.events.properties.tolist() == [{"path": "/a"}, {"plan": "pro"}, {}]
    assert batch.events.names.tolist() == ["Page", "Trial", ""]


def test_events_of_one_moment_stand_by_the_names_of_their_kinds():
    kinds = ["webinar_attended", "ad_clicked", "page_viewed", "chat_engaged", "trial_started", "email_opened"]

    events = batch_of([make_facts(*[make_event(kind, 100.0) for kind in kinds])], 1000.0, []).events

    assert [events.kinds[kind] for kind in events.kind] == sorted(kinds)
    assert events.kinds == tuple(sorted(kinds))


def test_each_lead_may_have_a_moment_of_its_own():
    assert batch_of([make_facts(), make_facts()], [10.0, 20.0], []).as_of.tolist() == [10.0, 20.0]


def test_a_lead_stands_at_as_many_moments_as_are_asked_for_each_time_with_its_own_events_until_then():
    then = three_leads().at_moments(numbers(2, 0, 1, 0), np.array([60.0, 150.0, 60.0, 250.0]))

    assert then.as_of.tolist() == [60.0, 150.0, 60.0, 250.0]
    assert then.recycled_at.tolist() == [40.0, -np.inf, -np.inf, -np.inf]
    assert then.attributes == {"country": ["DE", "HR", None, "HR"]}
    assert then.events.row.tolist() == [0, 1, 3, 3]
    assert then.events.at.tolist() == [50.0, 100.0, 100.0, 200.0]
    assert [then.events.kinds[kind] for kind in then.events.kind] == [
        "demo_requested", "page_viewed", "page_viewed", "trial_started",
    ]  # fmt: skip
    assert [SIGNALS[signal] for signal in then.events.signal] == ["", "honeypot", "honeypot", ""]
    assert then.events.voluntary.tolist() == [False, False, False, True]
    assert then.events.hand_raise.tolist() == [True, False, False, False]
    assert then.events.names.tolist() == ["", "Page", "Page", "Trial"]
    assert then.events.properties[1] == {"path": "/a"}


def test_an_event_stands_from_its_very_moment_on():
    assert three_leads().at_moments(numbers(0, 0), np.array([99.9, 100.0])).events.row.tolist() == [1]


def test_no_moments_are_a_batch_of_nobody():
    nobody = three_leads().at_moments(numbers(), np.array([]))

    assert (len(nobody), nobody.events.at.tolist(), nobody.attributes) == (0, [], {"country": []})


def test_a_recycle_counts_from_its_very_moment_and_one_ahead_does_not_yet():
    recycled = [make_facts(recycled_at=moment) for moment in (99.0, 100.0, 101.0)]

    assert batch_of(recycled, 100.0, []).begins.tolist() == [99.0, 100.0, -np.inf]


def test_of_several_recycles_each_moment_knows_the_latest_that_was():
    # The first lead was recycled at 30 and 10, the second never, the third at 20.
    rows, moments = numbers(0, 0, 0, 0, 1, 2, 2), np.array([9.0, 10.0, 29.0, 30.0, 99.0, 19.0, 21.0])

    latest = latest_recycles([(30.0, 10.0), (), (20.0,)], rows, moments)

    assert latest.tolist() == [-np.inf, 10.0, 10.0, 30.0, -np.inf, -np.inf, 20.0]


def test_where_nobody_was_recycled_no_moment_knows_a_recycle():
    assert latest_recycles([(), ()], numbers(0, 1, 1), np.array([1.0, 2.0, 3.0])).tolist() == [-np.inf] * 3
    assert latest_recycles([], numbers(), np.array([])).tolist() == []


def test_ranges_follow_one_another():
    # Three from 5, none from 7, two from 0.
    assert ranges(numbers(5, 7, 0), numbers(3, 0, 2)).tolist() == [5, 6, 7, 0, 1]


def test_values_that_are_lists_stay_values():
    listed = [make_event(when=float(number), properties={"tags": ["a", "b"]}, name=str(number)) for number in range(2)]

    assert batch_of([make_facts(*listed)], 10.0, []).events.properties.tolist() == [{"tags": ["a", "b"]}] * 2


def test_what_leads_are_is_the_same_at_every_moment():
    # 10 points for the country, and the persona's 6 of 8 for the title of the third.
    persona = {
        "name": "Manager",
        "criteria": [make_fit_rule("title", "is", "manager", 6, "Role"), make_fit_rule("phone", "is", "1", 2, "Phone")],
    }
    rules = compile_rule_set(make_rule_set(fit=(make_fit_rule("country", "is", "HR", 10),), personas=[persona]))
    facts = [make_facts(country="HR"), make_facts(), make_facts(title="manager")]

    scores = score_batch(rules, batch_of(facts, NOW, rules.fields).at_moments(numbers(2, 0, 2, 1), np.full(4, NOW)))

    assert scores.fit.tolist() == [6, 10, 6, 0]
    assert scores.fits.match.tolist() == [0.75, 0, 0.75, 0]
    assert scores.fits.met.tolist() == [[False], [True], [False], [False]]
    assert scores.persona_names() == ["Manager", "", "Manager", ""]
    assert [match and match.met for match in map(scores.persona, range(4))] == [("Role",), None, ("Role",), None]


@st.composite
def stands(draw):
    """Draw leads, and some of them at some moments: [(position of the lead, POSIX seconds), ...]."""
    found = draw(st.lists(leads, min_size=1, max_size=4))
    where = st.tuples(st.integers(0, len(found) - 1), times)
    return found, draw(st.lists(where, max_size=8))


@settings(max_examples=150)
@given(rule_sets, stands())
def test_a_lead_that_stands_at_many_moments_has_at_each_the_score_it_has_alone(rule_set, drawn):
    found, moments = drawn
    compiled = compile_rule_set(rule_set)
    rows = np.array([row for row, _ in moments], np.int64)
    batch = batch_of(found, NOW, compiled.fields).at_moments(rows, np.array([at for _, at in moments], np.float64))

    scores = score_batch(compiled, batch)

    assert [scores.of(place) for place in range(len(moments))] == [
        score_of(rule_set, found[row], at) for row, at in moments
    ]
    # Journeys are in the explanation alone; a score does not need them.
    assert score_batch(without_ungated_journeys(compiled), batch).score.tolist() == scores.score.tolist()


def test_of_events_that_stand_many_times_each_is_asked_about_once():
    facts = [make_facts(*(make_event(when=days_ago(day)) for day in range(1, number + 1))) for number in (3, 2)]
    batch = batch_of(facts, NOW, ()).at_moments(np.array([1, 0, 1, 0]), np.full(4, NOW))
    asked = []

    def ask(events, chosen):
        asked.append(chosen.tolist())
        return events.at[chosen].astype(np.int64)

    last_of_each = np.array([1, 4, 6, 9])
    assert batch.events.ask_once(ask, last_of_each).tolist() == batch.events.at[last_of_each].tolist()
    # The first lead's events are 0 to 2, the second's 3 and 4.
    assert asked == [[2, 4]]
