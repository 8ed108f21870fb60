"""An upper bound for stage moves: the engine is asked only about the few events per lead that can move its stage."""

from collections import defaultdict
from collections.abc import Mapping

from scoring.engine.facts import DAY, EventFact, RuleSet
from scoring.qualification.states import DISQUALIFIED, ENGAGED, MQL, NEW, RECYCLED, SQL


class Chances:
    """An upper bound of what a lead's events can do to its stage, updated event by event.

    It may answer yes although the engine then moves nothing; if it answers no, the engine would move nothing either.
    """

    def __init__(self, rule_set: RuleSet, most: Mapping[str, float]) -> None:
        self._policy = rule_set.policy
        self._rule_set = rule_set
        self._most = most
        self._points = 0.0
        self._engaged_at = self._raised_at = float("-inf")

    def hear_of(self, event: EventFact) -> None:
        """Add one more event."""
        self._points += self._most.get(event.kind, 0.0)
        if event.voluntary:
            self._engaged_at = max(self._engaged_at, event.at)
        if event.hand_raise:
            self._raised_at = max(self._raised_at, event.at)

    def may_rise(self, stage: str, event: EventFact, fit: float) -> bool:
        """Return whether this event, added before, may raise a lead of that stage and fit."""
        if stage in (NEW, RECYCLED, DISQUALIFIED):
            return True
        policy, highest = self._policy, fit + min(self._points, self._rule_set.behaviour_limit)
        if event.hand_raise or highest >= policy.sql_threshold or policy.direct:
            return stage != SQL
        return stage == ENGAGED and (event.voluntary or highest >= policy.mql_threshold)

    def may_fall(self, stage: str, until: float) -> bool:
        """Return whether a lead of that stage may fall by then if nothing else happens."""
        return stage in (MQL, SQL) and self.forgotten_at(stage) < until

    def forgotten_at(self, stage: str) -> float:
        """Return until when an engagement or a hand-raise in memory holds a lead in that stage."""
        policy = self._policy
        of_sql = stage == SQL and not policy.direct
        remembers = policy.sql_on_hand_raise if of_sql else policy.mql_on_engagement
        latest = self._raised_at if of_sql else self._engaged_at
        return latest + policy.engagement_memory_days * DAY if remembers else float("-inf")


def most_points(rule_set: RuleSet) -> Mapping[str, float]:
    """Return the most that one event of each kind can be worth."""
    most: dict[str, float] = defaultdict(float)
    for rule in rule_set.rules:
        most[rule.kind] += max(rule.points, 0.0)
    return dict(most)
