"""What publishing a draft would do, beside the rules and on a page of its own."""

import json
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from leads.errors import LeadError
from leads.models import Stage
from leads.web.access import EVERYONE, roles_required
from scoring.engine.json_object import RuleSetError
from scoring.engine.score import CompiledRuleSet
from scoring.rules.live import NoLiveRuleSet
from scoring.whatif.chosen import unsaved_rules, version_rules
from scoring.whatif.preview import Preview, StageEffect, preview

SHOWN_BESIDE = 6
# The bars: so wide at most to either side of the middle.
BAR = 90


class NotUnderstood(LeadError):
    """What was asked for can't be read."""


@dataclass(frozen=True, slots=True)
class _Row:
    """One stage's bars: widths, and where the left one begins."""

    effect: StageEffect
    label: str
    left_x: float
    left: float
    right: float


@roles_required(*EVERYONE)
@require_http_methods(["GET", "HEAD", "POST"])
def what_if(request: HttpRequest) -> HttpResponse:
    """Show what publishing a version would do, or rules as they are being typed; htmx gets the panel alone."""
    context: dict[str, object] = {}
    is_panel = "HX-Request" in request.headers
    try:
        context = what_if_context(preview(asked_rules(request), now=timezone.now()))
    except (LeadError, RuleSetError, NoLiveRuleSet) as refusal:
        context = {"refusal": str(refusal)}
    context["shown"] = SHOWN_BESIDE if is_panel else None
    return render(request, "scoring/_whatif.html" if is_panel else "scoring/whatif.html", context)


def asked_rules(request: HttpRequest) -> CompiledRuleSet:
    """Return the rules that a request is about: `definition`, JSON, where it is posted, else `version`.

    Raises LeadError or RuleSetError, which say what is wrong.
    """
    if "definition" in request.POST:
        return unsaved_rules(_definition(request.POST["definition"]))
    return version_rules(whole_number(request.GET.get("version") or request.POST.get("version") or ""))


def whole_number(version: str) -> int | None:
    """Read a version, None where it is empty. Raises NotUnderstood."""
    if version and not (version.isascii() and version.isdecimal() and len(version) < 10):
        raise NotUnderstood(f"A version is a whole number, got {version[:40]!r}.")
    return int(version) if version else None


def what_if_context(found: Preview) -> dict[str, object]:
    """Return what the panel shows."""
    most = max([1, *(effect.joins.count for effect in found.stages), *(effect.leaves.count for effect in found.stages)])
    return {"preview": found, "rows": [_row(effect, most) for effect in found.stages], "bar": BAR, "width": 2 * BAR}


def _definition(text: str) -> dict[str, object]:
    try:
        definition = json.loads(text)
    except ValueError:
        definition = None
    if not isinstance(definition, dict):
        raise NotUnderstood("The rules must be a JSON object.")
    return definition


def _row(effect: StageEffect, most: int) -> _Row:
    left, right = (_width(number.count, most) for number in (effect.leaves, effect.joins))
    return _Row(effect, Stage(effect.stage).label, round(BAR - left, 1), left, right)


def _width(number: int, most: int) -> float:
    """Return a bar's width; whoever is there is seen."""
    return round(max(2.0, BAR * number / most), 1) if number else 0
