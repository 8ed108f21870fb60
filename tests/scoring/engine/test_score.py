"""What must hold of every score, over random rule sets, events, orders and times."""

import math
import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.engine.score import compile_rule_set, without_ungated_journeys
from tests.scoring.engine.make_facts import NOW, make_rule_set, score_of
from tests.scoring.engine.naive import is_held, naive_score
from tests.scoring.engine.strategies import leads, rule_sets, times

always = settings(max_examples=150)


@pytest.mark.parametrize(("gate", "followed"), [(None, []), ("Buy", ["Buy"]), ("any", ["Ask", "Buy"])])
def test_of_journeys_those_are_needed_that_a_gate_asks_for(gate, followed):
    steps = [{"name": "Look", "kind": "page_viewed"}]
    journeys = [{"name": name, "window_days": 30, "steps": steps} for name in ("Ask", "Buy")]
    rules = compile_rule_set(make_rule_set(journeys=journeys, policy={"require_journey": gate}))

    assert [journey.name for journey in without_ungated_journeys(rules).journeys] == followed


@always
@given(rule_sets, leads, times)
def test_a_score_and_its_lines_are_those_of_the_plain_reading(rule_set, facts, as_of):
    expected = naive_score(rule_set, facts, as_of)

    score = score_of(rule_set, facts, as_of)

    assert (score.score, score.fit, score.behaviour) == pytest.approx(
        (expected["score"], expected["fit"], expected["behaviour"]), abs=1e-9
    )
    lines = [entry for entry in score.entries if entry.kind != "adjustment"]
    assert [(line.rule, line.count, line.last_at) for line in lines] == [
        (rule, count, last_at) for rule, _, count, last_at in expected["lines"]
    ]
    assert [line.points_now for line in lines] == pytest.approx([line[1] for line in expected["lines"]], abs=1e-9)
    assert_same_persona(score.persona, expected["persona"])
    assert {journey.name: journey.progress for journey in score.journeys} == expected["journeys"]
    assert all(journey.complete == (journey.progress == journey.steps) for journey in score.journeys)


def assert_same_persona(persona, expected) -> None:
    if expected is None:
        assert persona is None
    else:
        assert (persona.name, list(persona.met), list(persona.unknown)) == (
            expected["name"],
            expected["met"],
            expected["unknown"],
        )
        assert persona.match == pytest.approx(expected["match"])


@always
@given(rule_sets, leads, times, st.randoms(use_true_random=False))
def test_the_order_of_events_makes_no_difference_at_all(rule_set, facts, as_of, chance: random.Random):
    shuffled = list(facts.events)
    chance.shuffle(shuffled)

    assert score_of(rule_set, replace(facts, events=shuffled), as_of) == score_of(rule_set, facts, as_of)


@always
@given(rule_sets, leads, times)
def test_the_lines_sum_to_the_score_and_the_score_stays_in_range(rule_set, facts, as_of):
    score = score_of(rule_set, facts, as_of)

    assert math.fsum(entry.points_now for entry in score.entries) == pytest.approx(score.score, abs=1e-6)
    assert score.score == score.fit + score.behaviour
    assert 0 <= score.fit <= rule_set.fit_limit
    assert 0 <= score.behaviour <= rule_set.behaviour_limit
    for rule in rule_set.rules:
        for entry in score.entries:
            if entry.rule == rule.name and rule.cap is not None:
                assert abs(entry.points_now) <= rule.cap
                assert abs(entry.points_given) <= rule.cap


@always
@given(rule_sets, leads, times)
def test_events_of_the_future_held_events_and_our_own_doings_leave_no_trace(rule_set, facts, as_of):
    real = [
        event
        for event in facts.events
        if event.at <= as_of and not is_held(event, facts, as_of) and (event.kind != "email_sent" or event.properties)
    ]

    assert score_of(rule_set, replace(facts, events=real), as_of) == score_of(rule_set, facts, as_of)


@always
@given(rule_sets, leads)
def test_after_a_recycle_behaviour_is_that_of_a_lead_without_a_past(rule_set, facts):
    recycled = replace(facts, recycled_at=NOW - 86400)
    reborn = replace(facts, recycled_at=None, events=[e for e in facts.events if e.at > NOW - 86400])

    assert score_of(rule_set, recycled) == score_of(rule_set, reborn)
