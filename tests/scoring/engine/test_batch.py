"""Leads at many moments in one batch."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.engine.batch import batch_of
from scoring.engine.score import compile_rule_set, score_batch, without_ungated_journeys
from tests.scoring.engine.make_facts import NOW, days_ago, make_event, make_facts, score_of
from tests.scoring.engine.strategies import leads, rule_sets, times


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
