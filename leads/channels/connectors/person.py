"""A person in a vendor's data: identifiers, traits, and events about them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from leads.channels.connectors.reading import clean
from leads.channels.connectors.signing import sha256_hex
from leads.events.catalog import channel_of
from leads.identity.keys import ANONYMOUS_ID, EMAIL, PHONE, USER_ID, Key, normal_email, normal_phone
from leads.intake.inbound import InboundEvent
from leads.people.traits import FORM_KINDS

LONGEST_MESSAGE_ID = 100
# "Numbers" that Twilio and carriers send for anonymous callers.
HIDDEN_CALLERS = frozenset({"+266696687", "+2562533", "+7378742883", "+8656696", "+86282452253"})


@dataclass(frozen=True, slots=True)
class Person:
    """A person as a vendor describes them. vendor_id: the vendor's id, prefixed by the vendor's name.

    name: the full name, used if first and last name are missing. more: other traits, kept as attributes.
    """

    email: str = ""
    phone: str = ""
    name: str = ""
    first_name: str = ""
    last_name: str = ""
    job_title: str = ""
    company: str = ""
    country: str = ""
    user_id: str = ""
    vendor_id: str = ""
    more: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, parts: Mapping[str, Any], *, vendor_id: str = "") -> "Person":
        """Return the person with these fields."""
        return cls(**{**parts, "vendor_id": vendor_id})

    @classmethod
    def answered(
        cls, answers: Mapping[str, str], questions: Mapping[str, Sequence[str]], *, vendor_id: str
    ) -> "Person":
        """Return the person described by answers.

        questions: for each field those that ask for it; the first answered counts.
        """
        parts = {name: next(filter(None, map(answers.get, asked)), "") for name, asked in questions.items()}
        return cls.of(parts, vendor_id=vendor_id)

    def keys(self) -> tuple[Key, ...]:
        """Return the person's identifiers, strongest first."""
        phone = "" if self.phone.replace(" ", "") in HIDDEN_CALLERS else normal_phone(self.phone)
        keys = (
            (USER_ID, self.user_id[:300]),
            (EMAIL, normal_email(self.email) if self.email else ""),
            (PHONE, phone),
            (ANONYMOUS_ID, self.vendor_id[:300]),
        )
        return tuple(key for key in keys if key[1])

    def bare(self) -> "Person":
        """Return the person with identifiers only, for an event that comes beside one with the traits."""
        return Person(email=self.email, phone=self.phone, user_id=self.user_id, vendor_id=self.vendor_id)

    def fields(self) -> dict[str, Any]:
        """Return what is known, under the field names of forms."""
        first, _, last = self.name.partition(" ")
        known = {
            "email": self.email,
            "phone": self.phone,
            "first_name": self.first_name or ("" if self.last_name else first),
            "last_name": self.last_name or ("" if self.first_name else last.strip()),
            "job_title": self.job_title,
            "company": self.company,
            "country": self.country,
        }
        return {name: value for name, value in known.items() if value}


def events_of(
    kind: str,
    person: Person,
    *,
    message_id: str,
    occurred_at: datetime,
    properties: Mapping[str, Any] | None = None,
    name: str = "",
    channel: str = "",
) -> list[InboundEvent]:
    """Return the event of a person; if its kind carries no traits and there are some, preceded by one that does.

    Without any identifier there is no event.
    """
    keys = person.keys()
    if not keys:
        return []
    fields, said = person.fields(), dict(properties or {})
    event = InboundEvent(
        message_id=short_id(message_id),
        kind=kind,
        name=name[:200],
        channel=channel or channel_of(kind),
        occurred_at=occurred_at,
        keys=keys,
        properties=storable({**fields, **said} if kind in FORM_KINDS else said),
    )
    has_more = bool(person.more) or (kind not in FORM_KINDS and bool(fields.keys() - {"email", "phone"}))
    if not has_more:
        # The identifiers contain address and number already.
        return [event]
    who = identified(person, message_id=f"{message_id}:who", occurred_at=occurred_at)
    return [*who, event]


def identified(person: Person, *, message_id: str, occurred_at: datetime) -> list[InboundEvent]:
    """Return the event with a person's traits; nothing if there are none."""
    traits = {**person.more, **person.fields()}
    keys = person.keys()
    if not keys or not traits:
        return []
    return [
        InboundEvent(
            message_id=short_id(message_id),
            kind="identified",
            name="",
            channel=channel_of("identified"),
            occurred_at=occurred_at,
            keys=keys,
            properties=storable(traits),
        )
    ]


def short_id(message_id: str) -> str:
    """Return a message id that fits its column; a long one is replaced by a digest."""
    if len(message_id) <= LONGEST_MESSAGE_ID:
        return message_id
    return f"sha256:{sha256_hex(message_id.encode())}"


def storable(value: Any) -> Any:
    """Return a value that every database can store: no NUL, huge numbers as text, no NaN."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, Mapping):
        return {clean(str(name)): storable(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [storable(item) for item in value]
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > 2**63 - 1:
        return str(value)
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return None
    return value
