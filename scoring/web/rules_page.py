"""The rules page: the live rules for everyone, and the editor for admins."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from leads.events.catalog import channel_of
from leads.models import Role
from leads.web.access import EVERYONE, RULE_READING, roles_required, signed_in
from scoring.models import RuleSet, RuleSetStatus
from scoring.rules.part_lines import format_criteria, format_steps
from scoring.rules.progress import rescore_progress
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
    rules = sorted(live.rules.all(), key=lambda rule: (rule.position, rule.pk)) if live else []
    context = {
        "live": live,
        "gains": [(rule, channel_of(rule.kind)) for rule in rules if rule.points >= 0],
        "losses": [(rule, channel_of(rule.kind)) for rule in rules if rule.points < 0],
        "fit_rules": sorted(live.fit_rules.all(), key=lambda rule: (rule.position, rule.pk)) if live else [],
        "personas": [(one, format_criteria(one.criteria).splitlines()) for one in _in_order(live, "personas")],
        "journeys": [(one, format_steps(one.steps).splitlines()) for one in _in_order(live, "journeys")],
        "progress": rescore_progress(now=timezone.now()),
        "may_tune": signed_in(request).role in RULE_READING,
    }
    return render(request, "scoring/rules.html", context)


def _in_order(live: RuleSet | None, part: str) -> list[Any]:
    return sorted(getattr(live, part).all(), key=lambda one: (one.position, one.pk)) if live else []


@roles_required(*EVERYONE)
@require_safe
def progress(request: HttpRequest) -> HttpResponse:
    """Show the progress of scoring; the page polls every few seconds."""
    return render(request, "scoring/_progress.html", {"progress": rescore_progress(now=timezone.now())})
