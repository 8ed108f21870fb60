"""Leads that are decided about, by the points, events and policy that a test is about."""

from dataclasses import replace

import numpy as np

from scoring.engine.facts import RuleSet
from scoring.engine.score import compile_rule_set, score_leads
from scoring.qualification.decide import Decision, decide
from scoring.qualification.states import LeadState, states_of
from tests.scoring.engine.make_facts import NOW, days_ago, make_event, make_facts, make_rule_set

VISIT = make_event("page_viewed", days_ago(1))
BY_SCORE = {"mql_on_engagement": False, "sql_on_hand_raise": False}


def download(when: float = NOW, **fields):
    return make_event("ebook_downloaded", when, voluntary=True, **fields)


def demo(when: float = NOW, **fields):
    return make_event("demo_requested", when, voluntary=True, hand_raise=True, **fields)


def decided(stage: str, score: float, *events, policy: dict | None = None, recycled_at=None, **state) -> Decision:
    rule_set = make_rule_set(policy=policy or {}, version=3)
    return decide_under(rule_set, stage, score, *events, recycled_at=recycled_at, **state)


def decide_under(rule_set: RuleSet, stage: str, score: float, *events, recycled_at=None, **state) -> Decision:
    lead = LeadState(stage, **{"decided_version": 3, **state})
    return decide_with(lead, rule_set, make_facts(*events, recycled_at=recycled_at), fit=0, behaviour=score)


def decide_with(lead: LeadState, rule_set: RuleSet, facts, *, fit: float, behaviour: float) -> Decision:
    """Decide as if the facts had given these points."""
    scores = score_leads(compile_rule_set(rule_set), [facts], NOW)
    points = {"score": fit + behaviour, "fit": fit, "behaviour": behaviour}
    given = replace(scores, **{name: np.array([float(value)]) for name, value in points.items()})
    return decide(states_of([lead]), given).of(0)


def rule_set_with(**policy) -> RuleSet:
    rule_set = make_rule_set(version=3)
    return replace(rule_set, policy=replace(rule_set.policy, **policy))


EVALUATE = {"name": "Evaluate", "window_days": 30, "steps": [{"name": "Look", "kind": "page_viewed"}]}
CLERK = {
    "name": "Clerk",
    "minimum": 0.5,
    "criteria": [{"name": "Role", "field": "title", "op": "is", "value": "clerk", "points": 5}],
}
BOSS = {**CLERK, "name": "Boss", "criteria": [{**CLERK["criteria"][0], "value": "boss"}]}
