"""Which stage a lead belongs in, and why: a pure function of its state, score, facts, policy and time."""

import math
from dataclasses import dataclass

from scoring.engine.facts import DAY, EventFact, LeadFacts, Policy, RuleSet
from scoring.engine.memory import Memory, recall
from scoring.engine.score import Score

NEW, ENGAGED, MQL, SQL = RANKS = ("new", "engaged", "mql", "sql")
RECYCLED, DISQUALIFIED = "recycled", "disqualified"


@dataclass(frozen=True, slots=True)
class LeadState:
    """Where a lead stands before a scoring. Times are POSIX seconds.

    decided_version: the rule set version of its last scoring. retry_on: until when a recycled lead rests.
    fit, behaviour: as last stored, for the words of the reason; None when it was never scored.
    """

    stage: str
    decided_version: int | None
    retry_on: float | None = None
    disqualified_at: float | None = None
    claimed: bool = False
    fit: float | None = None
    behaviour: float | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """The stages to pass, in order (none: the lead stays), why, and when time alone may change the decision."""

    path: tuple[str, ...]
    reason: str
    next_moment: float | None


@dataclass(frozen=True, slots=True)
class Case:
    """All that a decision looks at."""

    state: LeadState
    score: Score
    memory: Memory
    rule_set: RuleSet
    as_of: float

    @property
    def policy(self) -> Policy:
        return self.rule_set.policy

    @property
    def is_new_version(self) -> bool:
        """A newly published version is applied to the letter once: without margin."""
        return self.state.decided_version != self.rule_set.version

    @property
    def margin(self) -> float:
        return 0 if self.is_new_version else self.policy.margin

    @property
    def has_engagement(self) -> bool:
        return self.policy.mql_on_engagement and self._remembers(self.memory.engagement)

    @property
    def has_hand_raise(self) -> bool:
        return self.policy.sql_on_hand_raise and self._remembers(self.memory.hand_raise)

    @property
    def meets_gates(self) -> bool:
        # Nobody has a persona or a completed journey yet, so a gate that is set stays closed.
        return self.policy.require_persona is None and self.policy.require_journey is None

    @property
    def passes_hand_raise(self) -> bool:
        return self.has_hand_raise and (self.meets_gates or not self.policy.gate_hand_raise)

    @property
    def enters_mql(self) -> bool:
        return self.reaches(self.policy.mql_threshold) or self.has_engagement

    @property
    def enters_sql(self) -> bool:
        by_score = self.enters_mql if self.policy.direct else self.reaches(self.policy.sql_threshold)
        return (by_score and self.meets_gates) or self.passes_hand_raise

    @property
    def stays_mql(self) -> bool:
        return self.reaches(self.policy.mql_threshold - self.margin) or self.has_engagement

    @property
    def stays_sql(self) -> bool:
        if self.policy.direct:
            return self.stays_mql
        return self.reaches(self.policy.sql_threshold - self.margin) or self.has_hand_raise

    def reaches(self, points: float) -> bool:
        """Say whether the score is at or above `points`; a millionth of a point makes no difference."""
        return round(self.score.score, 6) >= points

    def _remembers(self, event: EventFact | None) -> bool:
        return event is not None and leaves_memory_at(event, self.policy) >= self.as_of


def decide(state: LeadState, score: Score, facts: LeadFacts, rule_set: RuleSet, as_of: float) -> Decision:
    """Return the stages that a lead moves through now. People move claimed leads; scoring does not."""
    case = Case(state, score, recall(facts, as_of), rule_set, as_of)
    path = _path(case)
    stage = path[-1] if path else state.stage
    return Decision(path, reason_of(case, stage) if path else "", _next_moment(case, stage))


def leaves_memory_at(event: EventFact, policy: Policy) -> float:
    """Return the last moment, POSIX seconds, at which an engagement or hand-raise is in memory."""
    return event.at + policy.engagement_memory_days * DAY


def reason_of(case: Case, stage: str) -> str:
    """Say in words why a lead moves to `stage`."""
    if case.state.stage == RECYCLED:
        return f"Back after recycling: {_why_reached(case, stage)}"
    if case.state.stage == DISQUALIFIED:
        return f"Reopened: {_why_reached(case, stage)}"
    if RANKS.index(stage) > RANKS.index(case.state.stage):
        return _why_reached(case, stage)
    return _why_fell(case, stage)


