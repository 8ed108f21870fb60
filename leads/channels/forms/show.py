"""The view of a form: questions, typed values and errors."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from leads.channels.forms.answers import clean_text
from leads.channels.forms.fields import (
    BY_SENDING,
    CHECKBOX,
    DATE,
    EMAIL,
    HIDDEN,
    NUMBER,
    PHONE,
    REQUIRED,
    ConsentText,
    Field,
    asked_fields,
    consents_of,
)
from leads.channels.forms.guard import TRAP
from leads.channels.forms.known import Known
from leads.models import Form

NOTHING: Mapping[str, Any] = {}
# "number" inputs drop invalid text, so it could not be shown again beside its error.
INPUT_TYPES = {EMAIL: "email", PHONE: "tel", DATE: "date"}
INPUT_MODES = {EMAIL: "email", PHONE: "tel", NUMBER: "decimal"}


@dataclass(frozen=True, slots=True)
class ShownField:
    """A question with the typed value and its error. id: of the input."""

    field: Field
    id: str
    value: Any
    error: str

    @property
    def input_type(self) -> str:
        """The type attribute of its input."""
        return INPUT_TYPES.get(self.field.type, "text")

    @property
    def inputmode(self) -> str:
        """The keyboard that a phone shows, "" for the usual one."""
        return INPUT_MODES.get(self.field.type, "")

    @property
    def described_by(self) -> str:
        """The ids of the texts that describe the input."""
        words = [("error", self.error), ("help", self.field.help)]
        return " ".join(f"{self.id}_{name}" for name, text in words if text)


@dataclass(frozen=True, slots=True)
class ShownConsent:
    """A consent to give. name, id: of the box."""

    consent: ConsentText
    id: str
    is_ticked: bool
    error: str

    @property
    def name(self) -> str:
        """The name of its box."""
        return self.consent.input_name

    @property
    def wording(self) -> str:
        """The wording that is agreed to."""
        return self.consent.wording

    @property
    def has_box(self) -> bool:
        """Whether there is something to tick."""
        return self.consent.mode != BY_SENDING

    @property
    def is_required(self) -> bool:
        """Whether the form can't be sent without."""
        return self.consent.mode == REQUIRED


@dataclass(frozen=True, slots=True)
class ShownForm:
    """The context of templates/public/form/_form.html.

    action: where it is sent. token: the signed time when the page was made. hidden: names and values sent along.
    problem: an error of the whole form. counts_at: the address that counts steps, "" for none. prefix: of all ids.
    known_as: the name of a recognised visitor; forget_url: the page for somebody else.
    """

    form: Form
    action: str
    token: str
    rows: tuple[ShownField, ...]
    consents: tuple[ShownConsent, ...]
    hidden: tuple[tuple[str, str], ...]
    problem: str = ""
    counts_at: str = ""
    prefix: str = "f_"
    known_as: str = ""
    forget_url: str = ""
    trap: str = TRAP

    @property
    def has_errors(self) -> bool:
        """Whether there are errors to correct."""
        return bool(self.problem) or any([row.error for row in self.rows] + [one.error for one in self.consents])


def show_form(
    form: Form,
    *,
    action: str,
    token: str,
    typed: Mapping[str, Any] = NOTHING,
    errors: Mapping[str, str] = NOTHING,
    hidden: Mapping[str, str] = NOTHING,
    known: Known | None = None,
    counts_at: str = "",
    prefix: str = "f_",
    forget_url: str = "",
) -> ShownForm:
    """Return a form ready to render. typed: by input name; errors: as in AnswersRefused.

    hidden: values to send along besides the form's own hidden fields. token: see leads.channels.forms.guard.page_token.
    """
    fields = asked_fields(form, known.names if known else frozenset())
    own = {field.name: clean_text(typed.get(field.name)) or field.value for field in fields if field.type == HIDDEN}
    rows = [_row(field, prefix, typed, errors) for field in fields if field.type != HIDDEN]
    return ShownForm(
        form,
        action,
        token,
        rows=tuple(rows),
        consents=tuple(_consent(consent, prefix, typed, errors) for consent in consents_of(form)),
        hidden=tuple({**own, **hidden, "_t": token}.items()),
        problem=errors.get("", ""),
        counts_at=counts_at,
        prefix=prefix,
        known_as=known_as(known) if known else "",
        forget_url=forget_url,
    )


def known_as(known: Known) -> str:
    """Return how to address a recognised visitor without revealing the address: "ma…@fjallrav.se"."""
    kind, value = known.key
    if kind == EMAIL:
        local, _, domain = value.partition("@")
        return f"{local[:2]}…@{domain}"
    return f"…{value[-3:]}" if kind == PHONE else ""


def _row(field: Field, prefix: str, typed: Mapping[str, Any], errors: Mapping[str, str]) -> ShownField:
    value: Any = clean_text(typed.get(field.name))
    if field.type == CHECKBOX:
        value = bool(value)
    return ShownField(field, prefix + field.name, value, errors.get(field.name, ""))


def _consent(consent: ConsentText, prefix: str, typed: Mapping[str, Any], errors: Mapping[str, str]) -> ShownConsent:
    name = consent.input_name
    return ShownConsent(consent, prefix + name, bool(clean_text(typed.get(name))), errors.get(name, ""))
