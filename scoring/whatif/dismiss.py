"""Decide against a suggestion, for everybody, and take that back."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from leads.audit.record import record_audit
from leads.errors import LeadError
from leads.models import User
from scoring.models import DismissedSuggestion
from scoring.whatif.lift import FIT, RULES, Suggestion


@transaction.atomic
def dismiss_suggestion(part: str, name: str, points: float, *, by: User, now: datetime) -> None:
    """Do not show again that a rule should have other points than these. Raises LeadError for an unknown part."""
    if part not in (RULES, FIT) or not name:
        raise LeadError(f"A suggestion is for a rule or a fit rule, got {part[:20]!r} {name[:40]!r}.")
    _, is_new = DismissedSuggestion.objects.get_or_create(
        part=part, name=name[:100], points=points, defaults={"dismissed_by": by, "dismissed_at": now}
    )
    if is_new:
        record_audit("suggestion dismissed", f"{name} {points:+g}", by=by, now=now)


@transaction.atomic
def restore_suggestion(part: str, name: str, points: float, *, by: User, now: datetime) -> None:
    """Show a dismissed suggestion again."""
    if DismissedSuggestion.objects.filter(part=part, name=name[:100], points=points).delete()[0]:
        record_audit("suggestion restored", f"{name} {points:+g}", by=by, now=now)


def parted(suggestions: Sequence[Suggestion]) -> tuple[list[Suggestion], list[Suggestion]]:
    """Return the suggestions that wait for a decision, and those that were dismissed; one query."""
    rows = DismissedSuggestion.objects.filter(name__in=[suggestion.lift.name for suggestion in suggestions])
    dismissed = {*rows.values_list("part", "name", "points")}
    is_dismissed = [(one.lift.part, one.lift.name, one.lift.points) in dismissed for one in suggestions]
    pairs = list(zip(suggestions, is_dismissed, strict=True))
    return [one for one, is_gone in pairs if not is_gone], [one for one, is_gone in pairs if is_gone]
