"""Figures of each rule beside its points in the editor: leads that got points recently, and its lift."""

from collections.abc import Iterable
from dataclasses import dataclass
from zlib import crc32

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from leads.errors import LeadError
from leads.templatetags.wording import count
from leads.web.access import RULE_READING, roles_required
from scoring.engine.json_object import RuleSetError
from scoring.rules.live import NoLiveRuleSet
from scoring.web.asked import rules_or_live
from scoring.whatif.lift import Lift
from scoring.whatif.usage import Usage, usage_of


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure in the editor's table. id: of its cell; title: how it was computed."""

    id: str
    text: str
    title: str


@roles_required(*RULE_READING)
@require_safe
def rule_figures(request: HttpRequest) -> HttpResponse:
    """Answer the number of leads that each rule gave points in the last 30 days, cell by cell for htmx."""
    try:
        cells = usage_cells(usage_of(rules_or_live(request), now=timezone.now()))
    except (LeadError, RuleSetError, NoLiveRuleSet):
        # The panels beside the table show the error.
        cells = []
    return render(request, "scoring/_cells.html", {"cells": cells})


def name_key(name: str) -> str:
    """Return a key for a rule's name in the id of a cell, so that figures follow a rule that is moved."""
    return f"{crc32(name.encode()):08x}"


def usage_cells(usages: Iterable[Usage]) -> list[Cell]:
    """Render numbers of leads, with the error if only a sample was counted."""
    return [
        Cell(
            f"leads-{usage.part}-{name_key(usage.name)}",
            f"{'≈ ' if usage.leads.error else ''}{count(usage.leads.count)}",
            f"{count(usage.leads.count)} ± {count(usage.leads.error)}, from a sample" if usage.leads.error else "",
        )
        for usage in usages
    ]


def lift_cells(lifts: Iterable[Lift]) -> list[Cell]:
    """Render lifts; none with too few cases."""
    return [
        Cell(
            f"lift-{lift.part}-{name_key(lift.name)}",
            "–" if lift.value is None else f"{lift.value:.1f}×",
            f"{count(lift.share.hits)} of {count(lift.share.cases)} closed leads with it bought"
            f"{': too few for a rate' if lift.value is None else ''}",
        )
        for lift in lifts
    ]
