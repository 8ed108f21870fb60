"""The rules page: the live rules for everyone, and the editor for admins."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from leads.events.catalog import channel_of
from leads.models import Role
from leads.web.access import EVERYONE, RULE_READING, roles_required, signed_in
from scoring.models import Rule, RuleSet, RuleSetStatus
from scoring.rules.definition import fit_definition, rule_definition
from scoring.rules.diff import limit_words
from scoring.rules.progress import rescore_progress
from scoring.rules.words import condition_words, conditions_words, criterion_words, step_words
from scoring.web.editor import editable_version, show_editor


@roles_required(*EVERYONE)
@require_safe
def rules_page(request: HttpRequest) -> HttpResponse:
    """Show rules, policy and the progress of scoring. Admins get the editor; ?read=1 shows them the read-only page."""
    if signed_in(request).role == Role.ADMIN and "read" not in request.GET:
        rule_set = editable_version(request.GET.get("version", ""))
        if rule_set is not None and rule_set.status != RuleSetStatus.ARCHIVED:
            return show_editor(request, rule_set)
    live = (
        RuleSet.objects.filter(status=RuleSetStatus.LIVE)
        .select_related("policy", "published_by")
        .prefetch_related("rules", "fit_rules", "personas", "journeys")
        .first()
    )
    rules = _in_order(live, "rules")
    context = {
        "live": live,
        "gains": [_told(rule) for rule in rules if rule.points >= 0],
        "losses": [_told(rule) for rule in rules if rule.points < 0],
        "fit_rules": [(rule, condition_words(fit_definition(rule))) for rule in _in_order(live, "fit_rules")],
        "personas": [(one, [*map(criterion_words, one.criteria)]) for one in _in_order(live, "personas")],
        "journeys": [(one, [*map(step_words, one.steps)]) for one in _in_order(live, "journeys")],
        "progress": rescore_progress(now=timezone.now()),
        "may_tune": signed_in(request).role in RULE_READING,
    }
    return render(request, "scoring/rules.html", context)


def _told(rule: Rule) -> dict[str, Any]:
    limit = rule_definition(rule)["limit"]
    return {
        "rule": rule,
        "channel": channel_of(rule.kind),
        "where": conditions_words(rule.conditions),
        "limit": limit_words(limit) if limit else "–",
    }


def _in_order(live: RuleSet | None, part: str) -> list[Any]:
    return sorted(getattr(live, part).all(), key=lambda one: (one.position, one.pk)) if live else []


@roles_required(*EVERYONE)
@require_safe
def progress(request: HttpRequest) -> HttpResponse:
    """Show the progress of scoring; the page polls every few seconds."""
    return render(request, "scoring/_progress.html", {"progress": rescore_progress(now=timezone.now())})
