"""The inputs that accompany the answers: page, visitor, way of sending. Their names begin with "_"."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from leads.channels.campaign import campaign_of, campaign_of_address
from leads.channels.forms.answers import clean_text
from leads.channels.forms.guard import PageToken, Sender, host_of, read_page_token
from leads.channels.forms.known import read_known
from leads.channels.forms.receive import Sending
from leads.channels.forms.visit import API, FRAME, HTML, LONGEST_ADDRESS, PAGE, Visit
from leads.models import Form

TOKEN, PAGE_ADDRESS, REFERRER, WAY, KNOWN, VISITOR, ID = "_t", "_page", "_ref", "_via", "_known", "_aid", "_id"
LONGEST_ID = 40
WAYS = (PAGE, FRAME)


@dataclass(frozen=True, slots=True)
class Headers:
    """What the headers of a request tell.

    address: of the network; origin, referrer: "" if missing. is_program: JSON was sent. visitor: the anonymous id in
    our cookie.
    """

    address: str
    origin: str
    referrer: str
    agent: str
    is_program: bool
    visitor: str = ""


def sending_of(form: Form, typed: Mapping[str, Any], headers: Headers, *, now: datetime) -> Sending:
    """Return the submission in a request."""
    token = read_page_token(typed.get(TOKEN), form, now=now)
    return Sending(typed, visit_of(form, typed, headers, token, now=now), sender_of(headers), token)


def sender_of(headers: Headers) -> Sender:
    """Return the sender. The site is that of the Origin header or, without one, of the Referer."""
    return Sender(headers.address, headers.origin or ("" if not host_of(headers.referrer) else headers.referrer))


def visit_of(
    form: Form, typed: Mapping[str, Any], headers: Headers, token: PageToken | None, *, now: datetime
) -> Visit:
    """Return the context of a submission.

    Its own campaign parameters take precedence over those of the page's address.
    """
    page = _address(typed.get(PAGE_ADDRESS)) or headers.referrer[:LONGEST_ADDRESS]
    return Visit(
        submission_id=_submission_id(form, typed, headers, token, now=now),
        page=page,
        referrer=_address(typed.get(REFERRER)),
        campaign={**campaign_of_address(page), **campaign_of(typed)},
        agent=headers.agent[:LONGEST_ADDRESS],
        anonymous_id=clean_text(typed.get(VISITOR))[:300] or headers.visitor[:300],
        way=way_of(typed, headers, token),
        known=read_known(clean_text(typed.get(KNOWN))),
    )


def way_of(typed: Mapping[str, Any], headers: Headers, token: PageToken | None) -> str:
    """Return how a form was sent: by our page, in an iframe, by another site's own form, or by a program."""
    if token is not None:
        said = clean_text(typed.get(WAY))
        return said if said in WAYS else PAGE
    return API if headers.is_program else HTML


def _submission_id(
    form: Form, typed: Mapping[str, Any], headers: Headers, token: PageToken | None, now: datetime
) -> str:
    """Return the same id for the same answers of one page, one sender's id, or one hour.

    Different answers from the same page are another submission.
    """
    answers = {name: clean_text(value) for name, value in typed.items() if not name.startswith("_")}
    given = clean_text(typed.get(ID))[:LONGEST_ID]
    if given:
        return given
    place = token.nonce if token else f"{headers.address} {headers.agent} {now:%Y%m%d%H}"
    digest = hashlib.sha256(json.dumps([form.key, place, answers], sort_keys=True).encode())
    return digest.hexdigest()[:LONGEST_ID]


def _address(value: Any) -> str:
    text = clean_text(value)[:LONGEST_ADDRESS]
    return text if text.startswith(("http://", "https://")) else ""
