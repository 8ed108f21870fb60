"""Store leads' progress on journeys, for lists and screens in leads."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from leads.models import LeadJourney
from scoring.engine.batch import Ints
from scoring.engine.score import Scores

Key = tuple[int, str]


def write_journeys(lead_ids: Ints, scores: Scores, rows: Sequence[int]) -> None:
    """Store the progress of the leads in these rows if it changed; a fixed number of statements."""
    ids = lead_ids[list(rows)].tolist()
    stored: dict[Key, LeadJourney] = {
        (row.lead_id, row.name): row for row in LeadJourney.objects.filter(lead_id__in=ids)
    }
    found = {(row.lead_id, row.name): row for row in _found(lead_ids, scores, rows)}
    gone = [row.pk for key, row in stored.items() if key not in found]
    changed = [row for key, row in found.items() if key not in stored or _state(row) != _state(stored[key])]
    if gone:
        LeadJourney.objects.filter(pk__in=gone).delete()
    if changed:
        LeadJourney.objects.bulk_create(
            changed,
            update_conflicts=True,
            unique_fields=["lead", "name"],
            update_fields=["steps", "progress", "is_complete", "reached_at"],
        )


def _found(lead_ids: Ints, scores: Scores, rows: Sequence[int]) -> Iterator[LeadJourney]:
    for journey, progress in zip(scores.compiled.journeys, scores.journeys, strict=True):
        for row in rows:
            if times := progress.reached.get(row):
                yield LeadJourney(
                    lead_id=int(lead_ids[row]),
                    name=journey.name,
                    steps=len(journey.steps),
                    progress=len(times),
                    is_complete=bool(progress.complete[row]),
                    reached_at=datetime.fromtimestamp(times[-1], UTC),
                )


def _state(row: LeadJourney) -> tuple[object, ...]:
    return row.steps, row.progress, row.is_complete, row.reached_at