def _path(case: Case) -> tuple[str, ...]:
    stage = case.state.stage
    if case.state.claimed:
        return ()
    if stage in RANKS:
        return _path_from_rank(RANKS.index(stage), _rank(case, stage))
    if (stage == RECYCLED and _rests(case)) or (stage == DISQUALIFIED and not _reopens(case)):
        return ()
    if stage not in (RECYCLED, DISQUALIFIED) or case.memory.activity is None:
        return ()
    return _path_from_rank(0, _rank(case, NEW))


def _path_from_rank(start: int, end: int) -> tuple[str, ...]:
    """A rise passes every stage between, so that funnels stay true; a fall is one move."""
    return RANKS[start + 1 : end + 1] if end >= start else (RANKS[end],)


def _rank(case: Case, stage: str) -> int:
    """Return the rank of the stage that the lead belongs in, coming from `stage`."""
    if case.enters_sql or (stage == SQL and case.stays_sql):
        return RANKS.index(SQL)
    if case.enters_mql or (stage in (MQL, SQL) and case.stays_mql):
        return RANKS.index(MQL)
    if case.memory.activity is not None or stage != NEW:
        return RANKS.index(ENGAGED)
    return RANKS.index(NEW)


def _rests(case: Case) -> bool:
    retry_on = case.state.retry_on
    return retry_on is not None and case.as_of < retry_on and case.memory.hand_raise is None


def _reopens(case: Case) -> bool:
    raised, disqualified_at = case.memory.hand_raise, case.state.disqualified_at
    if not case.policy.reopen_disqualified or raised is None:
        return False
    return disqualified_at is None or raised.at > disqualified_at


def _next_moment(case: Case, stage: str) -> float | None:
    """Return when time alone may change what `stage` rests on; decay of the score apart."""
    if case.state.claimed:
        return None
    retry_on = case.state.retry_on
    if stage == RECYCLED and retry_on is not None and retry_on > case.as_of:
        return retry_on
    if stage not in RANKS:
        return None
    return min(_memory_ends(case), default=None)


def _memory_ends(case: Case) -> list[float]:
    held = []
    if case.has_engagement:
        held.append(case.memory.engagement)
    if case.has_hand_raise:
        held.append(case.memory.hand_raise)
    # In memory up to and including the last moment, so the change comes right after it.
    return [math.nextafter(leaves_memory_at(event, case.policy), math.inf) for event in held if event is not None]


def _why_reached(case: Case, stage: str) -> str:
    if stage == SQL and case.passes_hand_raise:
        return f"{_words(case.memory.hand_raise)} is a hand-raise"
    if stage == SQL and not case.policy.direct:
        return _why_score_reached(case, case.policy.sql_threshold)
    if stage in (MQL, SQL) and case.has_engagement:
        return f"{_words(case.memory.engagement)} is a voluntary engagement"
    if stage in (MQL, SQL):
        return _why_score_reached(case, case.policy.mql_threshold)
    return f"{_words(case.memory.activity)} showed interest"


def _why_score_reached(case: Case, threshold: float) -> str:
    now, before = round(case.score.score), _stored_score(case.state)
    if before is None or now <= before:
        return f"The score of {now} reached the threshold of {threshold:g}"
    return f"{_mover(case)} took the score from {before} to {now}"


def _stored_score(state: LeadState) -> int | None:
    return None if state.fit is None or state.behaviour is None else round(state.fit + state.behaviour)


def _mover(case: Case) -> str:
    """Name what moved the score since it was last stored."""
    if case.is_new_version:
        return f"Rule set version {case.rule_set.version}"
    if case.state.behaviour is not None and case.score.behaviour > case.state.behaviour:
        return _words(case.memory.activity)
    return "Fit"


def _why_fell(case: Case, stage: str) -> str:
    policy = case.policy
    if stage == MQL and not policy.direct:
        threshold, missing, is_asked = policy.sql_threshold, "hand-raise", policy.sql_on_hand_raise
    else:
        threshold, missing, is_asked = policy.mql_threshold, "engagement", policy.mql_on_engagement
    shown = math.floor(case.score.score * 10) / 10  # never up to the very bound that it is below
    why = f"The score of {shown} is below {threshold - case.margin:g}"
    if is_asked:
        why += f" and there was no {missing} in {policy.engagement_memory_days:g} days"
    return f"{why} (rule set version {case.rule_set.version} is new)" if case.is_new_version else why


def _words(event: EventFact | None) -> str:
    return event.kind.replace("_", " ").capitalize() if event is not None else "Behaviour"
