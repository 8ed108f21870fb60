"""Validate what was typed into a form: answers as they are stored, or an error message for each invalid field."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import isfinite
from typing import Any

import phonenumbers

from leads.channels.forms.fields import (
    BY_SENDING,
    CHECKBOX,
    CHOICE,
    DATE,
    EMAIL,
    HIDDEN,
    LONG,
    NUMBER,
    OPTIONAL,
    PHONE,
    REQUIRED,
    ConsentText,
    Field,
    consents_of,
)
from leads.errors import LeadError
from leads.identity.keys import normal_email, normal_phone
from leads.models import Form

LONGEST = 500
LONGEST_TEXT = 5000
LONGEST_WHOLE_NUMBER = 18
TICKED = frozenset(("on", "true", "1", "yes"))


class AnswersRefused(LeadError):
    """Answers with errors. errors: a message for each field, by input name."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__(" ".join(errors.values()))
        self.errors = errors


@dataclass(frozen=True, slots=True)
class Answers:
    """Validated answers. values: by field, without empty ones. consents: those that were given."""

    values: Mapping[str, Any]
    consents: tuple[ConsentText, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the answers as stored while they wait for confirmation or review."""
        return {"values": dict(self.values), "consents": [consent.as_json() for consent in self.consents]}


def answers_from_json(kept: Mapping[str, Any]) -> Answers:
    """Return answers that `as_json` stored."""
    return Answers(kept["values"], tuple(ConsentText(**consent) for consent in kept["consents"]))


def read_answers(form: Form, typed: Mapping[str, Any], fields: Sequence[Field], *, is_known: bool = False) -> Answers:
    """Return the answers to these fields and the given consents of the form.

    is_known: the visitor is recognised already, so no address is needed. Raises AnswersRefused.
    """
    values: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for field in fields:
        try:
            value = _READERS.get(field.type, _text)(field, clean_text(typed.get(field.name)), form)
        except ValueError as problem:
            errors[field.name] = str(problem)
        else:
            if value not in ("", None):
                values[field.name] = value
    consents = consents_of(form)
    for consent in consents:
        if consent.mode == REQUIRED and not _is_ticked(typed.get(consent.input_name)):
            errors[consent.input_name] = "Tick this box to go on."
    if not errors and not is_known and not has_address(values, fields):
        errors[_address_field(fields)] = "Give an e-mail address or a phone number, so that we can answer."
    if errors:
        raise AnswersRefused(errors)
    return Answers(values, tuple(consent for consent in consents if _is_given(consent, typed)))


def has_address(values: Mapping[str, Any], fields: Sequence[Field]) -> bool:
    """Return whether the answers contain an identifier."""
    return any(field.type in (EMAIL, PHONE) and values.get(field.name) for field in fields)


def clean_text(value: Any) -> str:
    """Return typed text as a browser would send it, without what databases can't store."""
    if value is True:
        return "on"
    if value is None or value is False or not isinstance(value, str | int | float):
        return ""
    text = str(value).replace("\x00", "").replace("\r\n", "\n")
    return text.encode("utf-8", "replace").decode("utf-8").strip()


def _is_given(consent: ConsentText, typed: Mapping[str, Any]) -> bool:
    return consent.mode == BY_SENDING or (
        consent.mode in (OPTIONAL, REQUIRED) and _is_ticked(typed.get(consent.input_name))
    )


def _is_ticked(value: Any) -> bool:
    return clean_text(value).lower() in TICKED


def _address_field(fields: Sequence[Field]) -> str:
    return next((field.name for field in fields if field.type in (EMAIL, PHONE)), "")


def _needed(field: Field, text: str, message: str) -> None:
    if field.required and not text:
        raise ValueError(message)


def _text(field: Field, text: str, form: Form) -> str:
    _needed(field, text, f"Fill in: {field.label}.")
    longest = LONGEST_TEXT if field.type == LONG else LONGEST
    if len(text) > longest:
        raise ValueError(f"At most {longest:,} characters, this has {len(text):,}.")
    return text


def _hidden(field: Field, text: str, form: Form) -> str:
    return (text or field.value)[:LONGEST]


def _email(field: Field, text: str, form: Form) -> str:
    _needed(field, text, "Give your e-mail address.")
    if not text:
        return ""
    address = normal_email(text)
    if not address:
        raise ValueError(_what_an_address_lacks(text))
    return address


def _what_an_address_lacks(text: str) -> str:
    local, at, domain = text.rpartition("@")
    if not at:
        return "Add the @ and what follows it, such as name@company.com"
    if any(char.isspace() for char in text):
        return "Take out the space: an address has none."
    if not local:
        return "Add the part before the @."
    if not domain:
        return "Add the part after the @, such as company.com"
    if "." not in domain.strip("."):
        return "Add the part after the dot, such as .com or .se"
    return "This is not an e-mail address. It looks like name@company.com"


def _phone(field: Field, text: str, form: Form) -> str:
    _needed(field, text, "Give your phone number.")
    number = normal_phone(text) or _national(text, form.phone_region)
    if text and not number:
        example = "" if form.phone_region else ", with your country's code in front, such as +46 70 123 45 67"
        raise ValueError(f"Check the number{example}.")
    return number


def _national(text: str, region: str) -> str:
    if not region or not text or len(text) > 40:
        return ""
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return ""
    return (
        phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        if phonenumbers.is_possible_number(number)
        else ""
    )


def _choice(field: Field, text: str, form: Form) -> str:
    _needed(field, text, "Choose one.")
    if text and text not in field.options:
        raise ValueError("Choose one of the list.")
    return text


def _checkbox(field: Field, text: str, form: Form) -> bool | None:
    _needed(field, text if text.lower() in TICKED else "", "Tick this box to go on.")
    return text.lower() in TICKED


def _number(field: Field, text: str, form: Form) -> int | float | None:
    _needed(field, text, "Give a number.")
    if not text:
        return None
    plain = text.replace(" ", "").replace("\u00a0", "").replace("\u202f", "")
    plain = plain if "." in plain else plain.replace(",", ".")
    try:
        number = float(plain)
    except ValueError:
        raise ValueError(f"Give a number, such as 120. This is “{text[:40]}”.") from None
    if not isfinite(number) or len(plain) > LONGEST_WHOLE_NUMBER:
        raise ValueError(f"Give a number of at most {LONGEST_WHOLE_NUMBER} digits.")
    return int(number) if number.is_integer() else number


def _date(field: Field, text: str, form: Form) -> str:
    _needed(field, text, "Give a date.")
    if not text:
        return ""
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise ValueError(f"Give a date as year-month-day, such as 2026-11-28. This is “{text[:40]}”.") from None


_READERS: Mapping[str, Callable[[Field, str, Form], Any]] = {
    EMAIL: _email,
    PHONE: _phone,
    CHOICE: _choice,
    CHECKBOX: _checkbox,
    NUMBER: _number,
    DATE: _date,
    HIDDEN: _hidden,
}
