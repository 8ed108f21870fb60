"""What the engine knows: a lead, its events, and the rules that judge them.

Times are POSIX seconds in UTC. Everything here is immutable and knows neither a clock nor a database.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

MINUTE = 60.0
DAY = 86_400.0

# The signal of an event whose agent is a known bot. Such an event is held for ever: shown, but worth nothing.
BOT_AGENT = "bot_agent"

# What we did ourselves. No rule may give points for it.
NEVER_SCORED_KINDS = frozenset({"call_made", "email_sent"})

# What happened around the lead without its doing; it does not make anybody engaged.
NOT_THE_LEADS_OWN_KINDS = NEVER_SCORED_KINDS | {
    *("chat_answered", "email_bounced", "message_ignored", "page_kept_open", "trial_ended", "website_measured"),
}


class EventFact(NamedTuple):
    """One stored event.

    kind: catalog or custom kind; name: as the client sent it. voluntary: counts as engagement.
    hand_raise: says "ready to buy". A named tuple, because a rescore makes millions of them.
    """

    kind: str
    at: float
    source: int
    message_id: str
    properties: Mapping[str, object]
    signal: str = ""
    voluntary: bool = False
    hand_raise: bool = False
    name: str = ""


@dataclass(frozen=True, slots=True)
class LeadFacts:
    """All that a score depends on besides rules and time.

    attributes: flat, by the names that conditions use ("email", "organization.industry", "attributes.plan").
    events: deduplicated, in any order. recycled_at: the latest recycle; only events after it count.
    """

    attributes: Mapping[str, object]
    events: Sequence[EventFact]
    recycled_at: float | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """A test of one field; `scoring.engine.conditions` gives the meaning of each op."""

    field: str
    op: str
    value: object


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `count` events per period; value_of: the property path when `per` is "value"."""

    count: int
    per: str
    value_of: str | None = None


@dataclass(frozen=True, slots=True)
class BehaviourRule:
    """Points for events of one kind; half_life_days None: they never fade; cap None: no bound."""

    name: str
    kind: str
    points: float
    half_life_days: float | None = None
    cap: float | None = None
    limit: Limit | None = None
    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class FitRule:
    """Points for what the lead is."""

    name: str
    field: str
    op: str
    value: object
    points: float


@dataclass(frozen=True, slots=True)
class Policy:
    """When a score, an engagement or a hand-raise makes an MQL or an SQL; thresholds and margin in points."""

    mql_threshold: float = 40
    sql_threshold: float = 70
    margin: float = 10
    mql_on_engagement: bool = True
    engagement_memory_days: float = 90
    sql_on_hand_raise: bool = True
    gate_hand_raise: bool = False
    require_persona: str | None = None
    require_journey: str | None = None
    direct: bool = False
    reopen_disqualified: bool = False


@dataclass(frozen=True, slots=True)
class RuleSet:
    """One version of the rules, frozen once it was live."""

    version: int
    name: str
    behaviour_limit: float = 60
    fit_limit: float = 40
    rules: tuple[BehaviourRule, ...] = ()
    fit: tuple[FitRule, ...] = ()
    policy: Policy = Policy()


def needed_properties(rule_set: RuleSet) -> set[str]:
    """Name the event kinds whose rules look at properties; the others need none loaded."""
    return {rule.kind for rule in rule_set.rules if _looks_at_properties(rule)}


def needed_lead_fields(rule_set: RuleSet) -> set[str]:
    """Name the lead fields that fit rules look at."""
    return {rule.field for rule in rule_set.fit}


def _looks_at_properties(rule: BehaviourRule) -> bool:
    if rule.limit is not None and rule.limit.value_of is not None:
        return True
    return any(condition.field.startswith("properties.") for condition in rule.conditions)
