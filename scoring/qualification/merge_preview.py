"""Preview the score and stage of two leads as one, by performing the merge and rolling it back."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from leads.merging.merge import merge_leads
from leads.merging.outcome import Choices
from leads.models import Lead, StageChange, User
from scoring.qualification.rescore import rescore_leads


@dataclass(frozen=True, slots=True)
class MergePreview:
    """The survivor after the merge. reason: why its stage would change, "" if it would not."""

    lead: Lead
    reason: str


def preview_merge(survivor: Lead, absorbed: Lead, choices: Choices, *, by: User, now: datetime) -> MergePreview:
    """Return the result of a merge under the live rules; nothing is stored.

    Raises MergeRefused and InvalidValue like the merge itself.
    """
    with transaction.atomic():
        merge = merge_leads(survivor.pk, absorbed.pk, choices=choices, by=by, now=now)
        rescore_leads([survivor.pk], now=now)
        lead = Lead.objects.get(pk=survivor.pk)
        moves = StageChange.objects.filter(lead=lead, pk__gt=merge.before["last_stage_change"])
        last = moves.order_by("-pk").first()
        transaction.set_rollback(True)
    return MergePreview(lead, last.reason if last else "")
