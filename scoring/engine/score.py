"""The score of a lead: fit plus behaviour, 0..100, a pure function of facts, rules and time."""

import math
from dataclasses import dataclass

from scoring.engine.behaviour import RulesByKind, behaviour_lines, compile_rules
from scoring.engine.decay import Term, clip
from scoring.engine.explain import BEHAVIOUR, FIT, Entry, adjustments
from scoring.engine.facts import LeadFacts, RuleSet
from scoring.engine.fit import CompiledFitRule, compile_fit, fit_lines


@dataclass(frozen=True, slots=True)
class CompiledRuleSet:
    """A rule set made ready for many leads."""

    rule_set: RuleSet
    behaviour: RulesByKind
    fit: tuple[CompiledFitRule, ...]


@dataclass(frozen=True, slots=True)
class Score:
    """A score at one moment. The entries' points_now sum to `score`; terms: what fades, for the due time."""

    score: float
    fit: float
    behaviour: float
    entries: tuple[Entry, ...]
    terms: tuple[Term, ...] = ()


def compile_rule_set(rule_set: RuleSet) -> CompiledRuleSet:
    """Make a rule set ready for many leads; do it once a batch."""
    return CompiledRuleSet(rule_set, compile_rules(rule_set.rules), compile_fit(rule_set.fit))


def score_lead(compiled: CompiledRuleSet, facts: LeadFacts, as_of: float) -> Score:
    """Score a lead as it stood at `as_of` (POSIX seconds); events after that don't exist yet."""
    rule_set = compiled.rule_set
    did, terms = behaviour_lines(compiled.behaviour, facts, as_of)
    behaviour = _within(did, BEHAVIOUR, rule_set.behaviour_limit)
    fits = fit_lines(compiled.fit, facts.attributes)
    fit = _within(fits, FIT, rule_set.fit_limit)
    return Score(fit + behaviour, fit, behaviour, (*did, *fits), tuple(terms))


def _within(entries: list[Entry], part: str, limit: float) -> float:
    """Return the part's points within 0..limit; append the line that brings them there."""
    total = math.fsum([entry.points_now for entry in entries])
    entries += adjustments(part, total, limit)
    return clip(total, 0.0, limit)
