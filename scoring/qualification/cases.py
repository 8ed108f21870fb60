"""The policy's conditions for many leads at once: the input of decisions."""

import numpy as np

from scoring.engine.batch import Flags, Floats, Ints
from scoring.engine.definition import ANY
from scoring.engine.facts import DAY, Policy
from scoring.engine.fit import NO_PERSONA
from scoring.engine.memory import NOTHING
from scoring.engine.score import Scores
from scoring.qualification.states import States

# How long a recycled lead rests unless told otherwise; it ends at 00:00 UTC of that day.
REST_DAYS = 30


class Cases:
    """The policy's conditions as arrays of shape (n_leads,)."""

    def __init__(self, states: States, scores: Scores) -> None:
        policy = scores.compiled.rule_set.policy
        self.states, self.scores, self.policy = states, scores, policy
        self.as_of = scores.batch.as_of
        # Comparisons ignore differences below a millionth of a point.
        self.points = np.round(scores.score, 6)
        # The first scoring under a newly published version takes no margin.
        self.is_new_version = states.decided_version != scores.compiled.rule_set.version
        self.margin = np.where(self.is_new_version, 0.0, policy.margin)
        self.engaged_until = self._remembered_until(scores.memory.engagement)
        self.raised_until = self._remembered_until(scores.memory.hand_raise)
        self.has_engagement = (self.engaged_until >= self.as_of) & policy.mql_on_engagement
        self.has_hand_raise = (self.raised_until >= self.as_of) & policy.sql_on_hand_raise
        self.meets_gates = _meets_gates(scores, policy)
        self.passes_hand_raise = self.has_hand_raise & (self.meets_gates | (not policy.gate_hand_raise))

    @property
    def enters_mql(self) -> Flags:
        return (self.points >= self.policy.mql_threshold) | self.has_engagement

    @property
    def enters_sql(self) -> Flags:
        by_score = self.enters_mql if self.policy.direct else self.points >= self.policy.sql_threshold
        return (by_score & self.meets_gates) | self.passes_hand_raise

    @property
    def stays_mql(self) -> Flags:
        return (self.points >= self._less_margin(self.policy.mql_threshold)) | self.has_engagement

    @property
    def stays_sql(self) -> Flags:
        if self.policy.direct:
            return self.stays_mql
        return (self.points >= self._less_margin(self.policy.sql_threshold)) | self.has_hand_raise

    @property
    def rests(self) -> Flags:
        """Recycled leads whose rest is not over; a hand-raise ends it."""
        return (self.as_of < self.rests_until) & (self.scores.memory.hand_raise == NOTHING)

    @property
    def rests_until(self) -> Floats:
        usual = np.floor(self.scores.batch.recycled_at / DAY) * DAY + REST_DAYS * DAY
        until: Floats = np.where(np.isnan(self.states.retry_on), usual, self.states.retry_on)
        return until

    @property
    def reopens(self) -> Flags:
        """Disqualified leads with a hand-raise after the disqualification, if the policy reopens those."""
        raised = _times(self.scores, self.scores.memory.hand_raise)
        return (raised > np.nan_to_num(self.states.disqualified_at, nan=-np.inf)) & self.policy.reopen_disqualified

    def kind_of(self, position: int) -> str:
        """Return an event's kind in words."""
        if position == NOTHING:
            return "Behaviour"
        events = self.scores.batch.events
        return events.kinds[events.kind[position]].replace("_", " ").capitalize()

    def _less_margin(self, threshold: float) -> Floats:
        bound: Floats = np.round(threshold - self.margin, 6)
        return bound

    def _remembered_until(self, positions: Ints) -> Floats:
        return _times(self.scores, positions) + self.policy.engagement_memory_days * DAY


def _meets_gates(scores: Scores, policy: Policy) -> Flags:
    meets = np.ones(len(scores.batch), np.bool_)
    if policy.require_persona == ANY:
        meets &= scores.fits.persona != NO_PERSONA
    elif policy.require_persona is not None:
        names = [persona.name for persona in scores.compiled.fit.personas]
        wanted = names.index(policy.require_persona) if policy.require_persona in names else len(names)
        meets &= scores.fits.persona == wanted
    if policy.require_journey is not None:
        complete = np.zeros(len(scores.batch), np.bool_)
        for journey, progress in zip(scores.compiled.journeys, scores.journeys, strict=True):
            if policy.require_journey in (ANY, journey.name):
                complete |= progress.complete
        meets &= complete
    return meets


def _times(scores: Scores, positions: Ints) -> Floats:
    """Return the times of these events, -inf for NOTHING."""
    at = np.append(scores.batch.events.at, -np.inf)
    times: Floats = at[positions]
    return times
