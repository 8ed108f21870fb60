"""Scoring's parts of the lead screens: thresholds, explanation, fit."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils import timezone

from leads.models import Lead, Role
from scoring.engine.explain import BEHAVIOUR, FIT
from scoring.qualification.explain import Explanation, explain_lead
from scoring.qualification.ledger import ledger_lines
from scoring.qualification.portrait import journeys_shown, persona_traits
from scoring.rules.live import NoLiveRuleSet, live_rule_set

register = template.Library()

SHOWN_AT_ONCE = 6


@register.simple_tag
def thresholds() -> Mapping[str, float] | None:
    """Return the live thresholds and limits in points, or None while no rule set is live."""
    try:
        rule_set = live_rule_set().rule_set
    except NoLiveRuleSet:
        return None
    return {
        "mql": rule_set.policy.mql_threshold,
        "sql": rule_set.policy.sql_threshold,
        "fit_limit": rule_set.fit_limit,
        "behaviour_limit": rule_set.behaviour_limit,
    }


@register.simple_tag
def persona_names() -> list[str]:
    """Return the names of the live rules' personas."""
    try:
        return [persona.name for persona in live_rule_set().rule_set.personas]
    except NoLiveRuleSet:
        return []


@register.simple_tag
def points_of_kind(kind: str) -> str:
    """Return what an event of a kind is worth, "" if no rule counts it: "+5 points, halves after 14 days"."""
    try:
        rules = [rule for rule in live_rule_set().rule_set.rules if rule.kind == kind]
    except NoLiveRuleSet:
        return ""
    if not rules:
        return ""
    rule = max(rules, key=lambda one: abs(one.points))
    fading = f", halves after {rule.half_life_days:g} days" if rule.half_life_days else ""
    return f"{rule.points:+g} points{fading}"


@register.simple_tag
def explanation_of(lead: Lead) -> Explanation | None:
    """Return the explanation of a lead's score as of now, or None while no rule set is live."""
    try:
        return explain_lead(lead, as_of=timezone.now())
    except NoLiveRuleSet:
        return None


@register.inclusion_tag("scoring/_explanation.html", takes_context=True)
def score_explanation(
    context: Mapping[str, Any], lead: Lead, explanation: Explanation | None, thresholds: Mapping[str, float] | None
) -> Mapping[str, object]:
    """Render why a lead has its score: bar, last change, chart, and the ledger that sums to the score."""
    if explanation is None or thresholds is None:
        return {"lead": lead, "explanation": None}
    rule_set = live_rule_set().rule_set
    behaviour = ledger_lines(explanation.score.entries, BEHAVIOUR, rule_set)
    return {
        "lead": lead,
        "explanation": explanation,
        "may_try": context["user"].role != Role.SALES,
        "score": explanation.score,
        "thresholds": thresholds,
        "legend_below": thresholds["mql"] < 34 or thresholds["sql"] > 74,
        "lines": behaviour[:SHOWN_AT_ONCE],
        "more": behaviour[SHOWN_AT_ONCE:],
        "more_points": sum(float(str(line["points_now"])) for line in behaviour[SHOWN_AT_ONCE:]),
        "journeys": journeys_shown(explanation.score, rule_set),
        "fit_lines": ledger_lines(explanation.score.entries, FIT, rule_set),
    }


@register.inclusion_tag("scoring/_fit.html")
def fit_panel(explanation: Explanation | None) -> Mapping[str, object]:
    """Render a lead's persona with open questions, and the fit rules that it meets or could meet."""
    if explanation is None:
        return {"explanation": None}
    rule_set = live_rule_set().rule_set
    met = {entry.rule: entry for entry in explanation.score.entries if entry.kind == FIT}
    persona = explanation.score.persona
    return {
        "explanation": explanation,
        "limit": rule_set.fit_limit,
        "has_personas": bool(rule_set.personas),
        "persona": persona,
        "match": round(100 * persona.match) if persona else 0,
        "traits": persona_traits(persona, rule_set) if persona else [],
        "met": [met[rule.name] for rule in rule_set.fit if rule.name in met],
        "unmet": [rule for rule in rule_set.fit if rule.name not in met and rule.points > 0],
    }
