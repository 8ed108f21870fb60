"""Live beside draft on closed leads, and suggestions that an admin takes up."""

from math import isfinite
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from leads.errors import LeadError
from leads.models import Role
from leads.web.access import EVERYONE, roles_required, signed_in
from leads.web.toasts import add_refusal, add_toast
from scoring.engine.json_object import RuleSetError
from scoring.engine.score import CompiledRuleSet
from scoring.rules.live import NoLiveRuleSet, live_rule_set
from scoring.web.whatif import NotUnderstood, asked_rules, whole_number
from scoring.whatif.accept import set_points
from scoring.whatif.backtest import backtest
from scoring.whatif.chosen import NoDraft


@roles_required(*EVERYONE)
@require_safe
def backtest_page(request: HttpRequest) -> HttpResponse:
    """Show how well a version would have found the buyers: the one named, else the newest draft, else the live one."""
    is_panel = "HX-Request" in request.headers
    context: dict[str, object] = {"is_short": is_panel, "may_accept": signed_in(request).role == Role.ADMIN}
    try:
        context["backtest"] = backtest(_rules(request), now=timezone.now())
    except (LeadError, RuleSetError, NoLiveRuleSet) as refusal:
        context["refusal"] = str(refusal)
    return render(request, "scoring/_backtest.html" if is_panel else "scoring/backtest.html", context)


@roles_required(Role.ADMIN)
@require_POST
def accept_suggestion(request: HttpRequest) -> HttpResponse:
    """Give a rule of a draft the suggested points; the toast gives them back."""
    said = request.POST if "name" in request.POST else request.GET
    try:
        version, points, former = _version(said), _points(said, "points"), _points(said, "former")
        part, name = said.get("part", ""), said.get("name", "")
        draft = set_points(version, part, name, points, by=signed_in(request), now=timezone.now())
    except (LeadError, RuleSetError) as refusal:
        add_refusal(request, str(refusal))
        return redirect("scoring-backtest")
    back = {"version": draft.version, "part": part, "name": name, "points": former, "former": points}
    undo_url = f"{reverse('scoring-suggestion')}?{urlencode(back)}"
    add_toast(request, f"{name} is worth {points:+g} in the draft v{draft.version}.", undo_url=undo_url)
    page = "scoring" if said.get("back") == "editor" else "scoring-backtest"
    return redirect(f"{reverse(page)}?version={draft.version}")


def _rules(request: HttpRequest) -> CompiledRuleSet:
    try:
        return asked_rules(request)
    except NoDraft:
        return live_rule_set()


def _version(said: QueryDict) -> int:
    version = whole_number(said.get("version", ""))
    if version is None:
        raise NotUnderstood("A version is a whole number, got none.")
    return version


def _points(said: QueryDict, name: str) -> float:
    text = said.get(name, "")
    try:
        points = float(text)
    except ValueError:
        points = float("nan")
    if not isfinite(points):
        raise NotUnderstood(f"Points are a number, got {text[:40]!r}.")
    return points
