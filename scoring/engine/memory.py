"""What a lead's policy remembers: its latest activity, engagement and hand-raise."""

from dataclasses import dataclass

from scoring.engine.behaviour import begins_after
from scoring.engine.facts import BOT_AGENT, NOT_THE_LEADS_OWN_KINDS, EventFact, LeadFacts


@dataclass(frozen=True, slots=True)
class Memory:
    """The latest events of the lead's own, since its last recycle; None where there is none."""

    activity: EventFact | None = None
    engagement: EventFact | None = None
    hand_raise: EventFact | None = None


def recall(facts: LeadFacts, as_of: float) -> Memory:
    """Return the lead's memory at `as_of`; held events and what we did ourselves leave no trace in it."""
    after = begins_after(facts, as_of)
    activity = engagement = hand_raise = None
    for event in facts.events:
        if not after < event.at <= as_of or event.signal == BOT_AGENT or event.kind in NOT_THE_LEADS_OWN_KINDS:
            continue
        activity = _later(activity, event)
        if event.voluntary:
            engagement = _later(engagement, event)
        if event.hand_raise:
            hand_raise = _later(hand_raise, event)
    return Memory(activity, engagement, hand_raise)


def _later(known: EventFact | None, event: EventFact) -> EventFact:
    if known is None or event.at > known.at:
        return event
    return known if event.at < known.at else max(known, event, key=_order)


def _order(event: EventFact) -> tuple[float, int, str]:
    return event.at, event.source, event.message_id
