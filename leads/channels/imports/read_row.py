"""Parse a row of a file into a draft, or return why it can't be stored."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from leads.channels.imports import values
from leads.channels.imports.countries import country_code
from leads.channels.imports.mapping import Choice
from leads.channels.imports.sheet import Row
from leads.channels.imports.sources import SOURCE_NOTE, channel_named
from leads.channels.imports.targets import COMPANY, CONSENTS, EVENT, attribute_name
from leads.events.catalog import UNSUBSCRIBED, normal_name
from leads.identity.keys import EMAIL, PHONE, USER_ID, Key
from leads.models import ConsentChannel, ConsentState
from leads.people.traits import ATTRIBUTE, LEAD_COLUMNS, ORGANIZATION_COLUMNS, Traits, domain_of

NOTHING = frozenset(("", "-", "--", "null", "NULL", "n/a", "N/A", "#N/A", "none", "None", "(null)", "\\N"))
# The prefix that exports put before values that look like formulas.
_ESCAPED = re.compile(r"'+[=+\-@\t\r\n]")
LONGEST_TEXT = 10_000
LONGEST_USER_ID = 300


class Refusal(NamedTuple):
    """A row that can't be stored. kind: the reason, for counting; text: the reason with the invalid value."""

    row: int
    line: int
    kind: str
    text: str


class Note(NamedTuple):
    """An invalid value without which a row was stored. kind and text: see Refusal."""

    kind: str
    text: str


class ConsentCell(NamedTuple):
    """A cell about consent. wording: the heading and the cell."""

    channel: str
    state: str
    wording: str


@dataclass(slots=True)
class Draft:
    """A row as it is to be stored.

    row: from 1. keys: the lead's identifiers, strongest first; also: further addresses and numbers. lead, company:
    traits as leads.people reads them. events: kinds and times, UTC.
    """

    row: int
    line: int
    keys: tuple[Key, ...] = ()
    also: tuple[Key, ...] = ()
    lead: Traits = field(default_factory=dict)
    company: Traits = field(default_factory=dict)
    source: str = ""
    owner_id: int | None = None
    created_at: datetime | None = None
    # Tuples, mostly empty: lists would be a hundred thousand objects for the garbage collector to track.
    events: tuple[tuple[str, datetime], ...] = ()
    consents: tuple[ConsentCell, ...] = ()
    notes: tuple[Note, ...] = ()
    # Used while the row is parsed.
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    user_id: str = ""

    def note(self, kind: str, text: str) -> None:
        """Remember a value that could not be used as it is."""
        self.notes += (Note(kind, text[:300]),)


class RowReader:
    """Parses the rows of one file. owners: ids of users by their names and addresses, in lower case."""

    def __init__(self, headings: Sequence[str], choice: Choice, owners: Mapping[str, int], *, now: datetime) -> None:
        self._width = len(headings)
        self._choice, self._owners, self._now = choice, owners, now
        self._country_at = choice.columns.index("country") if "country" in choice.columns else None
        self._setters = [
            (place, self._setter(target, headings[place])) for place, target in enumerate(choice.columns) if target
        ]
        self._country = ""

    def read(self, number: int, row: Row) -> Draft | Refusal:
        """Return the draft of a row, or why it is refused."""
        cells = row.cells
        if len(cells) != self._width:
            if any(cells[self._width :]):
                return Refusal(
                    number, row.line, "More values than headings",
                    f"The row has {len(cells)} values under {self._width} headings; a quotation mark may be missing.",
                )  # fmt: skip
            cells = cells + [""] * (self._width - len(cells))
        draft = Draft(number, row.line)
        self._country = self._country_of(cells)
        for place, put in self._setters:
            cell = cells[place].strip()
            if cell in NOTHING:
                continue
            if cell[0] == "'" and _ESCAPED.match(cell):
                cell = cell[1:]
            put(draft, cell)
        return self._identified(draft)

    def _country_of(self, cells: Sequence[str]) -> str:
        own = country_code(cells[self._country_at]) if self._country_at is not None else ""
        return own or self._choice.default_country

    def _identified(self, draft: Draft) -> Draft | Refusal:
        keys: tuple[Key, ...] = ((USER_ID, draft.user_id),) if draft.user_id else ()
        if draft.emails:
            draft.lead["email"] = draft.emails[0]
            keys += ((EMAIL, draft.emails[0]),)
        if draft.phones:
            draft.lead["phone"] = draft.phones[0]
            keys += ((PHONE, draft.phones[0]),)
        if not keys:
            if draft.notes:
                kinds = {"Not an e-mail address", "Not a phone number"}
                wrong = next((note for note in draft.notes if note.kind in kinds), None)
                if wrong is not None:
                    return Refusal(draft.row, draft.line, wrong.kind, f"{wrong.text} Nothing else tells who it is.")
            text = "There is no e-mail address, phone number or user id in the row."
            return Refusal(draft.row, draft.line, "Nobody to recognise", text)
        draft.keys = keys
        if len(draft.emails) > 1 or len(draft.phones) > 1:
            draft.also = (
                *((EMAIL, address) for address in draft.emails[1:]),
                *((PHONE, number) for number in draft.phones[1:]),
            )
        if draft.company and not (draft.company.get("name") or draft.company.get("domain")):
            draft.note("Company without a name", "What the row says of a company is left out: it names none.")
            draft.company = {}
        return draft

    def _setter(self, target: str, heading: str) -> Callable[[Draft, str], None]:
        own = {
            "email": self._put_email,
            "phone": self._put_phone,
            "name": _put_name,
            "user_id": _put_user_id,
            "source": _put_source,
            "owner": self._put_owner,
            "created_at": self._put_created_at,
            "company.domain": _put_domain,
            "company.employee_count": _put_employee_count,
        }.get(target)
        if own is not None:
            return own
        if target in CONSENTS:
            return _consent_setter(target, heading)
        if target.startswith(EVENT):
            return self._event_setter(target.removeprefix(EVENT), heading)
        if target.startswith(COMPANY):
            name = target.removeprefix(COMPANY)
            return _text_setter("company", name, heading, ORGANIZATION_COLUMNS[name])
        return _text_setter("lead", target, heading, LEAD_COLUMNS.get(target, LONGEST_TEXT))

    def _put_email(self, draft: Draft, cell: str) -> None:
        found, left = values.emails(cell)
        draft.emails += tuple(address for address in found if address not in draft.emails) if draft.emails else found
        if left:
            draft.note("Not an e-mail address", f"“{left[:100]}” is not an e-mail address.")
            if not found:
                draft.lead[f"{ATTRIBUTE}email"] = cell[:LONGEST_TEXT]

    def _put_phone(self, draft: Draft, cell: str) -> None:
        found, left = values.phones(cell, self._country)
        draft.phones += tuple(number for number in found if number not in draft.phones) if draft.phones else found
        if left:
            expected = "" if self._country else " with its country's code; choose the country of such numbers"
            draft.note("Not a phone number", f"“{left[:100]}” is not a phone number{expected}.")
            if not found:
                draft.lead[f"{ATTRIBUTE}phone"] = cell[:LONGEST_TEXT]

    def _put_owner(self, draft: Draft, cell: str) -> None:
        draft.owner_id = self._owners.get(cell.lower())
        if draft.owner_id is None:
            draft.note("Owner nobody here", f"Nobody who works with leads here is called “{cell[:100]}”.")
            draft.lead[f"{ATTRIBUTE}owner"] = cell[:LONGEST_TEXT]

    def _put_created_at(self, draft: Draft, cell: str) -> None:
        moment = self._moment(draft, cell)
        if moment is not None:
            draft.created_at = moment

    def _event_setter(self, kind: str, heading: str) -> Callable[[Draft, str], None]:
        def put(draft: Draft, cell: str) -> None:
            moment = None if normal_name(cell) in values.NO else self._moment(draft, cell)
            if moment is not None:
                draft.events += ((kind, moment),)
                if kind == UNSUBSCRIBED:
                    draft.consents += (ConsentCell(ConsentChannel.EMAIL, ConsentState.WITHDRAWN, f"{heading}: {cell}"),)

        return put

    def _moment(self, draft: Draft, cell: str) -> datetime | None:
        moment = values.moment(cell, day_first=self._choice.day_first)
        if moment is None:
            draft.note("Not a date", f"“{cell[:100]}” is not a date that can be read.")
        elif moment > self._now:
            draft.note("Date to come", f"“{cell[:100]}” is a date to come; only what has happened counts.")
            moment = None
        return moment


