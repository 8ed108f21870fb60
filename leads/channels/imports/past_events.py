"""Past events in a file: a column mapped to a kind of event contains the time."""

from collections.abc import Sequence
from datetime import datetime

from leads.channels.imports.read_row import Draft
from leads.events.catalog import channel_of, label_of
from leads.events.record import EventRow, record_events
from leads.identity.register import Registered
from leads.intake.sources import channel_source
from leads.models import ImportJob

SOURCE = "Imports"


def record_past_events(job: ImportJob, drafts: Sequence[Draft], people: Registered, *, now: datetime) -> list[EventRow]:
    """Store the events of rows, once however often the import processes them; return the new ones."""
    rows = [
        EventRow(
            f"import-{job.pk}-{draft.row}-{kind}"[:100],
            people.ids[draft.keys[0]],
            people.owners[draft.keys[0]],
            kind,
            label_of(kind),
            channel_of(kind),
            occurred_at,
            {"import": job.name},
            "",
        )
        for draft in drafts
        for kind, occurred_at in draft.events
    ]
    if not rows:
        return []
    stored = record_events(channel_source(SOURCE, now=now).pk, rows, now=now)
    return [row for row in rows if row.message_id in stored]
