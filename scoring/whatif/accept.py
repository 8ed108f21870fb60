"""Take up a suggestion: the rule has other points in a draft."""

from datetime import datetime

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
    """Give a rule of a draft other points, and return the draft; of the live version a new draft is made.

    part: "rules" or "fit". state: of the version as the suggestion was made for it. Raises LeadError where there is no
    such draft or rule, RuleSetMoved where somebody changed the version meanwhile, RuleSetError for bad points.
    """
    found = RuleSet.objects.filter(version=version).first()
    if found is None:
        raise NoSuchVersion(f"There is no version {version} of the rules.")
    if found.status == RuleSetStatus.ARCHIVED:
        raise LeadError(f"{found} is archived and stays as it is.")
    row = lock_unchanged(found.pk, state=state)
    definition = definition_of(row)
    rule = next((rule for rule in definition[part] if rule["name"] == name), None) if part in (RULES, FIT) else None
    if rule is None:
        raise LeadError(f"{row} has no rule {name!r}.")
    rule["points"] = points
    is_draft = row.status == RuleSetStatus.DRAFT
    draft = change_draft(row, definition) if is_draft else start_draft(row, changes=definition, now=now)
    record_audit("suggestion accepted", f"{draft}: {name} {points:+g}", by=by, now=now)
    return draft
