"""Write what a scoring found of many leads, in a fixed number of statements."""

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import chain
from typing import Any

import numpy as np
from django.db import connection

from leads.rows import as_time, fetch, is_among, is_postgresql, posix_seconds, run
from scoring.engine.batch import Floats, Ints
from scoring.engine.fit import NO_PERSONA
from scoring.engine.score import Scores
from scoring.features.leads import LeadRows
from scoring.qualification.explanation import digests, lasting_lines

COLUMNS = "score, fit, behaviour, scored_at, score_due_at, decided_version, persona"


def write_scores(leads: LeadRows, scores: Scores, due_at: Floats, *, now: datetime) -> list[int]:
    """Write the score columns of the leads that still are as they were read; return their ids, locked from now on.

    scored_at: another worker's result stands, whatever rules it read; it was computed from facts no older than ours, or
    its rules made the lead due again.
    """
    if not len(leads):
        return []
    due = np.where(np.isinf(due_at), np.nan, due_at)
    if is_postgresql():
        return _write_at_once(leads, scores, due, now)
    return _write_each(leads, scores, due, now)


def write_entries(leads: LeadRows, scores: Scores, rows: Sequence[int]) -> None:
    """Write the explanations, of the leads in these rows, that are not as they were."""
    new = digests(scores)
    changed = [row for row in rows if leads.digest[row] != new[row]]
    if not changed:
        return
    values = zip(leads.id[changed].tolist(), lasting_lines(scores, changed), new[changed].tolist(), strict=True)
    places = ", ".join(["(%s, %s, %s)"] * len(changed))
    sql = f"""
        INSERT INTO scoring_scoreentries (lead_id, entries, digest) VALUES {places}
        ON CONFLICT (lead_id) DO UPDATE SET entries = excluded.entries, digest = excluded.digest
    """  # noqa: S608 - placeholders
    run(sql, list(chain.from_iterable(values)))


def _write_at_once(leads: LeadRows, scores: Scores, due: Floats, now: datetime) -> list[int]:
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
    read = [_array(leads.id), _array(leads.facts_version), _texts(leads.stage)]
    read += [_array(leads.claimed_at), _array(leads.scored_at)]
    found = [_array(values) for values in (scores.score, scores.fit, scores.behaviour, due)]
    persona = _array(scores.fits.persona - NO_PERSONA + 1)
    return [pk for (pk,) in fetch(sql, [*read, *found, persona, now, version, personas])]


def _array(values: Floats | Ints) -> str:
    """Return numbers as PostgreSQL writes an array, nan as NULL."""
    return f"{{{str(values.tolist())[1:-1].replace('nan', 'NULL')}}}"


def _texts(words: Sequence[str]) -> str:
    """Return words of letters as PostgreSQL writes an array."""
    return f"{{{','.join(words)}}}"


def _write_each(leads: LeadRows, scores: Scores, due: Floats, now: datetime) -> list[int]:
    """The portable twin: one prepared statement run once a lead, which costs SQLite no round trip.

    SQLite lets one transaction write at a time, so that what is compared here stays so.
    """
    unchanged = _unchanged(leads)
    names = ["", *(persona.name for persona in scores.compiled.fit.personas)]
    rows = np.flatnonzero(np.isin(leads.id, unchanged))
    columns: list[list[Any]] = [values[rows].tolist() for values in (scores.score, scores.fit, scores.behaviour)]
    times = [None if np.isnan(at) else as_time(datetime.fromtimestamp(at, UTC)) for at in due[rows].tolist()]
    persona = [names[position - NO_PERSONA] for position in scores.fits.persona[rows].tolist()]
    scored_at, version = as_time(now), scores.compiled.rule_set.version
    values = [
        (score, fit, behaviour, scored_at, due_at, version, name, pk)
        for score, fit, behaviour, due_at, name, pk in zip(*columns, times, persona, unchanged, strict=True)
    ]
    with connection.cursor() as cursor:
        cursor.executemany(f"UPDATE leads_lead SET ({COLUMNS}) = (%s, %s, %s, %s, %s, %s, %s) WHERE id = %s", values)  # noqa: S608
    return unchanged


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
