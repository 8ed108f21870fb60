"""Gates by hand: a persona or a journey that the way to SQL asks for."""

import pytest

from scoring.qualification.states import LeadState
from tests.scoring.engine.make_facts import days_ago, make_event, make_facts, make_rule_set
from tests.scoring.qualification.decided import (
    BOSS,
    BY_SCORE,
    CLERK,
    EVALUATE,
    VISIT,
    decide_under,
    decide_with,
    demo,
    rule_set_with,
)


def test_a_gate_that_is_not_met_holds_back_the_score_path_and_only_if_told_so_hand_raises():
    gated = rule_set_with(require_persona="any")
    gated_hand_raises = rule_set_with(require_journey="Evaluate", gate_hand_raise=True)

    assert decide_under(gated, "new", 90, VISIT).path == ("engaged", "mql")
    assert decide_under(gated, "new", 90, demo()).path == ("engaged", "mql", "sql")
    assert decide_under(gated_hand_raises, "new", 90, demo()).path == ("engaged", "mql")
    assert decide_under(gated, "sql", 90, VISIT).path == ()  # gates count on entry only
    assert decide_under(gated_hand_raises, "sql", 0, demo()).path == ()
    assert decide_under(rule_set_with(require_persona="Gone"), "new", 90, VISIT).path == ("engaged", "mql")


@pytest.mark.parametrize(
    ("gates", "title", "path", "words"),
    [
        ({"require_persona": "Clerk"}, "clerk", ("engaged", "mql", "sql"), "; persona gate was met"),
        ({"require_persona": "any"}, "boss", ("engaged", "mql", "sql"), "; persona gate was met"),
        ({"require_persona": "Clerk"}, "boss", ("engaged", "mql"), ""),
        ({"require_persona": "any"}, "cook", ("engaged", "mql"), ""),
        ({"require_persona": "any", "require_journey": "any"}, "cook", ("engaged", "mql"), ""),
        ({"require_journey": "Evaluate"}, "cook", ("engaged", "mql", "sql"), "; journey gate was met"),
        (
            {"require_persona": "any", "require_journey": "any"},
            "clerk",
            ("engaged", "mql", "sql"),
            "; persona and journey gates were met",
        ),
    ],
)
def test_gates_let_the_right_persona_and_the_completed_journey_through(gates, title, path, words):
    rule_set = make_rule_set(personas=[CLERK, BOSS], journeys=[EVALUATE], policy={**BY_SCORE, **gates}, version=3)

    decision = decide_with(LeadState("new", 3), rule_set, make_facts(VISIT, title=title), fit=20, behaviour=60)

    assert decision.path == path
    assert decision.reason.endswith(f"reached the threshold of {70 if words else 40}{words}")


def test_a_journey_that_has_left_its_window_does_not_open_the_gate():
    two_steps = {**EVALUATE, "steps": [*EVALUATE["steps"], {"name": "Demo", "kind": "demo_requested"}]}
    policy = {**BY_SCORE, "require_journey": "Evaluate"}
    rule_set = make_rule_set(journeys=[two_steps], policy=policy, version=3)

    late = make_facts(make_event("page_viewed", days_ago(31)), demo())

    assert decide_with(LeadState("mql", 3), rule_set, late, fit=20, behaviour=60).path == ()


def test_a_journey_that_the_gate_does_not_name_does_not_open_it():
    buy = {"name": "Buy", "window_days": 30, "steps": [{"name": "Quote", "kind": "quote_requested"}]}

    def path(gate: str) -> tuple[str, ...]:
        policy = {**BY_SCORE, "require_journey": gate}
        return decide_under(make_rule_set(journeys=[EVALUATE, buy], policy=policy, version=3), "mql", 90, VISIT).path

    assert (path("Evaluate"), path("any"), path("Buy")) == (("sql",), ("sql",), ())
