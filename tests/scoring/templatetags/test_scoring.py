"""The ledger: what it calls its lines, in which order they stand, and that they sum to the score."""

from math import fsum

from scoring.engine.explain import Entry
from scoring.engine.facts import BehaviourRule, RuleSet
from scoring.qualification.ledger import ledger_lines

RULES = RuleSet(version=1, name="Test", rules=(BehaviourRule("Trial", "trial_started", 15),))


def test_each_line_belongs_to_one_half_and_none_is_lost():
    entries = [
        Entry("Trial", "behaviour", 15, 15, 1, 0.0),
        Entry("Many", "behaviour", 60, 60, 9, 0.0),
        Entry("behaviour_limit", "adjustment", -15, -15, 0, None),
        Entry("Role", "fit", 12, 12, 1, None),
        Entry("Student", "fit", -20, -20, 1, None),
        Entry("fit_floor", "adjustment", 8, 8, 0, None),
    ]

    behaviour = ledger_lines(entries, "behaviour", RULES)
    fit = ledger_lines(entries, "fit", RULES)

    assert fsum(line["points_now"] for line in behaviour) == 60
    assert fsum(line["points_now"] for line in fit) == 0


def test_what_is_worth_most_stands_first_and_adjustments_last():
    entries = [
        Entry("behaviour_limit", "adjustment", -30, -30, 0, None),
        Entry("Small", "behaviour", 3, 1.5, 1, 0.0),
        Entry("Loss", "behaviour", -10, -10, 1, 0.0),
        Entry("Trial", "behaviour", 15, 15, 1, 0.0),
    ]

    lines = ledger_lines(entries, "behaviour", RULES)

    assert [line["label"] for line in lines] == ["Trial", "Loss", "Small", "Behaviour counts up to its limit"]


def test_a_line_carries_the_kind_of_its_rule_for_its_icon():
    (line,) = ledger_lines([Entry("Trial", "behaviour", 15, 15, 1, 0.0)], "behaviour", RULES)

    assert line["event_kind"] == "trial_started"
