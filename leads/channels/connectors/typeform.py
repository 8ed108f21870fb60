"""Typeform: signed form responses; an answer's value is stored under the name of its type."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from leads.channels.connectors.incoming import Incoming, Made, Malformed, Nothing, Outcome, Sent
from leads.channels.connectors.person import Person, events_of
from leads.channels.connectors.provider import (
    FORMS_OPTION,
    KIND_OPTION,
    Provider,
    SecretField,
    chosen,
    is_wanted,
    secret_of,
)
from leads.channels.connectors.reading import at, happened, items, mapping, need, read_json, text
from leads.channels.connectors.signing import base64_mac, require_same

# Person's field -> words in the reference or title of a question that fills it.
WORDS = {
    "first_name": ("first name", "given name"),
    "last_name": ("last name", "surname", "family name"),
    "job_title": ("job title", "your role", "position"),
    "company": ("company", "organization", "organisation"),
    "country": ("country",),
    "name": ("full name", "your name", "name"),
}
CONTACT = ("first_name", "last_name", "email", "phone_number", "company")


class Typeform(Provider):
    """Forms made with Typeform."""

    key = "typeform"
    label = "Typeform"
    brings = "Every response to your forms, hidden fields such as utm_source included."
    channel = "form"
    guide = (
        "Open the form in Typeform, then Connect and Webhooks, and choose “Add a webhook”.",
        "Paste the connector's address and switch the webhook on.",
        "Edit it, invent a secret and enter the same here. “Send test request” shows up in the log.",
    )
    secrets = (SecretField("secret", "Secret", "The one that you enter at the webhook in Typeform."),)
    options = (FORMS_OPTION, KIND_OPTION)

    def verify(
        self, incoming: Incoming, secrets: Mapping[str, str], options: Mapping[str, object], *, now: datetime
    ) -> None:
        """Check the HMAC-SHA256 of the body."""
        expected = f"sha256={base64_mac(secret_of(secrets, 'secret'), incoming.body)}"
        require_same(incoming.header("typeform-signature"), expected, "Typeform-Signature")

    def dedupe_key(self, said: Mapping[str, object], incoming: Incoming) -> str:
        """Identify a response by its token; a repeated delivery has another event_id."""
        if not mapping(said, "form_response"):
            raise Malformed("form_response is missing.")
        partial = "partial:" if said.get("event_type") == "form_response_partial" else ""
        return f"{partial}{need(said, 'form_response.token')}"

    def read(self, sent: Sent, *, now: datetime) -> Outcome:
        """Return the event of a submitted form."""
        said = read_json(sent.body)
        if text(said, "event_type") != "form_response":
            return Nothing(f"event_type {text(said, 'event_type') or 'missing'} is no finished response.")
        response = mapping(said, "form_response")
        form_id = text(response, "form_id")
        if not is_wanted(form_id, sent.options):
            return Nothing(f"Form {form_id} is not among the forms that this connector takes.")
        person, others = _answered(response)
        if not person.email and not person.phone:
            return Nothing("The response has neither an e-mail address nor a phone number.")
        hidden = {name: text(response, f"hidden.{name}", 2000) for name in mapping(response, "hidden")}
        title = text(response, "definition.title")
        return Made(
            events_of(
                chosen(sent.options, "kind", "form_submitted"),
                person,
                message_id=need(response, "token"),
                occurred_at=happened(response.get("submitted_at"), now=now),
                properties={**others, **hidden, "form": form_id, **({"form_title": title} if title else {})},
                name=title,
            )
        )

    def sample(self, secrets: Mapping[str, str], options: Mapping[str, object], *, url: str, now: datetime) -> Incoming:
        """Return a response to a contact form."""
        body = json.dumps(_sample(now)).encode()
        signature = f"sha256={base64_mac(secrets.get('secret', ''), body)}"
        return Incoming("POST", url, {"content-type": "application/json", "typeform-signature": signature}, {}, body)


def _answered(response: Mapping[str, Any]) -> tuple[Person, dict[str, Any]]:
    """Return the person described by the answers, and the other answers by question."""
    titles = {text(field, "id"): text(field, "title") for field in items(response, "definition.fields")}
    found: dict[str, str] = {}
    others: dict[str, Any] = {}
    for answer in items(response, "answers"):
        title, reference = titles.get(text(answer, "field.id"), ""), text(answer, "field.ref")
        if text(answer, "type") == "contact_info":
            contact = {name: text(answer, f"contact_info.{name}") for name in CONTACT}
            found |= {("phone" if name == "phone_number" else name): value for name, value in contact.items() if value}
            continue
        part, value = _part_of(answer, f"{reference} {title}"), _value(answer)
        if part and part not in found and isinstance(value, str):
            found[part] = value
        else:
            others[title or reference or text(answer, "field.id")] = value
    hidden = {"email": text(response, "hidden.email"), "user_id": text(response, "hidden.user_id")}
    return Person.of({**hidden, **found}), others


def _part_of(answer: Mapping[str, Any], asked: str) -> str:
    kind = text(answer, "type")
    if kind in ("email", "phone_number"):
        return "email" if kind == "email" else "phone"
    words = asked.lower().replace("_", " ").replace("-", " ")
    if kind != "text":
        return ""
    return next((part for part, names in WORDS.items() if any(name in words for name in names)), "")


def _value(answer: Mapping[str, Any]) -> Any:
    kind = text(answer, "type")
    if kind == "choice":
        return text(answer, "choice.label") or text(answer, "choice.other")
    if kind == "choices":
        labels = at(answer, "choices.labels")
        return ", ".join(map(str, labels))[:2000] if isinstance(labels, list) else text(answer, "choices.other")
    value = answer.get(kind)
    return value if isinstance(value, bool | int | float) else text(answer, kind, 2000)


def _sample(now: datetime) -> dict[str, Any]:
    fields = [
        {"id": "f1", "type": "short_text", "ref": "full_name", "title": "What is your full name?"},
        {"id": "f2", "type": "email", "ref": "email", "title": "Your e-mail address"},
        {"id": "f3", "type": "phone_number", "ref": "phone", "title": "Your phone number"},
    ]
    answers = [
        {"type": "text", "text": "Mia Torres", "field": fields[0]},
        {"type": "email", "email": "mia.torres@example.com", "field": fields[1]},
        {"type": "phone_number", "phone_number": "+15005550006", "field": fields[2]},
    ]
    return {
        "event_id": f"test-{now.timestamp():.0f}",
        "event_type": "form_response",
        "form_response": {
            "form_id": "lT4Z3j",
            "token": f"test-{now.timestamp():.0f}",
            "landed_at": now.isoformat(),
            "submitted_at": now.isoformat(),
            "hidden": {"utm_source": "newsletter"},
            "definition": {"id": "lT4Z3j", "title": "Contact", "fields": fields},
            "answers": answers,
        },
    }
