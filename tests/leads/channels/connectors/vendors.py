"""What each vendor sends and how it signs: written from the vendors' documents, signed by their libraries where they
have one in Python, and otherwise by the published formula. None of it is made by the code under test.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode

import stripe
from django.conf import settings
from django.test import Client
from django.utils import timezone
from standardwebhooks import Webhook
from twilio.request_validator import RequestValidator

from leads.models import Connector
from tests.make import make_connector

EMAIL = "pia.roth@harbor-med.example"
PHONE = "+15005550006"
FORM, JSON = "application/x-www-form-urlencoded", "application/json"


def mac(secret: str, message: bytes, algorithm: str = "sha256") -> str:
    return hmac.new(secret.encode(), message, algorithm).hexdigest()


def mac64(secret: str, message: bytes, algorithm: str = "sha256") -> str:
    return base64.b64encode(hmac.new(secret.encode(), message, algorithm).digest()).decode()


Sign = Callable[[str, bytes, datetime, str], Mapping[str, str]]


@dataclass(frozen=True)
class Vendor:
    """A vendor as tests play it.

    secret: the one that deliveries are signed with. payload: (name, moment) -> what it sends, a form where `is_form`.
    sign: (secret, body, moment, url) -> headers. makes: the kinds of event that the lead then has. tolerance: seconds.
    """

    key: str
    secret: str
    secrets: Mapping[str, str]
    payload: Callable[[str, datetime], dict[str, Any]]
    sign: Sign
    makes: tuple[str, ...]
    broken: bytes = b'{"no": "payload"}'
    options: Mapping[str, Any] = field(default_factory=dict)
    tolerance: int = 0
    is_form: bool = False
    by_phone: bool = False
    extra: Mapping[str, str] = field(default_factory=dict)
    has_forms: bool = False
    signs_in_body: bool = False
    signs_nothing: bool = False

    def connect(self, **fields: Any) -> Connector:
        return make_connector(self.key, secrets=self.secrets, settings=dict(self.options), **fields)

    def body(self, said: Mapping[str, Any]) -> bytes:
        return urlencode(said).encode() if self.is_form else json.dumps(said).encode()

    def send(
        self,
        connector: Connector,
        body: bytes,
        *,
        secret: str = "",
        at: datetime | None = None,
        signed: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        """Deliver a body as the vendor would. signed: what is signed where it is not what arrives."""
        path = f"/hooks/{connector.provider}/{connector.key}/"
        made = self.sign(
            secret or self.secret, body if signed is None else signed, at or timezone.now(), settings.PUBLIC_URL + path
        )
        return Client().post(
            path,
            body,
            content_type=FORM if self.is_form else JSON,
            headers={**self.extra, **made, **(headers or {})},
        )


def posix(moment: datetime) -> int:
    return int(moment.timestamp())


def stamped(header: str) -> Sign:
    def sign(secret: str, body: bytes, moment: datetime, url: str) -> Mapping[str, str]:
        stamp = posix(moment)
        return {header: f"t={stamp},v1={mac(secret, f'{stamp}.'.encode() + body)}"}

    return sign


def sign_stripe(secret: str, body: bytes, moment: datetime, url: str) -> Mapping[str, str]:
    stamp = posix(moment)
    signature = stripe.WebhookSignature._compute_signature(f"{stamp}.{body.decode()}", secret)
    return {"Stripe-Signature": f"t={stamp},v1={signature},v0=ignored"}


def sign_twilio(secret: str, body: bytes, moment: datetime, url: str) -> Mapping[str, str]:
    fields = dict(parse_qsl(body.decode(errors="replace"), keep_blank_values=True))
    return {"X-Twilio-Signature": RequestValidator(secret).compute_signature(url, fields)}


def sign_standard(secret: str, body: bytes, moment: datetime, url: str) -> Mapping[str, str]:
    name = f"msg_{hashlib.sha256(body).hexdigest()[:16]}"
    return {
        "webhook-id": name,
        "webhook-timestamp": str(posix(moment)),
        "webhook-signature": Webhook(secret).sign(name, moment, body.decode()),
    }


def sign_zoom(secret: str, body: bytes, moment: datetime, url: str) -> Mapping[str, str]:
    stamp = str(posix(moment))
    return {
        "x-zm-request-timestamp": stamp,
        "x-zm-signature": f"v0={mac(secret, b'v0:' + stamp.encode() + b':' + body)}",
    }


def sign_crisp(secret: str, body: bytes, moment: datetime, url: str) -> Mapping[str, str]:
    stamp = str(posix(moment) * 1000)
    return {
        "X-Crisp-Request-Timestamp": stamp,
        "X-Crisp-Signature": mac(secret, b"[" + stamp.encode() + b";" + body + b"]"),
    }


def sign_chatwoot(secret: str, body: bytes, moment: datetime, url: str) -> Mapping[str, str]:
    stamp = str(posix(moment))
    return {
        "X-Chatwoot-Timestamp": stamp,
        "X-Chatwoot-Signature": f"sha256={mac(secret, stamp.encode() + b'.' + body)}",
    }


def nothing(secret: str, body: bytes, moment: datetime, url: str) -> Mapping[str, str]:
    return {}


def google(name: str, moment: datetime) -> dict[str, Any]:
    return {
        "lead_id": f"lead-{name}",
        "api_version": "1.0",
        "form_id": 9223372036854775807,  # needs all 8 bytes
        "campaign_id": 12345678901,
        "gcl_id": "click-1",
        "google_key": "key-of-google",
        "is_test": False,
        "a_field_of_tomorrow": {"deep": [1]},
        "lead_submit_time": moment.isoformat(),
        "user_column_data": [
            {"column_id": "FULL_NAME", "column_name": "Full Name", "string_value": "Pia Roth"},
            {"column_id": "WORK_EMAIL", "string_value": EMAIL},
            {"column_id": "PHONE_NUMBER", "string_value": PHONE},
        ],
    }


def meta(name: str, moment: datetime) -> dict[str, Any]:
    number = int(hashlib.sha256(name.encode()).hexdigest()[:10], 16)
    value = {"leadgen_id": f"{number}", "page_id": "100200300", "form_id": "777001", "ad_id": "888"}
    change = {"field": "leadgen", "value": {**value, "created_time": posix(moment)}}
    return {"object": "page", "entry": [{"id": "100200300", "time": posix(moment), "changes": [change]}]}


def linkedin(name: str, moment: datetime) -> dict[str, Any]:
    return {
        "type": "LEAD_ACTION",
        "leadGenFormResponse": f"urn:li:leadGenFormResponse:{name}-77",
        "leadGenForm": "urn:li:versionedLeadGenForm:(urn:li:leadGenForm:3162,1)",
        "owner": {"sponsoredAccount": "urn:li:sponsoredAccount:522"},
        "leadType": "SPONSORED",
        "leadAction": "CREATED",
        "occurredAt": posix(moment) * 1000,
    }


def typeform(name: str, moment: datetime) -> dict[str, Any]:
    fields = [
        {"id": "f1", "type": "short_text", "ref": "01H-first-name", "title": "What is your first name?"},
        {"id": "f2", "type": "email", "ref": "email", "title": "E-mail"},
        {"id": "f3", "type": "phone_number", "ref": "phone", "title": "Phone"},
        {"id": "f4", "type": "multiple_choice", "ref": "size", "title": "How many machines?"},
    ]
    return {
        "event_id": f"event-{name}",
        "event_type": "form_response",
        "form_response": {
            "form_id": "lT4Z3j",
            "token": f"token-{name}",
            "submitted_at": moment.isoformat(),
            "hidden": {"utm_source": "newsletter"},
            "definition": {"id": "lT4Z3j", "title": "Contact us", "fields": fields},
            "answers": [
                {"type": "text", "text": "Pia", "field": {"id": "f1", "ref": "01H-first-name"}},
                {"type": "email", "email": EMAIL, "field": {"id": "f2", "ref": "email"}},
                {"type": "phone_number", "phone_number": PHONE, "field": {"id": "f3", "ref": "phone"}},
                {"type": "choice", "choice": {"label": "Two"}, "field": {"id": "f4", "ref": "size"}},
            ],
        },
    }


def mailchimp(name: str, moment: datetime) -> dict[str, Any]:
    return {
        "type": "subscribe",
        "fired_at": f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S}",
        "data[id]": f"sub{name}",
        "data[list_id]": "a6b5da1054",
        "data[email]": EMAIL,
        "data[email_type]": "html",
        "data[merges][EMAIL]": EMAIL,
        "data[merges][FNAME]": "Pia",
        "data[merges][LNAME]": "Roth",
        "data[merges][INTERESTS]": "Beans,Machines",
    }


def zoom(name: str, moment: datetime) -> dict[str, Any]:
    registrant = {
        "id": f"registrant-{name}",
        "first_name": "Pia",
        "last_name": "Roth",
        "email": EMAIL,
        "org": "Harbor Medical",
        "job_title": "Head of Office",
    }
    webinar = {"id": 123, "uuid": f"uuid-{name}", "topic": "Scoring 101", "start_time": moment.isoformat()}
    return {
        "event": "webinar.registration_created",
        "event_ts": posix(moment) * 1000,
        "payload": {"account_id": "abc", "object": {**webinar, "registrant": registrant}},
    }


def twilio(name: str, moment: datetime) -> dict[str, Any]:
    return {
        "AccountSid": "AC0",
        "CallSid": f"CA{name}",
        "From": PHONE,
        "To": "+15005550001",
        "CallStatus": "completed",
        "Direction": "inbound",
        "CallerName": "",
        "CallDuration": "180",
        "Timestamp": f"{moment.astimezone(UTC):%a, %d %b %Y %H:%M:%S} +0000",
        "SequenceNumber": "3",
    }


def calendly(name: str, moment: datetime) -> dict[str, Any]:
    return {
        "event": "invitee.created",
        "created_at": moment.isoformat(),
        "payload": {
            "uri": f"https://api.calendly.com/scheduled_events/E/invitees/{name}",
            "email": EMAIL,
            "name": "Pia Roth",
            "status": "active",
            "rescheduled": False,
            "old_invitee": None,
            "questions_and_answers": [{"question": "Your phone number", "answer": PHONE, "position": 0}],
            "tracking": {"utm_source": "newsletter", "utm_medium": None},
            "scheduled_event": {"name": "Demo", "start_time": moment.isoformat()},
        },
    }


def intercom(name: str, moment: datetime) -> dict[str, Any]:
    author = {"type": "lead", "id": f"contact-{name}", "name": "Pia Roth", "email": EMAIL}
    item = {"type": "conversation", "id": f"conversation-{name}", "source": {"body": "<p>Hello</p>", "author": author}}
    return {
        "type": "notification_event",
        "topic": "conversation.user.created",
        "id": f"notif_{name}",
        "created_at": posix(moment),
        "data": {"type": "notification_event_data", "item": item},
    }


def crisp(name: str, moment: datetime) -> dict[str, Any]:
    data = {
        "website_id": "w",
        "session_id": f"session_{name}",
        "type": "text",
        "content": "Hello",
        "from": "user",
        "origin": "chat",
        "fingerprint": posix(moment),
        "timestamp": posix(moment) * 1000,
        "user": {"nickname": "Pia Roth", "user_id": "u", "email": EMAIL},
    }
    return {"website_id": "w", "event": "message:send", "data": data, "timestamp": posix(moment) * 1000}


def chatwoot(name: str, moment: datetime) -> dict[str, Any]:
    number = int(hashlib.sha256(name.encode()).hexdigest()[:8], 16)
    return {
        "event": "message_created",
        "id": number,
        "content": "Hello",
        "message_type": "incoming",
        "private": False,
        "created_at": moment.isoformat(),
        "sender": {"id": number, "type": "contact", "name": "Pia Roth", "email": EMAIL, "phone_number": PHONE},
        "conversation": {"id": number},
        "inbox": {"id": 1, "name": "Website"},
        "account": {"id": 1},
    }


def shopify(name: str, moment: datetime) -> dict[str, Any]:
    return {
        "id": int(hashlib.sha256(name.encode()).hexdigest()[:12], 16),
        "email": EMAIL,
        "first_name": "Pia",
        "last_name": "Roth",
        "phone": PHONE,
        "created_at": moment.isoformat(),
        "updated_at": moment.isoformat(),
        "email_marketing_consent": {"state": "subscribed"},
    }


def stripe_trial(name: str, moment: datetime) -> dict[str, Any]:
    subscription = {
        "id": f"sub_{name}",
        "object": "subscription",
        "customer": f"cus_{name}",
        "status": "trialing",
        "trial_end": posix(moment + timedelta(days=14)),
        "metadata": {"email": EMAIL},
        "items": {"object": "list", "data": [{"id": "si", "price": {"id": "price_team", "nickname": "Team"}}]},
    }
    return {
        "id": f"evt_{name}",
        "object": "event",
        "created": posix(moment),
        "livemode": True,
        "type": "customer.subscription.created",
        "data": {"object": subscription},
    }


def anything(name: str, moment: datetime) -> dict[str, Any]:
    return {
        "type": "Demo Requested",
        "id": f"m-{name}",
        "timestamp": moment.isoformat(),
        "data": {"email": EMAIL, "person": {"name": "Pia Roth"}, "budget": 1200},
    }


MAPPING = {
    "email": "data.email",
    "name": "data.person.name",
    "kind": "type",
    "time": "timestamp",
    "message_id": "id",
}
WHSEC = "whsec_" + base64.b64encode(b"a secret of twenty-four bytes or more").decode()


def hub(header: str, algorithm: str) -> Sign:
    return lambda secret, body, moment, url: {header: f"{algorithm}={mac(secret, body, algorithm)}"}


VENDORS = {
    vendor.extra.get("x-name", vendor.key): vendor
    for vendor in (
        Vendor(
            "google-ads",
            "key-of-google",
            {"google_key": "key-of-google"},
            google,
            nothing,
            ("ad_clicked", "form_submitted"),
            broken=b'{"google_key": "key-of-google"}',
            has_forms=True,
            signs_in_body=True,
        ),
        Vendor(
            "meta",
            "app-secret",
            {"app_secret": "app-secret", "verify_token": "verify-me", "access_token": "page-token"},
            meta,
            hub("X-Hub-Signature-256", "sha256"),
            ("ad_clicked", "form_submitted"),
            has_forms=True,
        ),
        Vendor(
            "linkedin",
            "client-secret",
            {"client_secret": "client-secret", "access_token": "member-token"},
            linkedin,
            lambda secret, body, moment, url: {"X-LI-Signature": mac(secret, b"hmacsha256=" + body)},
            ("ad_clicked", "form_submitted"),
            broken=b'{"leadGenFormResponse": "urn:li:x", "occurredAt": "yesterday"}',
            has_forms=True,
        ),
        Vendor(
            "typeform",
            "typeform-secret",
            {"secret": "typeform-secret"},
            typeform,
            lambda secret, body, moment, url: {"Typeform-Signature": f"sha256={mac64(secret, body)}"},
            ("form_submitted",),
            has_forms=True,
        ),
        Vendor(
            "calendly",
            "signing-key",
            {"signing_key": "signing-key"},
            calendly,
            stamped("Calendly-Webhook-Signature"),
            ("identified", "meeting_booked"),
            tolerance=180,
        ),
        Vendor(
            "zoom",
            "zoom-token",
            {"secret_token": "zoom-token"},
            zoom,
            sign_zoom,
            ("webinar_registered",),
            tolerance=300,
        ),
        Vendor(
            "stripe",
            "whsec_stripe",
            {"signing_secret": "whsec_stripe"},
            stripe_trial,
            sign_stripe,
            ("trial_started",),
            tolerance=300,
        ),
        Vendor(
            "shopify",
            "shopify-secret",
            {"secret": "shopify-secret"},
            shopify,
            lambda secret, body, moment, url: {
                "X-Shopify-Hmac-Sha256": mac64(secret, body),
                "X-Shopify-Event-Id": hashlib.sha256(body).hexdigest(),
                "X-Shopify-Triggered-At": moment.isoformat(),
            },
            ("account_created", "identified", "newsletter_subscribed"),
            broken=b"[]",
            extra={"X-Shopify-Topic": "customers/create"},
        ),
        Vendor(
            "mailchimp",
            "",
            {},
            mailchimp,
            nothing,
            ("newsletter_subscribed",),
            broken=b"fired_at=2026-11-22",
            is_form=True,
            signs_nothing=True,
        ),
        Vendor(
            "twilio",
            "auth-token",
            {"auth_token": "auth-token"},
            twilio,
            sign_twilio,
            ("call_received",),
            broken=b"CallSid=CA1",
            is_form=True,
            by_phone=True,
        ),
        Vendor(
            "intercom",
            "client-secret",
            {"client_secret": "client-secret"},
            intercom,
            hub("X-Hub-Signature", "sha1"),
            ("chat_engaged", "identified"),
        ),
        Vendor(
            "crisp",
            "crisp-secret",
            {"signing_secret": "crisp-secret"},
            crisp,
            sign_crisp,
            ("chat_engaged", "identified"),
            tolerance=300,
        ),
        Vendor(
            "chatwoot",
            "chatwoot-secret",
            {"signing_secret": "chatwoot-secret"},
            chatwoot,
            sign_chatwoot,
            ("chat_engaged", "identified"),
            tolerance=300,
        ),
        Vendor(
            "webhook",
            "shared-secret",
            {"signing_secret": "shared-secret"},
            anything,
            hub("X-Signature-256", "sha256"),
            ("demo_requested",),
            broken=b"[1, 2]",
            options={"way": "hmac", "header": "X-Signature-256", "mapping": MAPPING},
        ),
        Vendor(
            "webhook",
            WHSEC,
            {"signing_secret": WHSEC},
            anything,
            sign_standard,
            ("demo_requested",),
            broken=b"[1, 2]",
            options={"way": "standard", "mapping": MAPPING},
            tolerance=300,
            extra={"x-name": "webhook by Standard Webhooks"},
        ),
    )
}
