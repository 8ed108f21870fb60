"""Write what a batch of scorings found. Callers hold the leads' row locks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from scoring.models import ScoreEntries


@dataclass(frozen=True, slots=True)
class ScoredLead:
    """What a scoring found of one lead; entries as the explanation stores them, None where they did not change."""

    lead_id: int
    score: float
    fit: float
    behaviour: float
    scored_at: datetime
    due_at: datetime | None
    version: int
    entries: list[dict[str, object]] | None


COLUMNS = "score, fit, behaviour, scored_at, score_due_at, decided_version"


def write_scores(scored: Sequence[ScoredLead]) -> None:
    """Write the score columns of many leads and the explanations that changed."""
    if not scored:
        return
    if connection.vendor == "postgresql":
        _update_at_once(scored)
    else:
        _update_each(scored)
    ScoreEntries.objects.bulk_create(
        [ScoreEntries(lead_id=one.lead_id, entries=one.entries) for one in scored if one.entries is not None],
        update_conflicts=True,
        unique_fields=["lead"],
        update_fields=["entries"],
    )


def _update_at_once(scored: Sequence[ScoredLead]) -> None:
    """One statement for the batch: PostgreSQL joins the leads with arrays of their new values."""
    statement = f"""
        UPDATE leads_lead SET ({COLUMNS}) = (found.a, found.b, found.c, found.d, found.e, found.f)
        FROM unnest(%s::bigint[], %s::float8[], %s::float8[], %s::float8[], %s::timestamptz[], %s::timestamptz[], %s::int[])
            AS found(id, a, b, c, d, e, f)
        WHERE leads_lead.id = found.id
    """  # noqa: S608  (COLUMNS is the constant above)
    values = [(s.lead_id, s.score, s.fit, s.behaviour, s.scored_at, s.due_at, s.version) for s in scored]
    with connection.cursor() as cursor:
        cursor.execute(statement, [list(column) for column in zip(*values, strict=True)])


def _update_each(scored: Sequence[ScoredLead]) -> None:
    """The portable twin: one prepared statement run once a lead, which costs SQLite no round trip."""
    statement = f"UPDATE leads_lead SET ({COLUMNS}) = (%s, %s, %s, %s, %s, %s) WHERE id = %s"  # noqa: S608
    adapt = connection.ops.adapt_datetimefield_value
    with connection.cursor() as cursor:
        cursor.executemany(
            statement,
            [
                (s.score, s.fit, s.behaviour, adapt(s.scored_at), adapt(s.due_at), s.version, s.lead_id)
                for s in scored
            ],
        )
