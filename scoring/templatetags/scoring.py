"""What the screens of leads show of scoring: thresholds, the explanation of a score, the fit."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django import template
from django.utils import timezone

from leads.models import Lead
from scoring.engine.explain import ADJUSTMENT, BEHAVIOUR, FIT, Entry
from scoring.engine.facts import RuleSet
from scoring.qualification.explain import Explanation, explain_lead
from scoring.rules.live import NoLiveRuleSet, live_rule_set

register = template.Library()

SHOWN_AT_ONCE = 6
ADJUSTMENTS = {
    "behaviour_limit": "Behaviour counts up to its limit",
    "behaviour_floor": "Behaviour never goes below 0",
    "fit_limit": "Fit counts up to its limit",
    "fit_floor": "Fit never goes below 0",
}


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
def points_of_kind(kind: str) -> str:
    """Say what an event of a kind is worth, "" where no rule counts it: "+5 points, halves after 14 days"."""
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
    """Explain a lead's score as of now, or return None while no rule set is live."""
    try:
        return explain_lead(lead, as_of=timezone.now())
    except NoLiveRuleSet:
        return None


@register.inclusion_tag("scoring/_explanation.html")
def score_explanation(
    lead: Lead, explanation: Explanation | None, thresholds: Mapping[str, float] | None
) -> Mapping[str, object]:
    """Show why a lead has its score: bar, last change, course, and the ledger that sums to the score."""
    if explanation is None or thresholds is None:
        return {"lead": lead, "explanation": None}
    rule_set = live_rule_set().rule_set
    behaviour = ledger_lines(explanation.score.entries, BEHAVIOUR, rule_set)
    return {
        "lead": lead,
        "explanation": explanation,
        "score": explanation.score,
        "thresholds": thresholds,
        "legend_below": thresholds["mql"] < 34 or thresholds["sql"] > 74,
        "lines": behaviour[:SHOWN_AT_ONCE],
        "more": behaviour[SHOWN_AT_ONCE:],
        "more_points": sum(float(str(line["points_now"])) for line in behaviour[SHOWN_AT_ONCE:]),
        "fit_lines": ledger_lines(explanation.score.entries, FIT, rule_set),
    }


@register.inclusion_tag("scoring/_fit.html")
def fit_panel(explanation: Explanation | None) -> Mapping[str, object]:
    """Show which fit rules a lead meets, and which it could still gain points by."""
    if explanation is None:
        return {"explanation": None}
    rule_set = live_rule_set().rule_set
    met = {entry.rule: entry for entry in explanation.score.entries if entry.kind == FIT}
    return {
        "explanation": explanation,
        "limit": rule_set.fit_limit,
        "met": [met[rule.name] for rule in rule_set.fit if rule.name in met],
        "unmet": [rule for rule in rule_set.fit if rule.name not in met and rule.points > 0],
    }


def ledger_lines(entries: Iterable[Entry], part: str, rule_set: RuleSet) -> list[Mapping[str, object]]:
    """Return one half of the ledger, what is worth most first and adjustments last."""
    event_kinds = {rule.name: rule.kind for rule in rule_set.rules}
    own = sorted((entry for entry in entries if _part(entry) == part), key=_by_worth)
    return [
        {
            "label": ADJUSTMENTS[entry.rule] if entry.kind == ADJUSTMENT else entry.rule,
            "event_kind": event_kinds.get(entry.rule, "") if entry.kind == BEHAVIOUR else "",
            "count": entry.count,
            "last_at": _local(entry.last_at),
            "points_given": entry.points_given,
            "points_now": entry.points_now,
        }
        for entry in own
    ]


def _part(entry: Entry) -> str:
    """Tell which half of the score a line belongs to; an adjustment's name begins with it."""
    return entry.rule.partition("_")[0] if entry.kind == ADJUSTMENT else entry.kind


def _by_worth(entry: Entry) -> tuple[bool, float]:
    return entry.kind == ADJUSTMENT, -abs(entry.points_now)


def _local(posix: float | None) -> datetime | None:
    return None if posix is None else datetime.fromtimestamp(posix, timezone.get_current_timezone())
