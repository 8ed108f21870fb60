"""The targets that a column can be mapped to."""

import re
from typing import NamedTuple

from leads.events.catalog import BY_KEY, CATALOG
from leads.people.traits import ATTRIBUTE

LEFT_OUT = ""
EVENT = "event."
COMPANY = "company."
# Several columns may be mapped to these; any other target takes one column.
SEVERAL = ("email", "phone")
LONGEST_ATTRIBUTE = 60


class Target(NamedTuple):
    """An option on the mapping screen."""

    key: str
    label: str


GROUPS: tuple[tuple[str, tuple[Target, ...]], ...] = (
    (
        "Lead",
        (
            Target("email", "E-mail"),
            Target("phone", "Phone"),
            Target("first_name", "First name"),
            Target("last_name", "Last name"),
            Target("name", "Whole name"),
            Target("title", "Job title"),
            Target("country", "Country"),
            Target("user_id", "User id"),
            Target("source", "How they found us"),
            Target("owner", "Owner"),
            Target("created_at", "Known since"),
        ),
    ),
    (
        "Company",
        (
            Target("company.name", "Company"),
            Target("company.domain", "Website"),
            Target("company.industry", "Industry"),
            Target("company.employee_count", "Employees"),
            Target("company.country", "Country of the company"),
        ),
    ),
    (
        "Consent",
        (
            Target("consent.email", "May be written to"),
            Target("optout.email", "Wants no e-mail"),
            Target("consent.phone", "May be called"),
            Target("optout.phone", "Wants no calls"),
        ),
    ),
)
# The channel of a yes/no column, and whether yes means an opt-out.
CONSENTS = {
    "consent.email": ("email", False),
    "optout.email": ("email", True),
    "consent.phone": ("phone", False),
    "optout.phone": ("phone", True),
}
EVENTS = tuple(
    Target(EVENT + kind.key, kind.label)
    for kind in CATALOG
    if not kind.is_bookkeeping and (kind.is_own or kind.key == "call_made")
)
KEYS = frozenset(target.key for _, targets in GROUPS for target in targets)


def attribute_name(heading: str) -> str:
    """Return the name of the attribute for a column."""
    return re.sub(r"\W+", "_", heading.lower()).strip("_")[:LONGEST_ATTRIBUTE].strip("_") or "column"


def attribute_target(heading: str) -> str:
    """Return the target that stores a column as an attribute."""
    return ATTRIBUTE + attribute_name(heading)


def is_target(key: str) -> bool:
    """Return whether a column can be mapped to this."""
    if key.startswith(ATTRIBUTE):
        name = key.removeprefix(ATTRIBUTE)
        return name == attribute_name(name)
    return key == LEFT_OUT or key in KEYS or (key.startswith(EVENT) and key.removeprefix(EVENT) in BY_KEY)


def label_of_target(key: str) -> str:
    """Return a target's label."""
    if key.startswith(ATTRIBUTE):
        return key.removeprefix(ATTRIBUTE).replace("_", " ").capitalize()
    if key.startswith(EVENT):
        return BY_KEY[key.removeprefix(EVENT)].label
    return next((target.label for _, targets in GROUPS for target in targets if target.key == key), "")
