"""The facts from leads that trigger scoring."""

from collections.abc import Sequence

from django.db import transaction
from django.dispatch import receiver

from leads import signals
from leads.broker import broker
from scoring import tasks
from scoring.signals import rules_published


@receiver([signals.events_recorded, signals.facts_changed, signals.lead_created])
def score_on_commit(lead_ids: Sequence[int], **kwargs: object) -> None:
    """Score the leads as soon as their change is committed.

    Robust: if that fails, the event is stored all the same and the sweep scores the leads.
    """
    transaction.on_commit(lambda: tasks.score_soon(lead_ids), robust=True)


@receiver(rules_published)
def rescore_on_commit(**kwargs: object) -> None:
    """Have every lead scored by rules that were just published, as soon as that is committed."""
    transaction.on_commit(lambda: broker.reach(tasks.rescore_soon), robust=True)
