"""A click on a tracked link: store it, then return the address to redirect to."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.db import transaction

from leads.channels.campaign import campaign_of
from leads.channels.links.target import UTM, VISITOR, with_parameters
from leads.channels.links.token import PARAMETER, Recipient, read_token
from leads.events.catalog import channel_of
from leads.events.tally import count_one
from leads.identity.keys import ANONYMOUS_ID, Key
from leads.identity.known import strongest_key
from leads.intake.inbound import InboundEvent
from leads.intake.sources import channel_source
from leads.intake.take_in import take_in
from leads.models import Counted, Link, LinkKind, Signal

SOURCE = "Links"
KIND_OF = {
    LinkKind.AD: "ad_clicked",
    LinkKind.EMAIL: "email_clicked",
    LinkKind.SOCIAL: "social_interaction",
    LinkKind.PAGE: "link_followed",
    LinkKind.HONEYPOT: "email_clicked",
}
MESSAGE_PARAMETER = "m"
LONGEST_MESSAGE = 100
_ANONYMOUS_ID = re.compile(r"[A-Za-z0-9_.:-]{8,100}")


@dataclass(frozen=True, slots=True)
class Click:
    """A request for a link. recipient: from the mail's token; anonymous_id: from our snippet's cookie.

    campaign: campaign and ad parameters; message: the mail; signal: of a machine, if one made the request.
    """

    recipient: Recipient | None
    anonymous_id: str
    campaign: Mapping[str, str]
    message: str
    referrer: str
    signal: Signal


def read_click(query: Mapping[str, str], *, anonymous_id: str, referrer: str, signal: Signal) -> Click:
    """Return the click of a request. Invalid parameters are ignored, since the visitor is not to blame."""
    recipient = read_token(query.get(PARAMETER, ""))
    message = recipient.message if recipient else query.get(MESSAGE_PARAMETER, "").replace("\0", "")[:LONGEST_MESSAGE]
    known = anonymous_id if _ANONYMOUS_ID.fullmatch(anonymous_id) else ""
    return Click(recipient, known, campaign_of(query), message, referrer.replace("\0", "")[:500], signal)


def follow_link(link: Link, click: Click, *, now: datetime) -> str:
    """Store a click, durably, and return the address to redirect to.

    It belongs to the lead of the mail's token, the visitor of the cookie, or a new visitor, whose id the target
    receives in the parameter `lc_aid`. A machine does not become a visitor.
    """
    signal = Signal.HONEYPOT if link.kind == LinkKind.HONEYPOT and not click.signal else click.signal
    visitor = "" if signal else click.anonymous_id or str(uuid4())
    with transaction.atomic():
        take_in(channel_source(SOURCE, now=now), [_event(link, click, signal, visitor, now)], now=now)
        count_one(Counted.LINK_MACHINE if signal else Counted.LINK_CLICK, link.pk, now=now)
    passed = {VISITOR: visitor} if visitor and link.passes_visitor else {}
    return with_parameters(link.target, {**click.campaign, **passed}, _defaults(link))


def _event(link: Link, click: Click, signal: Signal, visitor: str, now: datetime) -> InboundEvent:
    kind = KIND_OF[LinkKind(link.kind)]
    return InboundEvent(
        message_id=f"{link.pk}:{uuid4()}",
        kind=kind,
        name=link.name,
        channel=channel_of(kind),
        occurred_at=now,
        keys=_keys(link, click, visitor),
        properties=_properties(link, click),
        signal=signal.value,
    )


def _keys(link: Link, click: Click, visitor: str) -> tuple[Key, ...]:
    """Return the identifiers of a click. Machines without a token share one id, so that they do not create many."""
    recipient = strongest_key(click.recipient.lead_id) if click.recipient else None
    anonymous = (ANONYMOUS_ID, visitor or f"machines-at-link-{link.pk}")
    if recipient is None:
        return (anonymous,)
    return (recipient, anonymous) if visitor else (recipient,)


def _properties(link: Link, click: Click) -> dict[str, Any]:
    campaign = {**_defaults(link), **click.campaign}
    told = {"campaign": campaign.get("utm_campaign"), "message": click.message, "referrer": click.referrer}
    known = {name: value for name, value in told.items() if value}
    return {"link": link.slug, "title": link.name, **campaign, **known}


def _defaults(link: Link) -> dict[str, str]:
    return {name: value for name in UTM if (value := getattr(link, name))}
