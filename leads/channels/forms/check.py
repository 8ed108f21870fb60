"""Validation of a form's definition."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import phonenumbers

from leads.channels.forms.colour import is_colour
from leads.channels.forms.fields import (
    BY_SENDING,
    CHOICE,
    EMAIL,
    HIDDEN,
    LEAD_FIELDS,
    MODES,
    PHONE,
    REQUIRED,
    TYPES,
    ConsentText,
    Field,
)
from leads.channels.forms.guard import TRAP
from leads.errors import LeadError
from leads.models import ConsentChannel, Form

# Kinds that sending a form can be recorded as: none that mails, machines or we ourselves cause.
KINDS = (
    *("form_submitted", "newsletter_subscribed", "ebook_downloaded", "content_downloaded", "demo_requested"),
    *("quote_requested", "sales_contact_requested", "webinar_registered", "event_form_submitted", "trial_started"),
    "store_visited",
)
MOST_FIELDS, MOST_OPTIONS, MOST_DOMAINS, MOST_POINTS = 40, 100, 50, 6
# Names reserved for properties of the event, and the name of the spam trap.
TAKEN = frozenset(("form", "form_id", "url", "path", "referrer", "way", "confirmed", "organization", "id", TRAP))
NEEDED = {"name": "Give the form a name.", "button": "Say what the button says."}
_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
_DOMAIN = re.compile(r"(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


class FormRefused(LeadError):
    """A form definition with errors. errors: a message for each input: "name", "fields", "fields-2-label"..."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__(" ".join(errors.values()))
        self.errors = errors


def check_form(changes: Mapping[str, Any], *, form: Form) -> dict[str, Any]:
    """Return changes of a form as they are stored. Raises FormRefused."""
    errors: dict[str, str] = {}
    stored = {name: _tidy(name, value, errors) for name, value in changes.items()}
    _check_lengths(stored, errors)
    if "name" in stored and Form.objects.filter(name=stored["name"]).exclude(pk=form.pk).exists():
        errors["name"] = f"There is a form called “{stored['name']}” already."
    if "fields" in changes:
        _check_fields(changes["fields"], errors)
        stored["fields"] = [field.as_json() for field in changes["fields"]]
    if "consents" in changes:
        _check_consents(changes["consents"], errors)
        stored["consents"] = [consent.as_json() for consent in changes["consents"]]
    _check_newsletter({**{name: getattr(form, name) for name in ("event_kind", "is_double_opt_in")}, **changes}, errors)
    if errors:
        raise FormRefused(errors)
    return stored


def domain_in(text: str) -> str:
    """Return the host in a line, "" if there is none: "https://Halden.example/guide" gives halden.example."""
    text = text.strip().lower()
    try:
        host = (urlsplit(text if "//" in text else f"//{text}").hostname or "").removeprefix("*.").strip(".")
        host = host.encode("idna").decode("ascii") if host else ""
    except (ValueError, UnicodeError):
        return ""
    return host if _DOMAIN.fullmatch(host) else ""


def _tidy(name: str, value: Any, errors: dict[str, str]) -> Any:
    tidy = _TIDIERS.get(name)
    if tidy is not None:
        try:
            return tidy(value)
        except ValueError as problem:
            errors[name] = str(problem)
            return value
    text = value.strip() if isinstance(value, str) else value
    if name in NEEDED and not text:
        errors[name] = NEEDED[name]
    return text


def _check_lengths(stored: Mapping[str, Any], errors: dict[str, str]) -> None:
    for name, value in stored.items():
        longest = getattr(Form._meta.get_field(name), "max_length", None)
        if longest and isinstance(value, str) and len(value) > longest:
            errors.setdefault(name, f"At most {longest} characters, this has {len(value)}.")


def _check_fields(fields: Sequence[Field], errors: dict[str, str]) -> None:
    if len(fields) > MOST_FIELDS:
        errors["fields"] = f"A form has at most {MOST_FIELDS} fields, this has {len(fields)}."
    if not any(field.type in (EMAIL, PHONE) and not field.later for field in fields):
        errors["fields"] = "Ask for an e-mail address or a phone number, or nobody can be recognised."
    for number, field in enumerate(fields):
        if problem := _problem_of(field, [other.name for other in fields[:number]]):
            name, words = problem
            errors[f"fields-{number}-{name}"] = words


