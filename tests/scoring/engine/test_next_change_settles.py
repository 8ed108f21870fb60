"""What must hold of due times, over random rule sets and leads."""

from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.engine.facts import DAY, MINUTE
from tests.scoring.engine.due import due
from tests.scoring.engine.make_facts import NOW
from tests.scoring.engine.naive import naive_score
from tests.scoring.engine.strategies import leads, rule_sets


@settings(max_examples=250)
@given(rule_sets, leads, st.integers(-86400, 86400).map(lambda seconds: NOW + seconds), st.data())
def test_until_it_is_due_a_score_moves_less_than_a_point_and_crosses_nothing(rule_set, facts, as_of, data):
    moment = due(rule_set, facts, as_of)

    # Due times are rounded up to a whole minute and at least one ahead: what happens within that does not count.
    last = as_of + 1000 * DAY if moment is None else moment - MINUTE
    if moment is not None and moment <= as_of + 2 * MINUTE:
        return
    share = data.draw(st.floats(0, 1))
    for later in (last, as_of + share * (last - as_of)):
        before, after = naive_score(rule_set, facts, as_of), naive_score(rule_set, facts, later)
        for part in ("score", "fit", "behaviour"):
            assert abs(after[part] - before[part]) <= 1 + 1e-6
        assert reached(rule_set, after) == reached(rule_set, before)


def reached(rule_set, score) -> list[bool]:
    policy = rule_set.policy
    levels = [policy.mql_threshold, policy.sql_threshold]
    levels += [level - policy.margin for level in levels]
    return [round(score["score"], 6) >= level for level in levels]


@settings(max_examples=60)
@given(rule_sets, leads)
def test_a_lead_is_looked_at_about_as_often_as_its_score_moves(rule_set, facts):
    looks, moment = 0, due(rule_set, facts, NOW)
    points = sum(abs(rule.points) for rule in rule_set.rules) * len(facts.events)

    while moment is not None and moment < NOW + 300 * DAY:
        looks, moment = looks + 1, due(rule_set, facts, moment)

    # A look for every point that all rules together may lose, for every event ahead, and a few for the levels.
    assert looks <= 2 * points + len(facts.events) + 12
