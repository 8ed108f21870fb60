"""The mapping of a generic webhook: JSON paths to fields; guessed from a delivery, edited on a screen."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from leads.channels.address import path_of
from leads.channels.connectors.incoming import Made, Nothing, Outcome
from leads.channels.connectors.person import Person, events_of
from leads.channels.connectors.reading import at, happened, is_deeper, text
from leads.channels.connectors.signing import sha256_hex
from leads.events.catalog import BOOKKEEPING, kind_of, normal_name
from leads.identity.keys import normal_email

LONGEST_PATH = 200
MOST_PATHS = 300
PATH = re.compile(r"[^.\s]+(\.[^.\s]+)*")


@dataclass(frozen=True, slots=True)
class Target:
    """A field that a path can be mapped to. words: common names of keys that hold it."""

    name: str
    label: str
    words: tuple[str, ...]


TARGETS = (
    Target("email", "E-mail", ("email", "emailaddress", "mail", "workemail")),
    Target("phone", "Phone", ("phone", "phonenumber", "telephone", "mobile", "tel")),
    Target("name", "Full name", ("fullname", "name", "contactname")),
    Target("first_name", "First name", ("firstname", "givenname", "fname")),
    Target("last_name", "Last name", ("lastname", "surname", "familyname", "lname")),
    Target("job_title", "Job title", ("jobtitle", "role", "position")),
    Target("company", "Company", ("company", "companyname", "organization", "organisation")),
    Target("country", "Country", ("country", "countrycode")),
    Target("user_id", "User id", ("userid", "externalid", "customerid")),
    Target("kind", "What happened", ("event", "eventtype", "type", "topic", "action")),
    Target("time", "When", ("timestamp", "occurredat", "createdat", "submittedat", "time", "date")),
    Target("message_id", "Message id", ("messageid", "eventid", "deliveryid", "id", "uuid")),
)
WHO = ("email", "phone", "user_id")
PERSON_PARTS = ("email", "phone", "name", "first_name", "last_name", "job_title", "company", "country", "user_id")


def paths_in(said: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Return every path to a value that is neither an object nor a list, with the value."""
    pairs: Sequence[tuple[str, Any]] = ()
    if isinstance(said, Mapping):
        pairs = [(str(name), value) for name, value in said.items()]
    elif isinstance(said, list):
        pairs = [(str(number), value) for number, value in enumerate(said[:5])]
    for name, value in pairs:
        path = f"{prefix}.{name}" if prefix else name
        if isinstance(value, Mapping | list):
            yield from paths_in(value, path)
        else:
            yield path, value


def guess(said: Mapping[str, Any]) -> dict[str, str]:
    """Return the mapping that the names and values of a delivery suggest: for each target the shortest fitting path."""
    found = [(path, value) for path, value in paths_in(said) if PATH.fullmatch(path)][:MOST_PATHS]
    found.sort(key=lambda pair: (pair[0].count("."), len(pair[0])))
    mapping: dict[str, str] = {}
    for target in TARGETS:
        path = _best(target, found, taken=set(mapping.values()))
        if path:
            mapping[target.name] = path
    return mapping


def _best(target: Target, found: Sequence[tuple[str, Any]], *, taken: set[str]) -> str:
    for word in target.words:
        for path, value in found:
            if path not in taken and normal_name(path.rpartition(".")[2]) == word and _may_be(target.name, value):
                return path
    if target.name == "email":
        # Recognised by its value, whatever its name.
        return next((path for path, value in found if isinstance(value, str) and normal_email(value)), "")
    return ""


def _may_be(name: str, value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, str | int | float) or value == "":
        return False
    return name != "email" or bool(isinstance(value, str) and normal_email(value))


def read_mapped(
    said: Mapping[str, Any], options: Mapping[str, object], *, body: bytes, sent_id: str, now: datetime
) -> Outcome:
    """Return the event that a mapping makes of a delivery. sent_id: the delivery's id from a header, if any."""
    mapping = options.get("mapping")
    if not isinstance(mapping, Mapping) or not any(mapping.get(name) for name in WHO):
        return Nothing("No mapping yet: say which field is what, then replay.")
    paths = {name: str(path) for name, path in mapping.items() if path}
    person = Person.of({name: text(said, paths[name]) for name in PERSON_PARTS if name in paths})
    fixed = options.get("fixed_kind")
    name = text(said, paths["kind"]) if "kind" in paths else ""
    kind = kind_of(name) if name else str(fixed or "form_submitted")
    if kind in BOOKKEEPING:
        kind = f"custom_{kind}"[:60]
    message_id = (text(said, paths["message_id"]) if "message_id" in paths else "") or sent_id or sha256_hex(body)
    events = events_of(
        kind,
        person,
        message_id=message_id,
        occurred_at=happened(at(said, paths["time"]) if "time" in paths else None, now=now),
        properties=_properties(said, set(paths.values())),
        name=name,
    )
    wanted = ", ".join(f"{name} at {paths[name]}" for name in WHO if name in paths)
    return Made(events) if events else Nothing(f"Nobody known: expected {wanted}.")


def _properties(said: Mapping[str, Any], mapped: set[str]) -> dict[str, Any]:
    """Return the unmapped values of a delivery under their last path segment, for rules to use."""
    properties: dict[str, Any] = {}
    for path, value in paths_in(said):
        name = path.rpartition(".")[2]
        if path not in mapped and value not in (None, "") and len(properties) < MOST_PATHS:
            properties.setdefault(path if name in properties or name.isdecimal() else name, value)
    if path := path_of(properties.get("url")):
        properties.setdefault("path", path)
    return {} if is_deeper(properties, 2) else properties
