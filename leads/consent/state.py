"""The current consent of a lead, by channel and address."""

from collections.abc import Collection, Iterable

from leads.models import Consent, ConsentState


def last_words(lead_ids: Collection[int]) -> list[Consent]:
    """Return the current consent for each address and channel of these leads, the latest first; one query.

    A new request to confirm withdraws nothing: a given consent stays valid meanwhile.
    """
    said = (
        Consent.objects.filter(identifier__lead__in=lead_ids)
        .select_related("identifier", "form")
        .order_by("said_at", "id")
    )
    words: dict[tuple[int, str], Consent] = {}
    for consent in said:
        place = (consent.identifier_id, consent.channel)
        former = words.get(place)
        if consent.state == ConsentState.PENDING and former is not None and former.state == ConsentState.GIVEN:
            continue
        words[place] = consent
    return sorted(words.values(), key=lambda consent: (consent.said_at, consent.pk), reverse=True)


def allows(words: Iterable[Consent], channel: str) -> bool:
    """Return whether one lead's consents, as `last_words` returns them, allow a channel: given, not withdrawn."""
    states = {word.state for word in words if word.channel == channel}
    return ConsentState.GIVEN in states and ConsentState.WITHDRAWN not in states
