"""Write what a batch of scorings found. Callers hold the leads' row locks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

import orjson
from django.db import connection

from scoring.engine.explain import Entry


@dataclass(frozen=True, slots=True)
class ScoredLead:
    """What a scoring found of one lead; entries: None where the stored ones stay."""

    lead_id: int
    score: float
    fit: float
    behaviour: float
    scored_at: datetime
    due_at: datetime | None
    version: int
    entries: tuple[Entry, ...] | None


COLUMNS = "score, fit, behaviour, scored_at, score_due_at, decided_version"


def write_scores(scored: Sequence[ScoredLead]) -> None:
    """Write the score columns and explanations of many leads, in a fixed number of statements."""
    if not scored:
        return
    if connection.vendor == "postgresql":
        _update_at_once(scored)
    else:
        _update_each(scored)
    _write_entries([(one.lead_id, _as_json(one.entries)) for one in scored if one.entries is not None])


def _write_entries(explanations: Sequence[tuple[int, str]]) -> None:
    """One statement for the batch, which leaves entries alone that are as they were."""
    if not explanations:
        return
    rows = ", ".join(["(%s, %s)"] * len(explanations))
    statement = f"""
        INSERT INTO scoring_scoreentries (lead_id, entries) VALUES {rows}
        ON CONFLICT (lead_id) DO UPDATE SET entries = excluded.entries
        WHERE scoring_scoreentries.entries <> excluded.entries
    """  # noqa: S608  (rows are placeholders)
    with connection.cursor() as cursor:
        cursor.execute(statement, list(chain.from_iterable(explanations)))


def _update_at_once(scored: Sequence[ScoredLead]) -> None:
    """One statement for the batch: PostgreSQL joins the leads with arrays of their new values."""
    statement = f"""
        UPDATE leads_lead SET ({COLUMNS}) = (found.a, found.b, found.c, found.d, found.e, found.f)
        FROM unnest(
            %s::bigint[], %s::float8[], %s::float8[], %s::float8[], %s::timestamptz[], %s::timestamptz[], %s::int[]
        ) AS found(id, a, b, c, d, e, f)
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
            [(s.score, s.fit, s.behaviour, adapt(s.scored_at), adapt(s.due_at), s.version, s.lead_id) for s in scored],
        )


def _as_json(entries: Sequence[Entry]) -> str:
    # Plain tuples: orjson refuses named ones rather than guess what is meant.
    return orjson.dumps([tuple(entry) for entry in entries]).decode()
