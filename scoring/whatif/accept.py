"""Take up a suggestion: the rule has other points in a draft."""

from datetime import datetime

from django.db import transaction

from leads.audit.record import record_audit
from leads.errors import LeadError
from leads.models import User
from scoring.models import FitRule, Rule, RuleSet, RuleSetStatus
from scoring.rules.definition import definition_of, rule_set_from_rows
from scoring.rules.draft import import_draft
from scoring.whatif.chosen import NoSuchVersion
from scoring.whatif.lift import FIT, RULES


@transaction.atomic
def set_points(version: int, part: str, name: str, points: float, *, by: User, now: datetime) -> RuleSet:
    """Give a rule of a draft other points, and return the draft; of the live version a new draft is made.

    part: "rules" or "fit". Raises LeadError where there is no such draft or rule, RuleSetError for bad points.
    """
    row = RuleSet.objects.select_for_update().filter(version=version).first()
    if row is None:
        raise NoSuchVersion(f"There is no version {version} of the rules.")
    if row.status == RuleSetStatus.ARCHIVED:
        raise LeadError(f"{row} is archived and stays as it is.")
    draft = import_draft(definition_of(row), now=now) if row.status == RuleSetStatus.LIVE else row
    models: dict[str, type[Rule] | type[FitRule]] = {RULES: Rule, FIT: FitRule}
    if part not in models or not models[part].objects.filter(rule_set=draft, name=name).update(points=points):
        raise LeadError(f"{draft} has no rule {name!r}.")
    rule_set_from_rows(draft)
    record_audit("suggestion accepted", f"{draft}: {name} {points:+g}", by=by, now=now)
    return draft
