"""Live beside draft on closed leads, and suggestions that an admin takes up."""

from dataclasses import dataclass
from math import isfinite
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from leads.errors import LeadError
from leads.models import Role
from leads.templatetags.wording import points as signed
from leads.web.access import RULE_READING, roles_required, signed_in
from leads.web.toasts import add_refusal, add_toast
from scoring.engine.json_object import RuleSetError
from scoring.engine.score import CompiledRuleSet
from scoring.models import RuleSet, RuleSetStatus
from scoring.rules.live import NoLiveRuleSet, live_rule_set
from scoring.rules.state import state_of
from scoring.web.asked import NotUnderstood, asked_version, rules_or_live, whole_number
from scoring.web.figures import lift_cells
from scoring.whatif.accept import set_points
from scoring.whatif.backtest import Backtest
from scoring.whatif.dismiss import dismiss_suggestion, parted, restore_suggestion
from scoring.whatif.interval import Share
from scoring.whatif.kept import kept_backtest


@dataclass(frozen=True, slots=True)
class _Row:
    """One measure under both versions; draft: None where there is nothing to compare."""

    label: str
    live: Share
    draft: Share | None

    @property
    def change(self) -> str:
        """The draft's rate less the live one's, percentage points; "" where one of the two has too few cases."""
        if self.draft is None or self.live.rate is None or self.draft.rate is None:
            return ""
        return signed(100 * (self.draft.rate - self.live.rate), 1) or "0"


@roles_required(*RULE_READING)
@require_safe
def backtest_page(request: HttpRequest) -> HttpResponse:
    """Show how well a version would have found the buyers: the one named, else the newest draft, else the live one.

    It may take seconds: the page comes at once and fetches the figures, unless `whole` asks for both in one. htmx gets
    the panel alone, without `whole` as it stands beside the rules.
    """
    is_panel, is_whole = "HX-Request" in request.headers, "whole" in request.GET
    context: dict[str, object] = {"is_short": is_panel and not is_whole}
    try:
        rules = rules_or_live(request)
        context |= {"version": rules.rule_set.version, "live_version": live_rule_set().rule_set.version}
        if is_panel or is_whole:
            context |= _figures(request, rules)
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
        part, name, state = said.get("part", ""), said.get("name", ""), said.get("state", "")
        draft = set_points(version, part, name, points, state=state, by=signed_in(request), now=timezone.now())
    except (LeadError, RuleSetError) as refusal:
        add_refusal(request, str(refusal))
        return redirect(_page(said, said.get("version", "")))
    back = {"version": draft.version, "part": part, "name": name, "points": former, "former": points}
    undo_url = f"{reverse('scoring-suggestion')}?{urlencode({**back, 'state': state_of(draft)})}"
    add_toast(request, f"{name} is worth {points:+g} in the draft v{draft.version}.", undo_url=undo_url)
    return redirect(_page(said, str(draft.version)))


@roles_required(Role.ADMIN)
@require_POST
def decide_suggestion(request: HttpRequest, decision: str) -> HttpResponse:
    """Dismiss a suggestion, or restore it; the toast does the opposite."""
    said = request.POST if "name" in request.POST else request.GET
    name, part = said.get("name", ""), said.get("part", "")
    act, opposite, words = _DECISIONS[decision]
    try:
        act(part, name, _points(said, "former"), by=signed_in(request), now=timezone.now())
    except LeadError as refusal:
        add_refusal(request, str(refusal))
        return redirect(_page(said, said.get("version", "")))
    kept = {key: said[key] for key in ("version", "part", "name", "former", "back") if key in said}
    address = reverse(f"scoring-suggestion-{opposite}")
    add_toast(request, words.format(name=name), undo_url=f"{address}?{urlencode(kept)}")
    return redirect(_page(said, said.get("version", "")))


_DECISIONS = {
    "dismiss": (dismiss_suggestion, "restore", "The suggestion for {name} is dismissed."),
    "restore": (restore_suggestion, "dismiss", "The suggestion for {name} is shown again."),
}


def _figures(request: HttpRequest, rules: CompiledRuleSet) -> dict[str, object]:
    row = RuleSet.objects.filter(version=rules.rule_set.version).first()
    # Read before the figures: who accepts a suggestion is refused where the version changed since.
    state = state_of(row) if row else ""
    found = kept_backtest(rules, now=timezone.now())
    waiting, dismissed = parted(found.suggestions)
    is_open = row is not None and row.status != RuleSetStatus.ARCHIVED
    return {
        **_context(found),
        "state": state,
        "waiting": waiting,
        "dismissed": dismissed,
        "may_accept": is_open and signed_in(request).role == Role.ADMIN,
        # Only the editor's table of rules has cells for them.
        "cells": lift_cells(found.lifts) if request.GET.get("tab") == "rules" else [],
    }


def _context(found: Backtest) -> dict[str, object]:
    live, draft = found.live, found.draft
    rows = [
        _Row("SQLs that bought", live.bought, draft.bought if draft else None),
        _Row("Buyers who became SQLs", live.found, draft.found if draft else None),
        _Row("Buyers who reached the SQL score", live.reached, draft.reached if draft else None),
    ]
    has_days = draft is not None and live.days is not None and draft.days is not None
    return {
        "backtest": found,
        "rows": rows,
        "days_change": signed((draft.days or 0) - (live.days or 0), 1) if draft and has_days else "",
    }


def _page(said: QueryDict, version: str) -> str:
    page = "scoring" if said.get("back") == "editor" else "scoring-backtest"
    is_known = RuleSet.objects.filter(version=whole_number(version) or 0).exists()
    return f"{reverse(page)}?version={version}" if is_known else reverse(page)


def _version(said: QueryDict) -> int:
    version = asked_version(said.get("version", ""))
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
