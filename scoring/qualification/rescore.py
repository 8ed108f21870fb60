"""Score leads, and move the stages of those that their scores or events move."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from django.db import DatabaseError, transaction

from leads.lifecycle.move import Move, move_leads
from leads.models import Lead
from scoring.engine.batch import Batch, Floats, Ints
from scoring.engine.explain import Entry
from scoring.engine.next_change import due_at
from scoring.engine.score import CompiledRuleSet, Score, Scores, score_batch
from scoring.features.events import TooManyEvents, read_events
from scoring.features.leads import LeadRows, read_leads
from scoring.qualification.decide import Decisions, decide
from scoring.qualification.journeys import write_journeys
from scoring.qualification.states import States, position_of
from scoring.qualification.write import write_scores
from scoring.rules.live import last_rule_set, live_rule_set

logger = logging.getLogger(__name__)

EVIDENCE_LINES = 3
# Events in memory at a time, so that a worker stays below 300 MB. One lead that has more is scored all the same.
MOST_EVENTS = 100_000
# A lead that can't be scored (a fault of the program, not of the lead) must not hold up the others.
FAILED_RETRY = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, eq=False)
class Facts:
    """What was read of some leads: themselves first, then the rules, then their events."""

    leads: LeadRows
    live: CompiledRuleSet
    batch: Batch


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """What the computation found, before anything is written. due_at: POSIX seconds, inf for never."""

    leads: LeadRows
    scores: Scores
    decisions: Decisions
    due_at: Floats

    @property
    def version(self) -> int:
        return self.scores.compiled.rule_set.version


def rescore_leads(lead_ids: Sequence[int], *, now: datetime) -> None:
    """Compute these leads' scores and stages as of `now` and store them.

    What is read first, each lead's facts_version, decides: a lead that changed while it was computed is left alone, as
    whoever changed its facts made it due again. So any number of workers may score the same leads.
    """
    try:
        outcome = compute(read_facts(lead_ids, now=now))
    except DatabaseError:
        raise
    except TooManyEvents:
        _score_halves(lead_ids, now=now)
    except Exception:
        logger.exception("%s leads could not be scored at once.", len(lead_ids))
        _score_apart(lead_ids, now=now)
    else:
        store(outcome, np.arange(len(outcome.leads)), now=now)


def read_facts(lead_ids: Sequence[int], *, now: datetime) -> Facts:
    """Read what these leads' scores are computed from, in a fixed number of queries.

    Raises TooManyEvents where several leads have more of them than should be in memory at once.
    """
    live = last_rule_set()
    leads = read_leads(lead_ids, live.fields)
    # Asked once the leads are read: rules that were published before may look at other fields of them.
    while (current := live_rule_set()) is not live:
        live, leads = current, read_leads(lead_ids, current.fields)
    most = MOST_EVENTS if len(leads) > 1 else None
    return Facts(leads, live, batch_of_rows(leads, live, np.full(len(leads), now.timestamp()), most=most))


def batch_of_rows(
    leads: LeadRows, live: CompiledRuleSet, as_of: Floats, *others: CompiledRuleSet, most: int | None = None
) -> Batch:
    """Read the leads' events and return the batch, each lead at its moment; others: rules to be judged by as well.

    Raises TooManyEvents where there are more than `most`.
    """
    recycled_at = np.nan_to_num(leads.recycled_at, nan=-np.inf)
    events = read_events(leads.id, live.rule_set, *(rules.rule_set for rules in others), most=most)
    return Batch(as_of, recycled_at, leads.attributes, events)


def compute(facts: Facts) -> Outcome:
    """Compute scores and stages; nothing is read or written."""
    scores = score_batch(facts.live, facts.batch)
    decisions = decide(states_of_rows(facts.leads), scores)
    return Outcome(facts.leads, scores, decisions, due_at(scores, decisions.next_moment))


def states_of_rows(leads: LeadRows) -> States:
    """Return where leads stand, as they were read."""
    never_scored = np.isnan(leads.scored_at)
    return States(
        np.fromiter(map(position_of, leads.stage), np.int64, len(leads)),
        ~np.isnan(leads.claimed_at),
        leads.decided_version,
        leads.retry_on,
        leads.disqualified_at,
        np.where(never_scored, np.nan, leads.fit),
        np.where(never_scored, np.nan, leads.behaviour),
    )


@transaction.atomic
def store(outcome: Outcome, rows: Ints, *, now: datetime) -> set[int]:
    """Write what was found of the leads in these rows that are still as they were read; return their ids."""
    written = write_scores(outcome.leads, outcome.scores, outcome.due_at, rows, now=now)
    stored = np.flatnonzero(np.isin(outcome.leads.id, written)).tolist()
    if outcome.scores.compiled.journeys or (outcome.leads.decided_version != outcome.version).any():
        write_journeys(outcome.leads.id, outcome.scores, stored)
    if moves := [_move(outcome, row) for row in stored if outcome.decisions.moves[row]]:
        move_leads(moves, now=now)
    return set(written)


def entry_json(entry: Entry) -> dict[str, object]:
    """Return an entry as explanations give it, with its time in ISO 8601."""
    return {**entry._asdict(), "last_at": iso(entry.last_at)}


def evidence_of(score: Score) -> list[Mapping[str, object]]:
    """Return what speaks for a lead, for whoever is handed it: its strongest lines, its persona, its journeys."""
    strongest = sorted(score.entries, key=lambda entry: -entry.points_now)[:EVIDENCE_LINES]
    evidence: list[Mapping[str, object]] = [entry_json(entry) for entry in strongest]
    if score.persona is not None:
        persona = score.persona
        said = {"match": round(persona.match, 4), "met": list(persona.met), "unknown": list(persona.unknown)}
        evidence.append({"kind": "persona", "rule": persona.name, **said})
    for journey in score.journeys:
        if journey.progress:
            done = {"steps": journey.steps, "progress": journey.progress, "complete": journey.complete}
            evidence.append({"kind": "journey", "rule": journey.name, **done})
    return evidence


def iso(moment: float | None) -> str | None:
    """Return POSIX seconds in ISO 8601, UTC."""
    return datetime.fromtimestamp(moment, UTC).isoformat() if moment is not None else None


def _score_apart(lead_ids: Sequence[int], *, now: datetime) -> None:
    """Score each half by itself, until the one lead that can't be scored is left; it keeps its score for a while."""
    if len(lead_ids) > 1:
        _score_halves(lead_ids, now=now)
        return
    logger.error("Lead %s could not be scored; it will be tried again.", *lead_ids)
    Lead.objects.filter(pk__in=lead_ids).update(score_due_at=now + FAILED_RETRY)


def _score_halves(lead_ids: Sequence[int], *, now: datetime) -> None:
    middle = len(lead_ids) // 2
    rescore_leads(lead_ids[:middle], now=now)
    rescore_leads(lead_ids[middle:], now=now)


def _move(outcome: Outcome, row: int) -> Move:
    score, decision = outcome.scores.of(row), outcome.decisions.of(row)
    return Move(
        lead_id=int(outcome.leads.id[row]),
        from_stage=outcome.leads.stage[row],
        path=decision.path,
        reason=decision.reason,
        rule_set_version=outcome.version,
        score=score.score,
        fit=score.fit,
        behaviour=score.behaviour,
        evidence=evidence_of(score),
    )
