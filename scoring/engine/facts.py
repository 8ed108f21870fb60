"""The input of the engine: a lead, its events, and the rules.

Times are POSIX seconds in UTC. Everything here is immutable and independent of clock and database.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

MINUTE = 60.0
DAY = 86_400.0

# Signs that a machine made an event. A known bot's events are held forever, others until a human sign.
BOT_AGENT, PREFETCH, HONEYPOT = "bot_agent", "prefetch", "honeypot"
SIGNALS = ("", BOT_AGENT, PREFETCH, HONEYPOT)

# Our own actions. No rule may give points for them.
NEVER_SCORED_KINDS = frozenset({"call_made", "email_sent"})

# Events around the lead that are not its own activity; they make no lead engaged.
NOT_THE_LEADS_OWN_KINDS = NEVER_SCORED_KINDS | {
    "chat_answered", "data_requested", "email_bounced", "erasure_requested", "message_ignored", "page_kept_open",
    "trial_ended", "trial_ending", "website_measured",
}  # fmt: skip

# Openings of a message and its links, which machines do too, right after the message's delivery.
CLICK_KIND = "email_clicked"
LINK_KINDS = frozenset({"email_opened", CLICK_KIND})
DELIVERY_KIND = "email_sent"

# Things that machines do not do: forms, replies, conversations, keeping a page open.
HUMAN_SIGN_KINDS = frozenset({
    "form_submitted", "event_form_submitted", "newsletter_subscribed", "demo_requested", "quote_requested",
    "sales_contact_requested", "chat_engaged", "call_received", "meeting_booked", "email_replied", "page_kept_open",
})  # fmt: skip


class EventFact(NamedTuple):
    """A stored event.

    kind: catalog or custom kind; name: as the client sent it. voluntary: counts as engagement. hand_raise: asks for
    sales. A named tuple, because a rescore creates millions of them.
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
    """Everything a score depends on besides rules and time.

    attributes: flat, by the names used in conditions ("email", "organization.industry", "attributes.plan"). events:
    deduplicated, in any order. recycled_at: the latest recycle; only later events count.
    """

    attributes: Mapping[str, object]
    events: Sequence[EventFact]
    recycled_at: float | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """A test of one field; `scoring.engine.conditions` defines each op."""

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
    """Points for events of one kind. half_life_days None: no decay; cap None: no cap."""

    name: str
    kind: str
    points: float
    half_life_days: float | None = None
    cap: float | None = None
    limit: Limit | None = None
    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class FitRule:
    """Points for an attribute of the lead."""

    name: str
    field: str
    op: str
    value: object
    points: float


@dataclass(frozen=True, slots=True)
class Criterion:
    """One criterion of a persona; points above 0."""

    name: str
    field: str
    op: str
    value: object
    points: float


@dataclass(frozen=True, slots=True)
class Persona:
    """A kind of person we sell to. minimum: the share of all points, 0..1, from which a lead matches."""

    name: str
    minimum: float
    criteria: tuple[Criterion, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a journey: an event of a kind that meets all conditions."""

    name: str
    kind: str
    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Journey:
    """Steps taken in order by different events, the last at most window_days after the first."""

    name: str
    window_days: float
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """When a score, an engagement or a hand-raise makes an MQL or an SQL. Thresholds and margin in points."""

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
    """One version of the rules, immutable once it was live."""

    version: int
    name: str
    behaviour_limit: float = 60
    fit_limit: float = 40
    rules: tuple[BehaviourRule, ...] = ()
    fit: tuple[FitRule, ...] = ()
    personas: tuple[Persona, ...] = ()
    journeys: tuple[Journey, ...] = ()
    policy: Policy = Policy()


def needed_details(rule_set: RuleSet) -> set[str]:
    """Return the event kinds whose properties a score depends on; others need not be loaded."""
    looked_at = {rule.kind for rule in rule_set.rules if rule.conditions}
    looked_at |= {step.kind for step in steps_of(rule_set) if step.conditions}
    limited = {rule.kind for rule in rule_set.rules if rule.limit is not None and rule.limit.value_of is not None}
    return looked_at | limited | LINK_KINDS | {DELIVERY_KIND}


def kinds_by_name(rule_set: RuleSet) -> set[str]:
    """Return the event kinds with a condition on the raw name."""
    counted: list[BehaviourRule | Step] = [*rule_set.rules, *steps_of(rule_set)]
    return {part.kind for part in counted if any(condition.field == "name" for condition in part.conditions)}


def needed_lead_fields(rule_set: RuleSet) -> list[str]:
    """Return the lead fields used by fit rules and personas, sorted."""
    criteria = [criterion for persona in rule_set.personas for criterion in persona.criteria]
    return sorted({rule.field for rule in rule_set.fit} | {criterion.field for criterion in criteria})


def steps_of(rule_set: RuleSet) -> list[Step]:
    """Return the steps of all journeys."""
    return [step for journey in rule_set.journeys for step in journey.steps]
