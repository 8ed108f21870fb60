"""Points for what a lead is. They don't fade."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from scoring.engine.conditions import ValueTest, compile_value_test
from scoring.engine.explain import FIT, Entry
from scoring.engine.facts import FitRule


class CompiledFitRule(NamedTuple):
    """A fit rule made ready for many leads: the line it gives, and when."""

    field: str
    test: ValueTest
    entry: Entry


def compile_fit(rules: Sequence[FitRule]) -> tuple[CompiledFitRule, ...]:
    """Make fit rules ready for many leads."""
    return tuple(_compile_fit_rule(rule) for rule in rules)


def fit_lines(rules: Sequence[CompiledFitRule], attributes: Mapping[str, object]) -> list[Entry]:
    """Return a line for each fit rule that is met, in the order of the rules."""
    return [entry for field, test, entry in rules if test(attributes.get(field))]


def _compile_fit_rule(rule: FitRule) -> CompiledFitRule:
    points = float(rule.points)
    return CompiledFitRule(
        rule.field, compile_value_test(rule.op, rule.value), Entry(rule.name, FIT, points, points, 1, None)
    )
