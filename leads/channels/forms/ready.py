"""Ready-made forms to start from."""

from collections.abc import Mapping
from typing import Any

from leads.channels.forms.fields import BY_SENDING, EMAIL, LEAD_FIELDS, LONG, OPTIONAL, ConsentText, Field


def _field(name: str, **more: Any) -> dict[str, Any]:
    label, kind = LEAD_FIELDS[name]
    return Field(**{"name": name, "label": label, "type": kind, **more}).as_json()


_EMAIL = _field("email", required=True)
_NAME = _field("name", required=True, half=True)
_COMPANY = _field("company", half=True)
_PHONE = _field("phone", placeholder="+46 70 123 45 67")
_MESSAGE = Field("message", "What is it about?", LONG).as_json()
_MAIL = ConsentText("email", "Mail me news, at most once a week. I can stop at any time.", OPTIONAL).as_json()
_CALL = ConsentText("phone", "You may call me about my request.", OPTIONAL).as_json()
_LIST = ConsentText(
    "email", "By subscribing I agree to get the newsletter by e-mail. I can stop at any time.", BY_SENDING
).as_json()

READY: Mapping[str, Mapping[str, Any]] = {
    "contact": {
        "name": "Contact",
        "heading": "Write to us",
        "fields": [_EMAIL, _NAME, _COMPANY, _PHONE, _MESSAGE],
        "consents": [_MAIL, _CALL],
        "button": "Send",
        "thanks_text": "We will answer within a working day.",
    },
    "newsletter": {
        "name": "Newsletter",
        "heading": "Get our newsletter",
        "intro": "What is new, at most once a week.",
        "fields": [_EMAIL],
        "consents": [_LIST],
        "button": "Subscribe",
        "event_kind": "newsletter_subscribed",
        "is_double_opt_in": True,
        "thanks_text": "You are on the list.",
    },
    "ebook": {
        "name": "Guide",
        "heading": "Get the guide",
        "fields": [_EMAIL, _NAME, _COMPANY, _PHONE],
        "consents": [_MAIL, _CALL],
        "button": "Send me the guide",
        "event_kind": "ebook_downloaded",
        "thanks_text": "The guide is on its way to you.",
        "mail_subject": "Your guide",
        "mail_text": "Hello {first_name},\n\nhere is the guide: {link}\n",
    },
    "demo": {
        "name": "Demo",
        "heading": "See it in half an hour",
        "fields": [_EMAIL, _NAME, _COMPANY, _PHONE],
        "consents": [_CALL],
        "button": "Ask for a demo",
        "event_kind": "demo_requested",
        "thanks_text": "We will write to you today to find a time.",
    },
    "quote": {
        "name": "Quote",
        "heading": "Ask for a quote",
        "fields": [_EMAIL, _NAME, _COMPANY, _PHONE, _MESSAGE],
        "consents": [_CALL],
        "button": "Ask for a quote",
        "event_kind": "quote_requested",
        "thanks_text": "You will have it within a working day.",
    },
    "blank": {
        "name": "New form",
        "fields": [Field("email", "E-mail", EMAIL, required=True).as_json()],
        "consents": [],
    },
}  # fmt: skip
