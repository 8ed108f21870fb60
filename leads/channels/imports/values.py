"""Parse cells as other systems write them. None means that a cell can't be parsed."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache

import phonenumbers

from leads.identity.keys import normal_email, normal_phone

# Excel's day zero, and the range of day numbers accepted as dates.
_EXCEL_ZERO = datetime(1899, 12, 30, tzinfo=UTC)
_EXCEL_DAYS = (10_000, 80_000)  # 1927 to 2119
_POSIX = (100_000_000, 4_000_000_000)  # seconds: 1973 to 2096
# Without a country, only a number this long is assumed to include its country code.
_LONG_ENOUGH = 11

_SEPARATORS = re.compile(r"[;,|\s]+")
_IN_BRACKETS = re.compile(r"<([^<>]+)>")
_PHONE_SEPARATORS = re.compile(r"\s*(?:[;|\n]|,(?!\d)|\s/\s)\s*")
# Bounded: a larger exponent would expand to a number that exhausts memory.
_NUMBER = re.compile(r"[+-]?[0-9]{1,40}(?:\.[0-9]{0,40})?(?:[eE][+-]?[0-9]{1,2})?")
_FIRST_NUMBER = re.compile(r"\d[\d.,'’\s]*")
_DAY = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4}|\d{2})(?:[ ,T]+(.*))?")
_CLOCKS = ("%H:%M", "%H:%M:%S", "%I:%M %p", "%I:%M:%S %p", "%H:%M:%S.%f")
_WORDED = ("%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y", "%b %d %Y", "%B %d %Y", "%a %d %b %Y", "%a, %d %b %Y",
           "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d")  # fmt: skip
YES = frozenset(("1", "true", "yes", "y", "x", "ja", "oui", "si", "sí", "t", "on", "subscribed", "optedin", "optin"))
NO = frozenset(("0", "false", "no", "n", "nein", "non", "f", "off", "unsubscribed", "optedout", "optout", "cleaned"))


def emails(cell: str) -> tuple[tuple[str, ...], str]:
    """Return the distinct e-mail addresses in a cell, and the rest of it."""
    address = normal_email(cell)
    if address:
        return (address,), ""
    if "<" in cell:
        cell = " ".join(_IN_BRACKETS.findall(cell)) or cell
    found: list[str] = []
    left = []
    for part in _SEPARATORS.split(cell.strip()):
        address = normal_email(part.removeprefix("mailto:").strip("\"'<>().;"))
        if address and address not in found:
            found.append(address)
        elif not address and part:
            left.append(part)
    return tuple(found), " ".join(left)


def phones(cell: str, country: str) -> tuple[tuple[str, ...], str]:
    """Return the phone numbers in a cell in E.164, and the rest of it. country: an ISO code, or ""."""
    number = phone(cell, country)
    if number:
        return (number,), ""
    found: list[str] = []
    left = []
    for part in _PHONE_SEPARATORS.split(cell):
        number = phone(part, country)
        if number and number not in found:
            found.append(number)
        elif not number and part:
            left.append(part)
    return tuple(found), "; ".join(left)


@lru_cache(maxsize=8192)
def phone(text: str, country: str) -> str:
    """Return a phone number in E.164, or "". Without a country code it is taken for one of `country`."""
    text = text.strip().lstrip("'=\"").strip().removeprefix("tel:").removeprefix("p:")
    if text.startswith("+"):
        return normal_phone(text)
    if _NUMBER.fullmatch(text):
        text = _digits(text)
    if text.startswith("00"):
        return normal_phone(f"+{text[2:]}")
    if country:
        return _national(text, country)
    digits = "".join(char for char in text if char.isdecimal())
    return _valid(f"+{digits}") if len(digits) >= _LONG_ENOUGH and not digits.startswith("0") else ""


def _digits(text: str) -> str:
    """Return the digits of a number that a spreadsheet reformatted: 46701234567.0, 4.6701234567E+10."""
    if text.isdecimal():
        return text
    try:
        number = Decimal(text)
    except InvalidOperation:
        return text
    return str(int(number)) if number == number.to_integral_value() and abs(number) < 10**18 else text


def _national(text: str, country: str) -> str:
    if len(text) > 40:
        return ""
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(number):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _valid(text: str) -> str:
    try:
        number = phonenumbers.parse(text)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_valid_number(number):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


@lru_cache(maxsize=8192)
def moment(text: str, *, day_first: bool) -> datetime | None:
    """Return a time in UTC, from ISO 8601, a date with or without time, Excel's day number, or POSIX seconds."""
    text = text.strip()
    if _NUMBER.fullmatch(text):
        found = _numbered(Decimal(text)) if len(text) != 8 or "." in text else _worded(text)
    else:
        found = _iso(text) or _slashed(text, day_first) or _worded(text)
    return found if found is not None and 1900 <= found.year <= 2200 else None


def _numbered(number: Decimal) -> datetime | None:
    if _EXCEL_DAYS[0] <= number <= _EXCEL_DAYS[1]:
        return (_EXCEL_ZERO + timedelta(days=float(number))).replace(microsecond=0)
    for seconds in (number, number / 1000):
        if _POSIX[0] <= seconds <= _POSIX[1]:
            return datetime.fromtimestamp(float(seconds), UTC)
    return None


def _iso(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text.removesuffix(" UTC"))
    except ValueError:
        return None
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def _slashed(text: str, day_first: bool) -> datetime | None:
    match = _DAY.fullmatch(text)
    if match is None:
        return None
    one, other, year, clock = int(match[1]), int(match[2]), int(match[3]), match[4] or ""
    if year < 100:
        year += 2000 if year < 70 else 1900
    # A number above 12 can't be a month, whatever the file's order is.
    day, month = (one, other) if (day_first and other <= 12) or one > 12 else (other, one)
    try:
        found = datetime(year, month, day, tzinfo=UTC)
    except ValueError:
        return None
    return _at(found, clock)


def _at(day: datetime, clock: str) -> datetime | None:
    if not clock:
        return day
    for form in _CLOCKS:
        try:
            time = datetime.strptime(clock.strip().upper(), form)  # noqa: DTZ007 - only the time of day is taken
        except ValueError:
            continue
        return day.replace(hour=time.hour, minute=time.minute, second=time.second)
    return None


def _worded(text: str) -> datetime | None:
    for form in _WORDED:
        try:
            return datetime.strptime(text, form).replace(tzinfo=UTC)
        except ValueError:
            continue
    return None


def whole_number(text: str) -> int | None:
    """Return the first whole number in a cell; of a range the lower bound: "1,200", "50-100", "10.0", "5 000+"."""
    text = text.strip()
    if _NUMBER.fullmatch(text):
        number = int(Decimal(text))
        return number if 0 <= number <= 2_147_483_647 else None
    match = _FIRST_NUMBER.search(text)
    if match is None or text.startswith("-"):
        return None
    number = int("".join(char for char in match[0] if char.isdecimal()))
    return number if number <= 2_147_483_647 else None


def name_parts(text: str) -> tuple[str, str]:
    """Split a whole name into first and last: "Maja Lindqvist", "Lindqvist, Maja"."""
    last, comma, first = text.partition(",")
    if comma and first.strip():
        return first.strip(), last.strip()
    first, _, last = text.strip().partition(" ")
    return first, last.strip()