def _problem_of(field: Field, before: Sequence[str]) -> tuple[str, str] | None:
    if not field.label.strip() or len(field.label) > 200:
        return "label", "Say in 1 to 200 characters what is asked."
    if not _NAME.fullmatch(field.name) or field.name in TAKEN or field.name.startswith(("utm_", "consent_")):
        return "name", f"“{field.name}” can't be the name: small letters, digits and _, not one that events use."
    if field.name in before:
        return "name", f"Another field is called “{field.name}” already."
    if field.type not in TYPES:
        return "type", f"The type must be one of {', '.join(TYPES)}, got “{field.type}”."
    own = LEAD_FIELDS.get(field.name, ("", ""))[1]
    if own in (EMAIL, PHONE) and field.type not in (own, HIDDEN):
        return "type", f"“{field.name}” must be of the type {TYPES[own]}."
    if field.type == CHOICE and not 2 <= len(set(field.options)) <= MOST_OPTIONS:
        return "options", f"Give 2 to {MOST_OPTIONS} choices, one a line."
    if field.required and field.type == HIDDEN:
        return "type", "A hidden field can't be required: nobody sees it."
    return None


def _check_consents(consents: Sequence[ConsentText], errors: dict[str, str]) -> None:
    for consent in consents:
        if consent.channel not in ConsentChannel.values or consent.mode not in MODES:
            errors[f"{consent.channel}_wording"] = "Choose how the consent is given."
        elif not 10 <= len(consent.wording) <= 1000:
            errors[f"{consent.channel}_wording"] = "Say in 10 to 1,000 characters what is agreed to."


def _check_newsletter(meant: Mapping[str, Any], errors: dict[str, str]) -> None:
    """Require a consent to mail: without one a subscription would allow no mail."""
    mails = [consent for consent in meant.get("consents", ()) if consent.channel == ConsentChannel.EMAIL]
    if "consents" not in meant:
        return
    is_sure = any(consent.mode in (REQUIRED, BY_SENDING) for consent in mails)
    if meant["event_kind"] == "newsletter_subscribed" and not is_sure:
        errors.setdefault("email_wording", "A newsletter needs a consent to mail that can't be left out.")
    if meant["is_double_opt_in"] and not mails:
        errors.setdefault("is_double_opt_in", "There is nothing to confirm: the form asks for no consent to mail.")


def _web_address(value: str) -> str:
    text = value.strip()
    try:
        parts = urlsplit(text)
        is_one = parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        is_one = False
    if text and (not is_one or any(char.isspace() for char in text)):
        raise ValueError(f"Give a web address such as https://halden.example/thanks, this is “{text[:60]}”.")
    return text


def _colour(value: str) -> str:
    text = value.strip().lower()
    if text and not is_colour(text):
        raise ValueError(f"Give a colour such as #0f6650, this is “{text[:20]}”.")
    return text


def _region(value: str) -> str:
    text = value.strip().upper()
    if text and text not in phonenumbers.SUPPORTED_REGIONS:
        raise ValueError(f"Give the two letters of a country, such as SE, this is “{text[:10]}”.")
    return text


def _kind(value: str) -> str:
    if value not in KINDS:
        raise ValueError(f"Choose what is recorded; “{value[:60]}” is not something that a form does.")
    return value


def _domains(lines: Sequence[str]) -> list[str]:
    wrong = [line for line in lines if line.strip() and not domain_in(line)]
    if wrong:
        raise ValueError(f"Give one site a line, such as halden.example; “{wrong[0][:60]}” is none.")
    domains = list(dict.fromkeys(domain_in(line) for line in lines if line.strip()))
    if len(domains) > MOST_DOMAINS:
        raise ValueError(f"At most {MOST_DOMAINS} sites, these are {len(domains)}.")
    return domains


def _points(lines: Sequence[str]) -> list[str]:
    points = [line.strip()[:120] for line in lines if line.strip()]
    if len(points) > MOST_POINTS:
        raise ValueError(f"At most {MOST_POINTS} points, these are {len(points)}.")
    return points


def _at_most(value: int | None) -> int | None:
    if value is not None and not 1 <= value <= MOST_FIELDS:
        raise ValueError(f"Ask 1 to {MOST_FIELDS} questions at once, this is {value}.")
    return value


_TIDIERS: Mapping[str, Callable[[Any], Any]] = {
    "privacy_url": _web_address,
    "redirect_url": _web_address,
    "mail_link": _web_address,
    "colour": _colour,
    "phone_region": _region,
    "event_kind": _kind,
    "allowed_domains": _domains,
    "side_points": _points,
    "asked_at_most": _at_most,
    "fields": lambda fields: fields,
    "consents": lambda consents: consents,
}
