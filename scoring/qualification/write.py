"""Write what a scoring found of many leads, in a fixed number of statements."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
from django.db import connection

from leads.rows import as_time, fetch, is_among, is_postgresql, posix_seconds, run
from scoring.engine.batch import Floats, Ints
from scoring.engine.fit import NO_PERSONA
from scoring.engine.score import Scores
from scoring.features.leads import LeadRows

COLUMNS = "score, fit, behaviour, scored_at, score_due_at, decided_version, persona"


def write_scores(leads: LeadRows, scores: Scores, due_at: Floats, rows: Ints, *, now: datetime) -> list[int]:
    """Write the score columns of the leads in these rows that still are as they were read.

    Returns their ids; they are locked from now on.

    scored_at: another worker's result stands, whatever rules it read; it was computed from facts no older than ours, or
    its rules made the lead due again.
    """
    if not len(rows):
        return []
    due = np.where(np.isinf(due_at), np.nan, due_at)
    if is_postgresql():
        return _write_at_once(leads, scores, due, rows, now)
    return _write_each(leads, scores, due, rows, now)


def _write_at_once(leads: LeadRows, scores: Scores, due: Floats, rows: Ints, now: datetime) -> list[int]:
    """One statement: lock the leads that are unchanged, in id order, and join them with arrays of their new values."""
    version = scores.compiled.rule_set.version
    personas = ["", *(persona.name for persona in scores.compiled.fit.personas)]
    sql = f"""
        WITH found AS (
            SELECT * FROM unnest(
                %s::bigint[], %s::bigint[], %s::text[], %s::float8[], %s::float8[],
                %s::float8[], %s::float8[], %s::float8[], %s::float8[], %s::int[]
            ) AS found(id, facts_version, stage, claimed_at, scored_at, score, fit, behaviour, due_at, persona)
        ), unchanged AS (
            SELECT lead.id FROM leads_lead lead JOIN found ON found.id = lead.id
            WHERE lead.facts_version = found.facts_version AND lead.stage = found.stage
            AND lead.merged_into_id IS NULL
            AND date_part('epoch', lead.claimed_at) IS NOT DISTINCT FROM found.claimed_at
            AND date_part('epoch', lead.scored_at) IS NOT DISTINCT FROM found.scored_at
            ORDER BY lead.id FOR NO KEY UPDATE OF lead
        )
        UPDATE leads_lead lead SET ({COLUMNS}) = (
            found.score, found.fit, found.behaviour, %s, to_timestamp(found.due_at), %s, (%s::text[])[found.persona]
        )
        FROM found WHERE found.id = lead.id AND lead.id IN (SELECT id FROM unchanged) RETURNING lead.id
    """  # noqa: S608 - names of our own
    stages = _texts([leads.stage[row] for row in rows.tolist()])
    read = [_array(leads.id[rows]), _array(leads.facts_version[rows]), stages]
    read += [_array(leads.claimed_at[rows]), _array(leads.scored_at[rows])]
    found = [_array(values[rows]) for values in (scores.score, scores.fit, scores.behaviour, due)]
    # From 1 on, as PostgreSQL counts.
    persona = _array(scores.fits.persona[rows] - NO_PERSONA + 1)
    return [pk for (pk,) in fetch(sql, [*read, *found, persona, now, version, personas])]


def _array(values: Floats | Ints) -> str:
    """Return numbers as PostgreSQL writes an array, nan as NULL."""
    return f"{{{str(values.tolist())[1:-1].replace('nan', 'NULL')}}}"


def _texts(words: Sequence[str]) -> str:
    """Return words of letters as PostgreSQL writes an array."""
    return f"{{{','.join(words)}}}"


def _write_each(leads: LeadRows, scores: Scores, due: Floats, rows: Ints, now: datetime) -> list[int]:
    """The portable twin: one prepared statement run once a lead, which costs SQLite no round trip.

    SQLite lets one transaction write at a time, so that what is compared here stays so.
    """
    unchanged = _unchanged(leads)
    names = scores.persona_names()
    rows = rows[np.isin(leads.id[rows], unchanged)]
    lead_ids = leads.id[rows].tolist()
    columns: list[list[Any]] = [values[rows].tolist() for values in (scores.score, scores.fit, scores.behaviour)]
    times = [None if np.isnan(at) else as_time(datetime.fromtimestamp(at, UTC)) for at in due[rows].tolist()]
    persona = [names[row] for row in rows.tolist()]
    scored_at, version = as_time(now), scores.compiled.rule_set.version
    values = [
        (score, fit, behaviour, scored_at, due_at, version, name, pk)
        for score, fit, behaviour, due_at, name, pk in zip(*columns, times, persona, lead_ids, strict=True)
    ]
    with connection.cursor() as cursor:
        cursor.executemany(f"UPDATE leads_lead SET ({COLUMNS}) = (%s, %s, %s, %s, %s, %s, %s) WHERE id = %s", values)  # noqa: S608
    return lead_ids


def _unchanged(leads: LeadRows) -> list[int]:
    # A write makes this transaction the one that writes, wherever it began.
    run("UPDATE leads_lead SET facts_version = facts_version WHERE id = %s", [int(leads.id[0])])
    condition, parameters = is_among("id", leads.id.tolist())
    times = ", ".join(posix_seconds(name) for name in ("claimed_at", "scored_at"))
    sql = f"SELECT id, facts_version, stage, {times} FROM leads_lead WHERE {condition} AND merged_into_id IS NULL"  # noqa: S608
    now = {pk: state for pk, *state in fetch(sql, parameters)}
    read = zip(
        leads.facts_version.tolist(), leads.stage, _or_none(leads.claimed_at), _or_none(leads.scored_at), strict=True
    )
    return [pk for pk, state in zip(leads.id.tolist(), read, strict=True) if now.get(pk) == list(state)]


def _or_none(values: Floats) -> list[float | None]:
    return [None if np.isnan(value) else value for value in values.tolist()]
