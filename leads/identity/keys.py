"""Identifiers: their kinds, their strength, and how values are normalised."""

import re
from functools import cache, lru_cache

import phonenumbers

from leads.models import IdentifierKind

# The kind of an identifier and its value.
Key = tuple[str, str]

USER_ID, EMAIL = IdentifierKind.USER_ID.value, IdentifierKind.EMAIL.value
PHONE, ANONYMOUS_ID = IdentifierKind.PHONE.value, IdentifierKind.ANONYMOUS_ID.value

# 0 is strongest.
STRENGTH = {kind: rank for rank, kind in enumerate((USER_ID, EMAIL, PHONE, ANONYMOUS_ID))}

_LOCAL_PART = re.compile(r"[^\s@\"(),:;<>\[\]\\]{1,64}")
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_DOMAIN = re.compile(r"(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")


@lru_cache(maxsize=8192)
def normal_email(text: str) -> str:
    """Return an e-mail address in lower case with an ASCII domain, or "" if the text is not one.

    Only simple rules, because this runs for every event; whether a mailbox exists only its server knows.
    """
    local, _, domain = text.strip().lower().rpartition("@")
    if not domain.isascii():
        domain = _ascii_domain(domain)
    is_address = _LOCAL_PART.fullmatch(local) and _DOMAIN.fullmatch(domain) and ".." not in local
    address = f"{local}@{domain}"
    return address if is_address and len(address) <= 254 and local[0] != "." != local[-1] else ""


@lru_cache(maxsize=8192)
def normal_phone(text: str) -> str:
    """Return a phone number in E.164, or "" if the text is not one with a country code."""
    text = text.strip()
    if not text.startswith("+") or len(text) > 40:
        return ""
    if _E164.fullmatch(text) and (plan := _plan_of(text)) is not None:
        code, lengths, prefix = plan
        national = text[code:]
        if national[0] != "0" and (prefix is None or not prefix.match(national)):
            # Already in its stored form; the library would take 30 microseconds to find that out.
            return text if len(national) in lengths else ""
    try:
        number = phonenumbers.parse(text)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(number):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _plan_of(text: str) -> tuple[int, frozenset[int], re.Pattern[str] | None] | None:
    """Return the numbering plan of a country: start of the national part, lengths, optional prefix."""
    return next((plan for end in (2, 3, 4) if (plan := _plan(text[1:end])) is not None), None)


@cache
def _plan(code: str) -> tuple[int, frozenset[int], re.Pattern[str] | None] | None:
    region = phonenumbers.region_code_for_country_code(int(code))
    if region == "ZZ":
        return None
    metadata = (
        phonenumbers.PhoneMetadata.metadata_for_nongeo_region(int(code))
        if region == "001"
        else phonenumbers.PhoneMetadata.metadata_for_region(region)
    )
    if metadata is None or metadata.general_desc is None:
        return None
    general = metadata.general_desc
    lengths = frozenset((*general.possible_length, *general.possible_length_local_only))
    prefix = metadata.national_prefix_for_parsing
    return len(code) + 1, lengths, re.compile(prefix) if prefix else None


def _ascii_domain(domain: str) -> str:
    try:
        return domain.encode("idna").decode("ascii")
    except UnicodeError:
        return ""
