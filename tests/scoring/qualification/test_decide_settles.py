"""What must hold of every decision, over random policies, leads and times."""

import math
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.engine.facts import DAY, MINUTE
from scoring.engine.next_change import due_at
from scoring.engine.score import compile_rule_set, score_leads
from scoring.qualification.decide import decide
from scoring.qualification.states import LeadState, states_of
from tests.scoring.engine.make_facts import NOW
from tests.scoring.engine.strategies import leads, rule_sets, times

always = settings(max_examples=150)
states = st.builds(
    LeadState,
    stage=st.sampled_from(["new", "engaged", "mql", "sql", "recycled", "disqualified"]),
    decided_version=st.sampled_from([None, 1, 2]),
    retry_on=st.none() | times,
    disqualified_at=st.none() | times,
)


def run(rule_set, facts, state, as_of):
    scores = score_leads(compile_rule_set(rule_set), [facts], as_of)
    decisions = decide(states_of([state]), scores)
    [moment] = due_at(scores, decisions.next_moment).tolist()
    return decisions.of(0), None if math.isinf(moment) else moment


def settled(state, decision, rule_set):
    stage = decision.path[-1] if decision.path else state.stage
    return replace(state, stage=stage, decided_version=rule_set.version)


@always
@given(rule_sets, leads, states)
def test_deciding_again_moves_nothing_more(rule_set, facts, state):
    decision, _ = run(rule_set, facts, state, NOW)

    again, _ = run(rule_set, facts, settled(state, decision, rule_set), NOW)

    assert again.path == ()


@always
@given(rule_sets, leads, states, st.randoms(use_true_random=False))
def test_the_order_of_events_makes_no_difference_to_a_decision(rule_set, facts, state, chance):
    shuffled = list(facts.events)
    chance.shuffle(shuffled)

    assert run(rule_set, replace(facts, events=shuffled), state, NOW) == run(rule_set, facts, state, NOW)


@settings(max_examples=250)
@given(rule_sets, leads, states, st.floats(0, 1))
def test_until_it_is_due_a_settled_lead_stays_in_its_stage(rule_set, facts, state, share):
    decision, moment = run(rule_set, facts, state, NOW)
    state = settled(state, decision, rule_set)
    last = NOW + 1000 * DAY if moment is None else moment - MINUTE

    # What happens within the minute that due times are rounded up by does not count.
    if moment is None or moment > NOW + 2 * MINUTE:
        for later in (last, NOW + share * (last - NOW)):
            assert run(rule_set, facts, state, later)[0].path == ()