def _text_setter(part: str, name: str, heading: str, longest: int) -> Callable[[Draft, str], None]:
    if part == "company":

        def put_company(draft: Draft, cell: str) -> None:
            draft.company[name] = cell if len(cell) <= longest else _cut(draft, cell, heading, longest)

        return put_company

    def put_lead(draft: Draft, cell: str) -> None:
        draft.lead[name] = cell if len(cell) <= longest else _cut(draft, cell, heading, longest)

    return put_lead


def _consent_setter(target: str, heading: str) -> Callable[[Draft, str], None]:
    channel, is_opt_out = CONSENTS[target]

    def put(draft: Draft, cell: str) -> None:
        said = normal_name(cell)
        if said not in values.YES and said not in values.NO:
            draft.note("Neither yes nor no", f"“{cell[:100]}” under {heading} says neither yes nor no.")
        elif not is_opt_out:
            state = ConsentState.GIVEN if said in values.YES else ConsentState.WITHDRAWN
            draft.consents += (ConsentCell(channel, state, f"{heading}: {cell}"),)
        elif said in values.YES:
            # Not having opted out is no consent.
            draft.consents += (ConsentCell(channel, ConsentState.WITHDRAWN, f"{heading}: {cell}"),)

    return put


def _cut(draft: Draft, cell: str, heading: str, longest: int) -> str:
    draft.note("Cut to length", f"{heading} has {len(cell):,} characters; the first {longest:,} are kept.")
    return cell[:longest].strip()


def _put_name(draft: Draft, cell: str) -> None:
    first, last = values.name_parts(cell)
    for column, part in (("first_name", first), ("last_name", last)):
        if part:
            longest = LEAD_COLUMNS[column]
            draft.lead[column] = part if len(part) <= longest else _cut(draft, part, "Name", longest)


def _put_user_id(draft: Draft, cell: str) -> None:
    draft.user_id = cell.removesuffix(".0")[:LONGEST_USER_ID]


def _put_source(draft: Draft, cell: str) -> None:
    draft.source = channel_named(cell)
    if not draft.source:
        draft.lead[ATTRIBUTE + SOURCE_NOTE] = cell[:LONGEST_TEXT]


def _put_domain(draft: Draft, cell: str) -> None:
    domain = domain_of(cell)
    if domain:
        draft.company["domain"] = domain
    else:
        draft.note("Not a website", f"“{cell[:100]}” is not the address of a website.")
        draft.lead[ATTRIBUTE + attribute_name("website")] = cell[:LONGEST_TEXT]


def _put_employee_count(draft: Draft, cell: str) -> None:
    number = values.whole_number(cell)
    if number is None:
        draft.note("Not a number", f"“{cell[:100]}” is not a number of employees.")
    else:
        draft.company["employee_count"] = number
