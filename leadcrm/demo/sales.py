"""What sales does with an SQL: who claims it when, and the outcome."""

import math
from collections.abc import Iterable
from datetime import UTC, date, datetime
from random import Random
from typing import NamedTuple

from leadcrm.demo.clock import DAY
from leadcrm.demo.story import Step
from leads.handoff.clock import WorkingHours
from leads.models import Stage

# Reasons and how often sales gives them.
RECYCLE_REASONS = (("Timing", 16), ("No reply", 11), ("Budget", 8), ("Wrong person", 4))
DISQUALIFY_REASONS = (("Not a fit", 5), ("Competitor", 2), ("Student project", 2), ("Not a real request", 1))

# How much each kind of event raises the odds of a sale (log odds), so that the rules have something to find.
SIGNS = {
    "trial_started": 1.2,
    "trial_converted": 1.8,
    "webinar_attended": 1.3,
    "store_visited": 1.3,
    "quote_requested": 1.0,
    "call_received": 0.9,
    # Students read as well, and competitors.
    "ebook_downloaded": -1.2,
    "unsubscribed": -1.5,
}
BASE_LOG_ODDS = -6.0
MEDIAN_MINUTES_TO_CLAIM = 11
MEDIAN_DAYS_TO_CLOSE = 14


class Rep(NamedTuple):
    """A sales rep of the demo."""

    pk: int
    name: str


class Ending(NamedTuple):
    """The outcome: when, the final stage, and why. retry_on: for recycled leads."""

    at: float
    stage: str
    reason: str
    retry_on: date | None = None


def claim_time(became_sql_at: float, hours: WorkingHours, rng: Random) -> float:
    """Return when a rep claims the lead: minutes later, in working hours; six of seven within the target."""
    minutes = MEDIAN_MINUTES_TO_CLAIM * math.exp(rng.gauss(0, 0.9))
    return hours.add_minutes(datetime.fromtimestamp(became_sql_at, UTC), minutes).timestamp()


def close_time(claimed_at: float, rng: Random) -> float:
    """Return when the rep finishes with the lead."""
    return claimed_at + MEDIAN_DAYS_TO_CLOSE * math.exp(rng.gauss(0, 0.6)) * DAY


def ending(at: float, fit: float, intent: float, kinds: Iterable[str], rep: Rep, rng: Random) -> Ending:
    """Draw the outcome: a better fit and more activity make a sale more likely."""
    log_odds = BASE_LOG_ODDS + 1.6 * fit + 0.8 * intent + sum(SIGNS.get(kind, 0.0) for kind in set(kinds))
    if rng.random() < 1 / (1 + math.exp(-log_odds)):
        return Ending(at, Stage.CUSTOMER, f"{rep.name} closed the sale.")
    if rng.random() < (0.5 if fit < 0 else 0.15):
        return Ending(at, Stage.DISQUALIFIED, f"{rep.name} disqualified the lead: {_drawn(DISQUALIFY_REASONS, rng)}.")
    retry_on = datetime.fromtimestamp(at + rng.uniform(30, 150) * DAY, UTC).date()
    reason = f"{_drawn(RECYCLE_REASONS, rng)}. Try again on {retry_on.day} {retry_on:%b %Y}."
    return Ending(at, Stage.RECYCLED, f"{rep.name} recycled the lead: {reason}", retry_on)


def sales_work(claimed_at: float, closed_at: float, rep: Rep, rng: Random) -> list[Step]:
    """Return the rep's activities between the claim and the outcome."""
    span = closed_at - claimed_at
    steps = [Step("call_made", claimed_at + rng.uniform(120, 3600), {"minutes": rng.randint(1, 14), "by": rep.name})]
    for _ in range(rng.randint(0, 2)):
        subject = rng.choice(("Your coffee machine", "Our offer", "Following up"))
        steps.append(Step("email_sent", claimed_at + span * rng.random(), {"subject": subject, "by": rep.name}))
    if rng.random() < 0.4:
        place = rng.choice(("Their office", "Video call", "Showroom"))
        steps.append(
            Step("meeting_booked", claimed_at + span * rng.uniform(0.1, 0.8), {"place": place, "by": rep.name})
        )
    return steps


def orders(at: float, number: str, rng: Random) -> list[Step]:
    """Return the order that made the lead a customer, and its further states."""
    machines = rng.choices((1, 2, 3, 6), (55, 25, 14, 6))[0]
    revenue = machines * rng.choice((3900, 5400))
    placed = {"order_id": number, "machines": machines, "revenue": revenue, "currency": "EUR"}
    steps = [Step("order_completed", at, placed), Step("account_created", at + 60, {"plan": "customer"})]
    if rng.random() < 0.08:
        steps.append(
            Step("order_updated", at + rng.uniform(1, 9) * DAY, {"order_id": number, "machines": machines + 1})
        )
    if rng.random() < 0.07:
        steps.append(Step("order_cancelled", at + rng.uniform(1, 30) * DAY, {"order_id": number, "part": "Cups, 12"}))
    return steps


def _drawn(reasons: tuple[tuple[str, int], ...], rng: Random) -> str:
    return rng.choices([reason for reason, _ in reasons], [weight for _, weight in reasons])[0]
