"""What publishing a draft would do, beside the rules and on a page of its own."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from leads.errors import LeadError
from leads.models import Stage
from leads.web.access import RULE_READING, roles_required
from scoring.engine.json_object import RuleSetError
from scoring.rules.live import NoLiveRuleSet, live_rule_set
from scoring.web.asked import asked_rules
from scoring.whatif.preview import Preview, StageEffect, preview

SHOWN_BESIDE = 6
# The bars: so wide at most to either side of the middle.
BAR = 90


@dataclass(frozen=True, slots=True)
class _Row:
    """One stage's bars: widths, and where the left one begins."""

    effect: StageEffect
    label: str
    left_x: float
    left: float
    right: float


@roles_required(*RULE_READING)
@require_http_methods(["GET", "HEAD", "POST"])
def what_if(request: HttpRequest) -> HttpResponse:
    """Show what publishing a version would do, or rules as they are being typed.

    It may take seconds: the page comes at once and fetches the figures, unless `whole` asks for both in one. htmx gets
    the panel alone, without `whole` as it stands beside the rules.
    """
    is_panel, is_whole = "HX-Request" in request.headers, "whole" in request.GET or request.method == "POST"
    context: dict[str, object] = {}
    try:
        rules, live = asked_rules(request), live_rule_set().rule_set
        context = {"version": rules.rule_set.version, "live_version": live.version}
        if is_panel or is_whole:
            context |= what_if_context(preview(rules, now=timezone.now()))
            context["is_same_policy"] = rules.rule_set.policy == live.policy
    except (LeadError, RuleSetError, NoLiveRuleSet) as refusal:
        context = {"refusal": str(refusal)}
    context["shown"] = SHOWN_BESIDE if is_panel and not is_whole else None
    return render(request, "scoring/_whatif.html" if is_panel else "scoring/whatif.html", context)


def what_if_context(found: Preview) -> dict[str, object]:
    """Return what the panel shows."""
    most = max([1, *(effect.joins.count for effect in found.stages), *(effect.leaves.count for effect in found.stages)])
    return {"preview": found, "rows": [_row(effect, most) for effect in found.stages], "bar": BAR, "width": 2 * BAR}


def _row(effect: StageEffect, most: int) -> _Row:
    left, right = (_width(number.count, most) for number in (effect.leaves, effect.joins))
    return _Row(effect, Stage(effect.stage).label, round(BAR - left, 1), left, right)


def _width(number: int, most: int) -> float:
    """Return a bar's width; whoever is there is seen."""
    return round(max(2.0, BAR * number / most), 1) if number else 0
