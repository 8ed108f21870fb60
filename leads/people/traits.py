"""Traits in events, translated into the names that leads and conditions use."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from leads.identity.keys import normal_email, normal_phone

# Columns of a lead that traits fill, with their maximum lengths.
LEAD_COLUMNS = {"email": 254, "phone": 32, "first_name": 100, "last_name": 100, "title": 150, "country": 100}
ORGANIZATION_COLUMNS = {"name": 200, "domain": 253, "external_id": 200, "industry": 100, "country": 100}
# Traits with a reserved meaning, which clients write in camelCase or snake_case.
RESERVED = (
    *("address", "age", "avatar", "birthday", "company", "created_at", "description", "email", "employee_count"),
    *(
        "employees",
        "first_name",
        "gender",
        "group_id",
        "id",
        "industry",
        "job_title",
        "last_name",
        "name",
        "phone",
        "plan",
    ),
    *("title", "username", "website"),
)
# Kinds of event whose fields describe the sender; of the other kinds only identify and group contain traits.
FORM_KINDS = frozenset(
    (
        *("account_created", "content_downloaded", "demo_requested", "ebook_downloaded", "event_form_submitted"),
        *("form_submitted", "newsletter_subscribed", "quote_requested", "sales_contact_requested", "signed_up"),
        *("trial_started", "webinar_registered"),
    )
)
KINDS_WITH_TRAITS = FORM_KINDS | {"identified", "grouped"}
# In forms, `name` and `title` may refer to the requested item.
FORM_TRAITS = {"first_name": "first_name", "last_name": "last_name", "job_title": "title", "country": "country"}
ATTRIBUTE = "attributes."
MOST_PEOPLE_OF_A_COMPANY = 2_147_483_647

Traits = dict[str, Any]


@dataclass(frozen=True, slots=True)
class EventTraits:
    """The traits in an event. lead: columns by name, others as "attributes.<name>", None to clear one.

    company: the same for the lead's organization; empty, or with something that identifies it.
    """

    lead: Traits
    company: Traits


NOTHING = EventTraits({}, {})


def traits_in(kind: str, properties: Mapping[str, Any]) -> EventTraits:
    """Return the traits of the person in an event, and of the company they work for."""
    if kind == "identified":
        known = plain_names(properties)
        company = known.pop("company", None)
        return EventTraits(_lead_traits(known), _company_trait(company))
    if kind == "grouped":
        return EventTraits({}, _company(plain_names(properties)))
    if kind in FORM_KINDS:
        known = plain_names(properties)
        fields = {column: known[name] for name, column in FORM_TRAITS.items() if known.get(name) not in (None, "")}
        return EventTraits(_columns(fields, LEAD_COLUMNS), _company_trait(known.get("company")))
    return NOTHING


def _company_trait(company: Any) -> Traits:
    """Parse the trait `company`, which is an object or just the name."""
    if isinstance(company, Mapping):
        return _company(plain_names(company))
    return _company({"name": company}) if isinstance(company, str) else {}


def plain_names(traits: Mapping[str, Any]) -> Traits:
    """Return traits with the reserved names in snake_case; if both spellings are given, snake_case wins."""
    named = {}
    for name, value in traits.items():
        plain = _SPELLINGS.get(name.replace("_", "").lower(), name)
        if plain == name or plain not in traits:
            named[plain] = value
    return named


def _lead_traits(known: Traits) -> Traits:
    known.pop("id", None)
    if "job_title" in known:
        known.setdefault("title", known.pop("job_title"))
    address = known.get("address")
    if isinstance(address, Mapping) and "country" not in known and address.get("country"):
        known["country"] = address["country"]
    for name, normal in (("email", normal_email), ("phone", normal_phone)):
        value = known.get(name)
        if value is not None and not (isinstance(value, str) and normal(value)):
            # Not a valid address or number: kept as an attribute, as it came.
            known[ATTRIBUTE + name] = known.pop(name)
        elif value is not None:
            known[name] = normal(value)
    return _columns(known, LEAD_COLUMNS)


def _columns(known: Traits, columns: Mapping[str, int]) -> Traits:
    """Put traits into their columns if they fit, and the others into the attributes."""
    if "name" in known and "name" not in columns:
        known = {**_name_parts(known.pop("name")), **known}
    traits = {}
    for name, value in known.items():
        if name in columns and (value is None or isinstance(value, str | int | float)):
            traits[name] = str(value).strip()[: columns[name]] if value is not None else None
        else:
            traits[name if name.startswith(ATTRIBUTE) else ATTRIBUTE + name] = value
    return traits


def _name_parts(name: Any) -> Traits:
    """Take the first word of a full name as the first name."""
    if not isinstance(name, str) or not name.strip():
        return {}
    first, _, last = name.strip().partition(" ")
    return {"first_name": first, "last_name": last.strip()}


def _company(known: Traits) -> Traits:
    """Return the columns and attributes of an organization that can be identified, or nothing."""
    external_id = known.pop("group_id", None) or known.pop("id", None)
    known.pop("id", None)
    if isinstance(external_id, str | int) and not isinstance(external_id, bool):
        known["external_id"] = str(external_id)
    count = known.pop("employees", None)
    count = known.pop("employee_count", count)
    if isinstance(count, int) and not isinstance(count, bool) and 0 <= count <= MOST_PEOPLE_OF_A_COMPANY:
        known["employee_count"] = count
    address = known.get("address")
    if isinstance(address, Mapping) and address.get("country"):
        known.setdefault("country", address["country"])
    domain = domain_of(known.pop("domain", None)) or domain_of(known.get("website"))
    if domain:
        known["domain"] = domain
    employee_count = known.pop("employee_count", None)
    company = _columns(known, ORGANIZATION_COLUMNS)
    if employee_count is not None:
        company["employee_count"] = employee_count
    return company if any(company.get(name) for name in ("external_id", "domain", "name")) else {}


def domain_of(address: Any) -> str:
    """Return the domain in a web address or a domain, without "www.", or ""."""
    if not isinstance(address, str) or len(address) > 2000:
        return ""
    try:
        host = urlsplit(address if "//" in address else f"//{address}").hostname or ""
    except ValueError:
        return ""
    host = host.lower().removeprefix("www.")
    return host if _HOST.fullmatch(host) else ""


_HOST = re.compile(r"(?=.{4,253}$)(?:[a-z0-9-]{1,63}\.)+[a-z]{2,63}")
_SPELLINGS = {name.replace("_", ""): name for name in RESERVED}
