"""Cards from a kiosk's tablets, sent perhaps days later and perhaps twice; each counts once."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from leads.channels.forms.answers import AnswersRefused
from leads.channels.forms.count import count_sent
from leads.channels.forms.submit import submit_form
from leads.channels.forms.visit import Visit
from leads.channels.tracking.clock import occurred_at, read_time
from leads.channels.tracking.rejected import EventRejected
from leads.errors import InvalidValue
from leads.events.tally import count_one
from leads.models import Counted, Kiosk

KIND = "event_form_submitted"
WAY = "kiosk"
MOST_CARDS = 50
STORED, REFUSED = "stored", "refused"
# Tablets check in every few seconds; not every check-in is written.
SEEN_EVERY = timedelta(seconds=60)

_ID = re.compile(r"[A-Za-z0-9-]{8,40}")


@dataclass(frozen=True, slots=True)
class CardResult:
    """The outcome of a card. state: STORED also if it was stored before; errors: by input name."""

    id: str
    state: str
    errors: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return the result in the form that tablets expect."""
        return {"id": self.id, "state": self.state, "errors": dict(self.errors)}


def take_cards(kiosk: Kiosk, body: Mapping[str, Any], *, now: datetime) -> list[CardResult]:
    """Store cards independently: an invalid one does not affect the others. Raises InvalidValue for the whole body.

    body: `cards`, each with the tablet's `id`, `at` and `typed`; `sent_at` by the tablet's clock.
    """
    cards = body.get("cards")
    if not isinstance(cards, list) or len(cards) > MOST_CARDS:
        raise InvalidValue(f"cards must be a list of at most {MOST_CARDS}.")
    if kiosk.seen_at is None or now - kiosk.seen_at > SEEN_EVERY:
        Kiosk.objects.filter(pk=kiosk.pk).update(seen_at=now)
    sent_at = read_time(body.get("sent_at"))
    return _results(kiosk, cards, sent_at, now)


def _results(kiosk: Kiosk, cards: Sequence[Any], sent_at: datetime | None, now: datetime) -> list[CardResult]:
    results = []
    for card in cards:
        card_id = card.get("id") if isinstance(card, dict) else None
        typed = card.get("typed") if isinstance(card, dict) else None
        if not isinstance(card_id, str) or not _ID.fullmatch(card_id):
            raise InvalidValue(f"A card's id must be 8 to 40 letters, digits and hyphens, got {str(card_id)[:60]!r}.")
        if not isinstance(typed, dict):
            raise InvalidValue(f"A card's typed must be an object, got {str(typed)[:60]!r}.")
        results.append(_take(kiosk, card_id, typed, _moment(card.get("at"), sent_at, now), now))
    return results


def _moment(said: Any, sent_at: datetime | None, now: datetime) -> datetime:
    """Return when a card was filled in, corrected to our clock; now if the tablet's time is invalid."""
    try:
        return occurred_at(said, sent_at, now=now)
    except EventRejected:
        return now


def _take(kiosk: Kiosk, card_id: str, typed: Mapping[str, Any], at: datetime, now: datetime) -> CardResult:
    visit = Visit(submission_id=card_id, way=WAY, at=at)
    told = {"event": kiosk.event, "kiosk": kiosk.pk}
    try:
        with transaction.atomic():
            submitted = submit_form(kiosk.form, typed, visit=visit, now=now, kind=KIND, properties=told)
            if not submitted.is_repeat:
                count_sent(kiosk.form, typed, None, now=now)
                count_one(Counted.KIOSK_CARD, kiosk.pk, now=now)
    except AnswersRefused as refusal:
        return CardResult(card_id, REFUSED, refusal.errors)
    return CardResult(card_id, STORED)
