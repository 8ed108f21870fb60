"""Take up a suggestion: the rule has other points in a draft."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from leads.audit.record import record_audit
from leads.errors import LeadError
from leads.models import User
from scoring.models import RuleSet, RuleSetStatus
from scoring.rules.definition import definition_of
from scoring.rules.draft import change_draft, start_draft
from scoring.rules.state import lock_unchanged
from scoring.whatif.chosen import NoSuchVersion
from scoring.whatif.lift import FIT, RULES


@transaction.atomic
def set_points(version: int, part: str, name: str, points: float, *, state: str, by: User, now: datetime) -> RuleSet:
    """Give a rule of a draft other points, and return the draft.

    What is accepted for the live version goes into the newest draft, or a new one where there is none. part: "rules" or
    "fit". state: of the version as the suggestion was made for it. Raises LeadError where there is no such version or
    rule, or the draft gives it other points already, RuleSetMoved where somebody changed the version meanwhile,
    RuleSetError for bad points.
    """
    found = RuleSet.objects.filter(version=version).first()
    if found is None:
        raise NoSuchVersion(f"There is no version {version} of the rules.")
    if found.status == RuleSetStatus.ARCHIVED:
        raise LeadError(f"{found} is archived and stays as it is.")
    row = lock_unchanged(found.pk, state=state)
    former = _rule(row, definition_of(row), part, name)["points"]
    target = row if row.status == RuleSetStatus.DRAFT else _newest_draft()
    definition = definition_of(target or row)
    rule = _rule(target or row, definition, part, name)
    if rule["points"] != former:
        raise LeadError(f"{name} is worth {rule['points']:+g} in the draft v{(target or row).version} already.")
    rule["points"] = points
    draft = change_draft(target, definition) if target else start_draft(row, changes=definition, by=by, now=now)
    record_audit("suggestion accepted", f"{draft}: {name} {points:+g}", by=by, now=now)
    return draft


def _newest_draft() -> RuleSet | None:
    newest = RuleSet.objects.filter(status=RuleSetStatus.DRAFT).order_by("-version")
    return newest.select_for_update().first()


def _rule(row: RuleSet, definition: Mapping[str, Any], part: str, name: str) -> dict[str, Any]:
    """Return a rule of a definition, to be changed in place. Raises LeadError where there is none."""
    rules = definition[part] if part in (RULES, FIT) else []
    rule: dict[str, Any] | None = next((rule for rule in rules if rule["name"] == name), None)
    if rule is None:
        raise LeadError(f"{row} has no rule {name!r}.")
    return rule
