"""Closed leads scored as they stood at every event before their outcome, and never after."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from scoring.engine.batch import Batch, Flags, Floats, Ints, latest_recycles
from scoring.engine.score import CompiledRuleSet, Scores, counting, score_batch, without_ungated_journeys
from scoring.features.events import read_events
from scoring.features.leads import read_leads
from scoring.whatif.load import meets_sql
from scoring.whatif.outcomes import Outcome

# A lead with more events than this before its outcome is scored at so many of them, evenly spread.
MOST_MOMENTS = 300
# Events scored at once: a lead's stand once for each of its moments, and memory has its bound.
AT_ONCE = 400_000


@dataclass(frozen=True, slots=True, eq=False)
class Replay:
    """What one rule set would have made of n closed leads.

    best: the highest score before the outcome, points. sql_at: when it first was an SQL, inf for never. met, fits: of
    each behaviour rule and fit rule, whether it counted something right before the outcome, shape (n, n_rules).
    """

    compiled: CompiledRuleSet
    best: Floats
    sql_at: Floats
    met: Flags
    fits: Flags


def replay(outcomes: Sequence[Outcome], *rule_sets: CompiledRuleSet) -> list[Replay]:
    """Score closed leads, given in id order, by each rule set; a fixed number of queries."""
    replays = [blank(without_ungated_journeys(compiled), len(outcomes)) for compiled in rule_sets]
    batch, ends = _read(outcomes, rule_sets)
    for rows, moments in _moments(batch, ends):
        recycled_at = latest_recycles([outcome.recycles for outcome in outcomes], rows, moments)
        then = replace(batch.at_moments(rows, moments), recycled_at=recycled_at)
        counts, is_last = counting(then), moments >= ends[rows]
        for one in replays:
            _note(one, score_batch(one.compiled, then, counts), rows, is_last=is_last)
    return replays


def joined(parts: Sequence[Replay]) -> Replay:
    """Return the replays of one rule set as one, in this order; there must be one at least."""
    return Replay(
        parts[0].compiled,
        np.concatenate([part.best for part in parts]),
        np.concatenate([part.sql_at for part in parts]),
        np.concatenate([part.met for part in parts]),
        np.concatenate([part.fits for part in parts]),
    )


def blank(compiled: CompiledRuleSet, number: int = 0) -> Replay:
    """Return a replay in which so many leads have done nothing yet."""
    shape = (number, len(compiled.behaviour.names))
    fits = (number, len(compiled.fit.rules))
    return Replay(
        compiled, np.zeros(number), np.full(number, np.inf), np.zeros(shape, np.bool_), np.zeros(fits, np.bool_)
    )


def _read(outcomes: Sequence[Outcome], rule_sets: Sequence[CompiledRuleSet]) -> tuple[Batch, Floats]:
    """Return the leads, their recycles apart, and the last moment before the outcome of each."""
    fields = {field for compiled in rule_sets for field in compiled.fields}
    ids = [outcome.lead_id for outcome in outcomes]
    leads = read_leads(ids, fields, with_merged=True)
    events = read_events(leads.id, *(compiled.rule_set for compiled in rule_sets))
    ends = np.nextafter(np.array([outcome.at for outcome in outcomes], np.float64), -np.inf)
    return Batch(ends, np.full(len(ends), -np.inf), leads.attributes, events), ends


def _moments(batch: Batch, ends: Floats) -> Iterator[tuple[Ints, Floats]]:
    """Yield rows and moments, in parts that fit into memory: each event before the outcome, and right before it."""
    row, at = batch.events.row, batch.events.at
    before = np.flatnonzero(at <= ends[row])
    before = before[_thinned(row[before], len(batch))]
    rows = np.append(row[before], np.arange(len(batch)))
    moments = np.append(at[before], ends)
    events = np.bincount(row, minlength=len(batch))[rows]
    parts = np.cumsum(events) // AT_ONCE
    for cut in np.split(np.arange(len(rows)), np.flatnonzero(np.diff(parts)) + 1):
        yield rows[cut], moments[cut]


def _thinned(row: Ints, number: int) -> Flags:
    """Keep at most MOST_MOMENTS of each row's places, evenly spread; rows are in order."""
    counts = np.bincount(row, minlength=number)
    place = np.arange(len(row)) - np.searchsorted(row, row)
    share = np.maximum(counts[row], MOST_MOMENTS)
    kept: Flags = (place + 1) * MOST_MOMENTS // share > place * MOST_MOMENTS // share
    return kept


def _note(replay: Replay, scores: Scores, rows: Ints, *, is_last: Flags) -> None:
    np.maximum.at(replay.best, rows, scores.score)
    is_sql = meets_sql(scores)
    np.minimum.at(replay.sql_at, rows[is_sql], scores.batch.as_of[is_sql])
    replay.met[rows[is_last]] = scores.did.number[is_last] > 0
    replay.fits[rows[is_last]] = scores.fits.met[is_last]
