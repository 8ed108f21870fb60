"""A form's fields and consents, as stored in its JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from leads.models import ConsentChannel, Form

EMAIL, TEXT, PHONE, CHOICE, CHECKBOX = "email", "text", "phone", "choice", "checkbox"
LONG, NUMBER, DATE, HIDDEN = "long", "number", "date", "hidden"
TYPES = {
    EMAIL: "E-mail",
    TEXT: "Text",
    PHONE: "Phone",
    CHOICE: "Choice",
    CHECKBOX: "Checkbox",
    LONG: "Long text",
    NUMBER: "Number",
    DATE: "Date",
    HIDDEN: "Hidden",
}
# How a consent is given: an optional box, a required box, or by sending the form under its wording.
OPTIONAL, REQUIRED, BY_SENDING = "optional", "required", "by_sending"
MODES = {
    OPTIONAL: "Box, may be left empty",
    REQUIRED: "Box, must be ticked",
    BY_SENDING: "Words above the button, no box",
}
# Fields that fill a column of the lead, with their usual type.
LEAD_FIELDS = {
    "email": ("Work e-mail", EMAIL),
    "name": ("Name", TEXT),
    "first_name": ("First name", TEXT),
    "last_name": ("Last name", TEXT),
    "phone": ("Phone", PHONE),
    "company": ("Company", TEXT),
    "title": ("Job title", TEXT),
    "country": ("Country", TEXT),
}
# Values of the autocomplete attribute.
AUTOCOMPLETE = {
    "email": "email",
    "name": "name",
    "first_name": "given-name",
    "last_name": "family-name",
    "phone": "tel",
    "company": "organization",
    "title": "organization-title",
    "country": "country-name",
}


@dataclass(frozen=True, slots=True)
class Field:
    """A question. name: of the input, and of the trait that the answer becomes.

    half: shares a line with a neighbour that is half too. later: asked only of returning visitors. value: the value of
    a hidden field. options: of a choice.
    """

    name: str
    label: str
    type: str = TEXT
    required: bool = False
    help: str = ""
    placeholder: str = ""
    options: tuple[str, ...] = ()
    half: bool = False
    later: bool = False
    value: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return the field as it is stored."""
        return {**asdict(self), "options": list(self.options)}

    @property
    def autocomplete(self) -> str:
        """The input's autocomplete value, "" for none."""
        return AUTOCOMPLETE.get(self.name, "email" if self.type == EMAIL else "tel" if self.type == PHONE else "")


@dataclass(frozen=True, slots=True)
class ConsentText:
    """A consent that a form asks for: its wording, and how it is given (one of MODES)."""

    channel: str
    wording: str
    mode: str = OPTIONAL

    def as_json(self) -> dict[str, Any]:
        """Return the consent as it is stored."""
        return asdict(self)

    @property
    def input_name(self) -> str:
        """The name of its box."""
        return f"consent_{self.channel}"

    @property
    def label(self) -> str:
        """The channel's name."""
        return str(ConsentChannel(self.channel).label)


def fields_of(form: Form) -> tuple[Field, ...]:
    """Return a form's fields in their order."""
    return tuple(field_from_json(kept) for kept in form.fields)


def consents_of(form: Form) -> tuple[ConsentText, ...]:
    """Return what a form asks consent for."""
    return tuple(ConsentText(**kept) for kept in form.consents)


def field_from_json(kept: Mapping[str, Any]) -> Field:
    """Return a field that `as_json` stored."""
    return Field(**{**kept, "options": tuple(kept.get("options", ()))})


def asked_fields(form: Form, known: frozenset[str]) -> tuple[Field, ...]:
    """Return the fields to show: hidden ones, and the others that are not known yet.

    Each known answer makes room for one field that is asked later only, so the form never gets longer.
    """
    fields = fields_of(form)
    open_now = [field for field in fields if field.type != HIDDEN and field.name not in known]
    first = sum(field.type != HIDDEN and not field.later for field in fields)
    room = form.asked_at_most or first
    if not form.is_progressive:
        asked = [field for field in fields if field.type != HIDDEN and not field.later]
    else:
        asked = _that_fit(open_now, room)
    names = {field.name for field in asked}
    return tuple(field for field in fields if field.type == HIDDEN or field.name in names)


def _that_fit(fields: Sequence[Field], room: int) -> list[Field]:
    """Return as many fields as there is room for: required ones first, then in their order."""
    ranked = sorted(fields, key=lambda field: (not _identifies(field), field.later, not field.required))
    return ranked[: max(room, 1)]


def _identifies(field: Field) -> bool:
    return field.type in (EMAIL, PHONE) and field.required
