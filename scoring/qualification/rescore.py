"""Score leads, and move the stages of those that their scores or events move."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import transaction

from leads.lifecycle.move import Move, move_leads
from leads.models import Lead
from scoring.engine.explain import Entry
from scoring.engine.facts import EventFact, LeadFacts
from scoring.engine.next_change import due_at
from scoring.engine.score import CompiledRuleSet, Score, score_lead
from scoring.features.load import LeadRow, events_of, facts_of, posix, posix_of_date, read_leads
from scoring.qualification.decide import Decision, LeadState, decide
from scoring.qualification.write import ScoredLead, write_scores
from scoring.rules.live import live_rule_set

logger = logging.getLogger(__name__)

EVIDENCE_LINES = 3
# A lead that can't be scored (a fault of the program, not of the lead) must not hold up the others.
FAILED_RETRY = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the computation found for one lead, before anything is written."""

    lead: LeadRow
    scored: ScoredLead
    move: Move | None


@dataclass(frozen=True, slots=True)
class Batch:
    """What was read of some leads: themselves first, then the rules, then their events."""

    leads: Sequence[LeadRow]
    live: CompiledRuleSet
    events: Mapping[int, Sequence[EventFact]]


def rescore_leads(lead_ids: Sequence[int], *, now: datetime) -> None:
    """Compute these leads' scores and stages as of `now` and store them.

    What is read first, each lead's facts_version, decides: a lead that changed while it was computed is left alone, as
    whoever changed its facts made it due again. So any number of workers may score the same leads.
    """
    store(compute(read_batch(lead_ids), now=now), now=now)


def read_batch(lead_ids: Sequence[int]) -> Batch:
    """Read what these leads' scores are computed from, in a fixed number of queries."""
    leads = read_leads(lead_ids)
    live = live_rule_set()
    return Batch(leads, live, events_of(lead_ids, live.rule_set))


def compute(batch: Batch, *, now: datetime) -> list[Outcome]:
    """Compute scores and stages as of `now`; nothing is read or written."""
    return [_outcome(lead, batch.events.get(lead.pk, ()), batch.live, now) for lead in batch.leads]


@transaction.atomic
def store(outcomes: Sequence[Outcome], *, now: datetime) -> set[int]:
    """Write what was found of the leads that are still as they were read; return their ids."""
    unchanged = _lock_unchanged([outcome.lead for outcome in outcomes])
    current = [outcome for outcome in outcomes if outcome.lead.pk in unchanged]
    write_scores([outcome.scored for outcome in current])
    move_leads([outcome.move for outcome in current if outcome.move is not None], now=now)
    return unchanged


def lead_state(lead: Lead | LeadRow) -> LeadState:
    """Return what qualification needs to know of a lead besides its facts."""
    is_scored = lead.scored_at is not None
    return LeadState(
        stage=lead.stage,
        decided_version=lead.decided_version,
        retry_on=posix_of_date(lead.retry_on),
        disqualified_at=posix(lead.disqualified_at),
        claimed=lead.claimed_at is not None,
        fit=lead.fit if is_scored else None,
        behaviour=lead.behaviour if is_scored else None,
    )


def entry_json(entry: Entry) -> dict[str, object]:
    """Return an entry as explanations give it, with its time in ISO 8601."""
    last_at = datetime.fromtimestamp(entry.last_at, UTC).isoformat() if entry.last_at is not None else None
    return {**entry._asdict(), "last_at": last_at}


def _outcome(lead: LeadRow, events: Sequence[EventFact], live: CompiledRuleSet, now: datetime) -> Outcome:
    try:
        return _computed(lead, facts_of(lead, events), live, now)
    except Exception:
        logger.exception("Lead %s could not be scored; it will be tried again.", lead.pk)
        return _postponed(lead, live, now)


def _computed(lead: LeadRow, facts: LeadFacts, live: CompiledRuleSet, now: datetime) -> Outcome:
    as_of = now.timestamp()
    score = score_lead(live, facts, as_of)
    decision = decide(lead_state(lead), score, facts, live.rule_set, as_of)
    due = due_at(live, facts, score, decision.next_moment, as_of)
    scored = ScoredLead(
        lead_id=lead.pk,
        score=score.score,
        fit=score.fit,
        behaviour=score.behaviour,
        scored_at=now,
        due_at=datetime.fromtimestamp(due, UTC) if due is not None else None,
        version=live.rule_set.version,
        entries=score.entries,
    )
    return Outcome(lead, scored, _move(lead, score, decision, live))


def _postponed(lead: LeadRow, live: CompiledRuleSet, now: datetime) -> Outcome:
    """Keep the score that the lead has and try again later."""
    version = lead.decided_version if lead.decided_version is not None else live.rule_set.version
    scored = ScoredLead(
        lead.pk, lead.score, lead.fit, lead.behaviour, lead.scored_at or now, now + FAILED_RETRY, version, None
    )
    return Outcome(lead, scored, None)


def _move(lead: LeadRow, score: Score, decision: Decision, live: CompiledRuleSet) -> Move | None:
    if not decision.path:
        return None
    strongest = sorted(score.entries, key=lambda entry: -entry.points_now)[:EVIDENCE_LINES]
    return Move(
        lead_id=lead.pk,
        from_stage=lead.stage,
        path=decision.path,
        reason=decision.reason,
        rule_set_version=live.rule_set.version,
        score=score.score,
        fit=score.fit,
        behaviour=score.behaviour,
        evidence=[entry_json(entry) for entry in strongest],
    )


def _lock_unchanged(leads: Sequence[Lead | LeadRow]) -> set[int]:
    """Lock the leads in id order and return those that still are as they were read.

    scored_at: another worker's result stands, whatever rules it read; it was computed from facts no older than ours, or
    its rules made the lead due again.
    """
    read = {lead.pk: (lead.facts_version, lead.stage, lead.claimed_at, lead.scored_at) for lead in leads}
    locked = Lead.objects.current().filter(pk__in=read).order_by("pk").select_for_update(no_key=True)
    rows = locked.values_list("pk", "facts_version", "stage", "claimed_at", "scored_at")
    return {pk for pk, *state in rows if read[pk] == tuple(state)}
