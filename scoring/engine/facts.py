"""What the engine knows: a lead, its events, and the rules that judge them.

Times are POSIX seconds in UTC. Everything here is immutable and knows neither a clock nor a database.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

MINUTE = 60.0
DAY = 86_400.0

# Signs that a machine made an event. A known bot's is held for ever, the others' until the lead gives a human sign.
BOT_AGENT, PREFETCH, HONEYPOT = "bot_agent", "prefetch", "honeypot"
SIGNALS = ("", BOT_AGENT, PREFETCH, HONEYPOT)

# What we did ourselves. No rule may give points for it.
NEVER_SCORED_KINDS = frozenset({"call_made", "email_sent"})

# What happened around the lead without its doing; it does not make anybody engaged.
NOT_THE_LEADS_OWN_KINDS = NEVER_SCORED_KINDS | {
    "chat_answered", "data_requested", "email_bounced", "erasure_requested", "message_ignored", "page_kept_open",
    "trial_ended", "trial_ending", "website_measured",
}  # fmt: skip

# Links of a message that were opened, which machines do as well, and the message's delivery, right after which they do.
CLICK_KIND = "email_clicked"
LINK_KINDS = frozenset({"email_opened", CLICK_KIND})
DELIVERY_KIND = "email_sent"

# What a machine does not do: a form, a reply, a conversation, a page kept open.
HUMAN_SIGN_KINDS = frozenset({
    "form_submitted", "event_form_submitted", "newsletter_subscribed", "demo_requested", "quote_requested",
    "sales_contact_requested", "chat_engaged", "call_received", "meeting_booked", "email_replied", "page_kept_open",
})  # fmt: skip


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
class Criterion:
    """One trait of a persona; points above 0."""

    name: str
    field: str
    op: str
    value: object
    points: float


@dataclass(frozen=True, slots=True)
class Persona:
    """A kind of person we sell to. minimum: the part of all points, 0..1, that a lead must match to be one."""

    name: str
    minimum: float
    criteria: tuple[Criterion, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a journey: an event of a kind that meets all conditions."""

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
    personas: tuple[Persona, ...] = ()
    journeys: tuple[Journey, ...] = ()
    policy: Policy = Policy()


def needed_details(rule_set: RuleSet) -> set[str]:
    """Name the event kinds whose properties a score depends on; the others need none loaded."""
    looked_at = {rule.kind for rule in rule_set.rules if rule.conditions}
    looked_at |= {step.kind for step in steps_of(rule_set) if step.conditions}
    limited = {rule.kind for rule in rule_set.rules if rule.limit is not None and rule.limit.value_of is not None}
    return looked_at | limited | LINK_KINDS | {DELIVERY_KIND}


def kinds_by_name(rule_set: RuleSet) -> set[str]:
    """Name the event kinds of which a condition looks at the raw name."""
    counted: list[BehaviourRule | Step] = [*rule_set.rules, *steps_of(rule_set)]
    return {part.kind for part in counted if any(condition.field == "name" for condition in part.conditions)}


def needed_lead_fields(rule_set: RuleSet) -> list[str]:
    """Name the lead fields that fit rules and personas look at, in order."""
    criteria = [criterion for persona in rule_set.personas for criterion in persona.criteria]
    return sorted({rule.field for rule in rule_set.fit} | {criterion.field for criterion in criteria})


def steps_of(rule_set: RuleSet) -> list[Step]:
    """Return the steps of all journeys."""
    return [step for journey in rule_set.journeys for step in journey.steps]
