"""The live rule set, for everybody to read. Admins change it in Django admin."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from leads.events.catalog import channel_of
from leads.web.access import EVERYONE, roles_required
from scoring.models import RuleSet, RuleSetStatus
from scoring.rules.progress import rescore_progress


@roles_required(*EVERYONE)
@require_safe
def rules_page(request: HttpRequest) -> HttpResponse:
    """Show rules, policy and how far scoring has come."""
    live = (
        RuleSet.objects.filter(status=RuleSetStatus.LIVE)
        .select_related("policy", "published_by")
        .prefetch_related("rules", "fit_rules")
        .first()
    )
    rules = sorted(live.rules.all(), key=lambda rule: (rule.position, rule.pk)) if live else []
    context = {
        "live": live,
        "gains": [(rule, channel_of(rule.kind)) for rule in rules if rule.points >= 0],
        "losses": [(rule, channel_of(rule.kind)) for rule in rules if rule.points < 0],
        "fit_rules": sorted(live.fit_rules.all(), key=lambda rule: (rule.position, rule.pk)) if live else [],
        "progress": rescore_progress(now=timezone.now()),
    }
    return render(request, "scoring/rules.html", context)


@roles_required(*EVERYONE)
@require_safe
def progress(request: HttpRequest) -> HttpResponse:
    """Show how far scoring has come; the page asks every few seconds."""
    return render(request, "scoring/_progress.html", {"progress": rescore_progress(now=timezone.now())})
