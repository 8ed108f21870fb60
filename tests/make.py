"""Make what a test needs and fill in what it is not about. Rows are stored as they are: nothing is scored or moved."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from io import BytesIO
from itertools import count
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from leads.channels.assets.file import keep_file
from leads.channels.imports.jobs import take_file
from leads.models import (
    Asset,
    ChatConversation,
    ChatDialogue,
    Connector,
    Event,
    Form,
    Identifier,
    IdentifierKind,
    ImportJob,
    Kiosk,
    Lead,
    LeadSearch,
    Link,
    LinkKind,
    Organization,
    Role,
    Source,
    Stage,
    User,
)
from leads.secrets import seal

# A Wednesday.
NOON = datetime(2026, 6, 17, 12, 0, tzinfo=UTC)
PASSWORD = "correct-horse-battery"

_numbers = count(1)


def make_user(username: str = "", role: Role = Role.MARKETER, **fields: Any) -> User:
    """Store a user who signs in with PASSWORD."""
    return User.objects.create_user(username or f"user{next(_numbers)}", password=PASSWORD, role=role, **fields)


def make_organization(name: str = "", **fields: Any) -> Organization:
    """Store an organization."""
    return Organization.objects.create(name=name or f"Company {next(_numbers)}", created_at=NOON, **fields)


def make_source(name: str = "", **fields: Any) -> Source:
    """Return the source of this name ("Website" unless named), with the write key wk_<name> where it is new."""
    name = name or "Website"
    key = f"wk_{name.lower().replace(' ', '_')}"
    return Source.objects.get_or_create(name=name, defaults={"write_key": key, "created_at": NOON, **fields})[0]


def make_lead(email: str | None = None, **fields: Any) -> Lead:
    """Store a lead with its e-mail identifier and search text; an address is made up unless given ("" for none)."""
    email = f"lead{next(_numbers)}@example.com" if email is None else email
    times = {"created_at": NOON, "stage_changed_at": NOON, "last_event_at": NOON}
    lead = Lead.objects.create(email=email, **{**times, **fields})
    if email:
        Identifier.objects.create(kind=IdentifierKind.EMAIL, value=email.lower(), lead=lead, created_at=NOON)
    company = lead.organization.name if lead.organization else ""
    text = " ".join(filter(None, [lead.first_name, lead.last_name, lead.email, lead.phone, company])).lower()
    LeadSearch.objects.create(lead=lead, text=text)
    return lead


def make_sql(email: str | None = None, **fields: Any) -> Lead:
    """Store a lead that waits in the queue, with 30 minutes to claim it."""
    waiting = {"stage": Stage.SQL, "score": 75.0, "fit": 25.0, "behaviour": 50.0}
    return make_lead(email, **{**waiting, "respond_by": NOON + timedelta(minutes=30), **fields})


def make_link(kind: LinkKind = LinkKind.AD, **fields: Any) -> Link:
    """Store a tracked link to a page of a site of ours."""
    number = next(_numbers)
    made = {"name": f"Link {number}", "slug": f"link-{number}", "target": "https://www.halden.example/offer"}
    return Link.objects.create(kind=kind, **{**made, "created_at": NOON, **fields})


EMAIL_FIELD = {"name": "email", "label": "Work e-mail", "type": "email", "required": True}
NAME_FIELD = {"name": "name", "label": "Name", "type": "text"}
PHONE_FIELD = {"name": "phone", "label": "Phone", "type": "phone"}
MAIL_CONSENT = {"channel": "email", "wording": "Mail me tips, at most once a week.", "mode": "optional"}
CALL_CONSENT = {"channel": "phone", "wording": "You may call me.", "mode": "optional"}


def make_form(name: str = "", **fields: Any) -> Form:
    """Store a live form that asks for an address and a name and for consent to mail, unless told otherwise."""
    number = next(_numbers)
    usual = {"key": f"fm_{number}", "fields": [EMAIL_FIELD, NAME_FIELD], "consents": [MAIL_CONSENT]}
    times = {"created_at": NOON, "changed_at": NOON}
    return Form.objects.create(name=name or f"Form {number}", **{**usual, **times, **fields})


def make_kiosk(form: Form | None = None, **fields: Any) -> Kiosk:
    """Store a kiosk of an event that lasts for the next three days by the clock."""
    now = timezone.now()
    made = {"event": "Host Milano", "ends_at": now + timedelta(days=3), "created_at": now}
    return Kiosk.objects.create(form=form or make_form(), **{**made, **fields})


def make_asset(form: Form | None = None, content: bytes = b"%PDF-1.7 of a guide", **fields: Any) -> Asset:
    """Store a download of a PDF that a form opens."""
    number = next(_numbers)
    kept = keep_file(SimpleUploadedFile("Buying guide.pdf", content))
    made = {"title": f"Guide {number}", "slug": f"guide-{number}", "file": kept.stored_as, "file_name": kept.name}
    known = {"file_type": kept.media_type, "file_size": kept.size, "file_hash": kept.hash, "created_at": NOON}
    return Asset.objects.create(form=form or make_form(), **{**made, **known, **fields})


def make_event(lead: Lead | None = None, kind: str = "page_viewed", **fields: Any) -> Event:
    """Store an event of a lead, or of a visitor nobody knows, at NOON unless `occurred_at` says otherwise."""
    number = next(_numbers)
    defaults = {
        "source": fields.pop("source", None) or make_source(),
        "message_id": f"message-{number}",
        "identifier": fields.pop("identifier", None) or _identifier_of(lead, number),
        "occurred_at": NOON,
        "name": kind,
    }
    received = fields.get("occurred_at", NOON)
    return Event.objects.create(lead=lead, kind=kind, **{**defaults, "received_at": received, **fields})


def make_conversation(dialogue: ChatDialogue | None = None, **fields: Any) -> ChatConversation:
    """Store a conversation by the live version of a dialogue (the ready-made one unless given) with one answer."""
    dialogue = dialogue or ChatDialogue.objects.get(slug="qualify")
    step = dialogue.live.document["steps"][0]
    conversation = ChatConversation.objects.create(
        dialogue=dialogue,
        version=dialogue.live,
        **{"visitor": f"visitor-{next(_numbers)}", "started_at": NOON, "step": "size", **fields},
    )
    for number, (speaker, text) in enumerate((("us", step["text"]), ("visitor", "Pricing"))):
        conversation.messages.create(number=number, speaker=speaker, text=text, step=step["key"], said_at=NOON)
    return conversation


def _identifier_of(lead: Lead | None, number: int) -> Identifier:
    known = lead.identifiers.order_by("pk").first() if lead else None
    return known or Identifier.objects.create(
        kind=IdentifierKind.ANONYMOUS_ID, value=f"anonymous-{number}", lead=lead, created_at=NOON
    )


def make_connector(provider: str = "webhook", *, secrets: Mapping[str, str] | None = None, **fields: Any) -> Connector:
    """Store a connector with a source of its own; its address is /hooks/<provider>/<key>/."""
    number = next(_numbers)
    defaults = {"name": f"{provider} {number}", "key": f"key-{number}", "created_at": NOON}
    source = fields.pop("source", None) or make_source(f"{provider}: {number}")
    return Connector.objects.create(
        provider=provider, source=source, sealed_secrets=seal(secrets or {}), **{**defaults, **fields}
    )


def make_import(content: str = "Email\nmaja@lund.no\n") -> ImportJob:
    """Keep a file of leads that waits for its columns."""
    file = BytesIO(content.encode())
    return take_file(file, name="leads.csv", size=len(content), by=make_user(), now=NOON)
