"""Create, change and delete drafts of rule sets."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max, QuerySet

from leads.audit.record import record_audit
from leads.errors import LeadError
from leads.models import User
from scoring.models import RuleSet, RuleSetStatus
from scoring.rules.definition import add_rules, complete, definition_of, remove_rules
from scoring.rules.state import lock_unchanged

# Two drafts created at the same moment get the same number; the second attempt takes the next one.
NUMBER_ATTEMPTS = 5


class NotADraft(LeadError):
    """Only drafts can be changed and deleted."""


class DraftExists(LeadError):
    """Another draft exists that the user has not seen and may prefer to continue."""

    def __init__(self, draft: RuleSet) -> None:
        super().__init__(f"{draft.created_by or 'Somebody'} has started the draft v{draft.version}.")
        self.draft = draft


def drafts() -> QuerySet[RuleSet]:
    """Return all drafts with the users who started them, newest first."""
    return RuleSet.objects.filter(status=RuleSetStatus.DRAFT).select_related("created_by").order_by("-version")


@transaction.atomic
def import_draft(data: Mapping[str, object], *, note: str = "", by: User | None = None, now: datetime) -> RuleSet:
    """Store a rule set given as JSON as a draft with the next version. Raises RuleSetError, which names the place."""
    definition = complete(data)
    draft = RuleSet.objects.create(
        version=next_version(),
        name=definition["name"],
        note=note,
        behaviour_limit=definition["behaviour_limit"],
        fit_limit=definition["fit_limit"],
        created_at=now,
        created_by=by,
    )
    add_rules(draft, definition)
    return draft


@transaction.atomic
def start_seeing(
    source: RuleSet, *, changes: Mapping[str, Any], note: str, seen: Collection[int], by: User, now: datetime
) -> RuleSet:
    """Start a draft for a user who has seen the drafts with these versions.

    Raises DraftExists if there is another one.
    """
    # Of two users who start a draft at the same moment, the second one sees the first one's.
    RuleSet.objects.select_for_update().get(pk=source.pk)
    unseen = next((draft for draft in drafts() if draft.version not in seen), None)
    if unseen is not None:
        raise DraftExists(unseen)
    return change_draft(start_draft(source, changes=changes, by=by, now=now), changes, note=note, keeps_rest=True)


def start_draft(
    source: RuleSet, *, changes: Mapping[str, Any] | None = None, by: User | None = None, now: datetime
) -> RuleSet:
    """Store a copy of a version as a new draft, with these keys of its JSON replaced. Raises RuleSetError."""
    definition = {**definition_of(source), **(changes or {})}
    for attempt in range(1, NUMBER_ATTEMPTS + 1):
        try:
            return import_draft(definition, by=by, now=now)
        except IntegrityError:
            if attempt == NUMBER_ATTEMPTS:
                raise
    raise AssertionError("unreachable")


@transaction.atomic
def change_draft(
    draft: RuleSet,
    data: Mapping[str, object],
    *,
    keeps_rest: bool = False,
    note: str | None = None,
    state: str | None = None,
) -> RuleSet:
    """Replace a draft's definition, or with `keeps_rest` only the parts in `data`, and its note if given.

    Raises RuleSetError, which names the place, NotADraft, and RuleSetMoved if `state` is not the draft's.
    """
    row = lock_unchanged(draft.pk, state=state)
    _refuse_published(row, "changed")
    # Read under the lock, so that two simultaneous changes to different parts are both kept.
    definition = complete({**definition_of(row), **data} if keeps_rest else data)
    row.name, row.note = definition["name"], row.note if note is None else note
    row.behaviour_limit, row.fit_limit = definition["behaviour_limit"], definition["fit_limit"]
    row.save(update_fields=["name", "note", "behaviour_limit", "fit_limit"])
    if definition != complete(definition_of(row)):
        remove_rules(row)
        add_rules(row, definition)
    return row


@transaction.atomic
def delete_draft(draft: RuleSet, *, by: User | None, now: datetime) -> None:
    """Delete a draft. Raises NotADraft: stage changes refer to versions that were ever live."""
    row = RuleSet.objects.select_for_update().get(pk=draft.pk)
    _refuse_published(row, "deleted")
    record_audit("rule set draft deleted", str(row), by=by, now=now)
    row.delete()


def next_version() -> int:
    """Return the number after the highest one ever used."""
    highest: int | None = RuleSet.objects.aggregate(highest=Max("version"))["highest"]
    return (highest or 0) + 1


def _refuse_published(row: RuleSet, verb: str) -> None:
    if row.status != RuleSetStatus.DRAFT:
        raise NotADraft(f"Only a draft can be {verb}; {row} is {row.get_status_display().lower()}.")
