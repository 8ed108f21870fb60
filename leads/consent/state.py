"""The current consent of a lead, by channel and address."""

from collections.abc import Collection, Iterable

from leads.models import Consent, ConsentState


def current_consents(lead_ids: Collection[int]) -> list[Consent]:
    """Return the current consent for each address and channel of these leads, the latest first; one query.

    A new request to confirm withdraws nothing: a given consent stays valid meanwhile.
    """
    declared = (
        Consent.objects.filter(identifier__lead__in=lead_ids)
        .select_related("identifier", "form")
        .order_by("said_at", "id")
    )
    consents: dict[tuple[int, str], Consent] = {}
    for consent in declared:
        place = (consent.identifier_id, consent.channel)
        former = consents.get(place)
        if consent.state == ConsentState.PENDING and former is not None and former.state == ConsentState.GIVEN:
            continue
        consents[place] = consent
    return sorted(consents.values(), key=lambda consent: (consent.said_at, consent.pk), reverse=True)


def allows(consents: Iterable[Consent], channel: str) -> bool:
    """Return whether one lead's consents, as `current_consents` returns them, allow a channel: given, not withdrawn."""
    states = {consent.state for consent in consents if consent.channel == channel}
    return ConsentState.GIVEN in states and ConsentState.WITHDRAWN not in states
