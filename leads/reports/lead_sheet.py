"""Leads as a sheet: selectable columns, written row by row as CSV or XLSX."""

import csv
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from tempfile import TemporaryFile
from typing import IO, Any, NamedTuple

import xlsxwriter
from django.db.models import QuerySet

from leads.errors import LeadError
from leads.events.channels import channel_label
from leads.models import Lead, Stage

FETCHED = 2_000
MOST_IN_A_WORKBOOK = 200_000
# Attributes differ between leads; those of this many first leads are offered as columns.
LOOKED_AT = 500
MOST_ATTRIBUTES = 100
ATTRIBUTE = "attributes."
# First characters that a spreadsheet takes for a formula, and the prefix that prevents it.
_FORMULA = re.compile(r"'*[=+\-@\t\r\n]")


class TooMany(LeadError):
    """More leads than the file format can hold."""


class SheetColumn(NamedTuple):
    """A column to choose. field: the path of the value for Django. show: its formatting."""

    label: str
    field: str
    show: Callable[[Any], Any] = lambda value: value
    is_usual: bool = True


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)


def _time(value: datetime) -> str:
    return value.isoformat(sep=" ", timespec="seconds")[:19]


COLUMNS: Mapping[str, SheetColumn] = {
    "email": SheetColumn("Email", "email"),
    "phone": SheetColumn("Phone", "phone"),
    "first_name": SheetColumn("First name", "first_name"),
    "last_name": SheetColumn("Last name", "last_name"),
    "title": SheetColumn("Job title", "title"),
    "country": SheetColumn("Country", "country"),
    "company": SheetColumn("Company", "organization__name"),
    "website": SheetColumn("Website", "organization__domain"),
    "industry": SheetColumn("Industry", "organization__industry"),
    "employees": SheetColumn("Employees", "organization__employee_count"),
    "stage": SheetColumn("Stage", "stage", lambda value: Stage(value).label),
    "score": SheetColumn("Score", "score", _rounded),
    "fit": SheetColumn("Fit", "fit", _rounded, is_usual=False),
    "behaviour": SheetColumn("Behaviour", "behaviour", _rounded, is_usual=False),
    "likelihood": SheetColumn("Likelihood", "likelihood", _rounded, is_usual=False),
    "persona": SheetColumn("Persona", "persona", is_usual=False),
    "source": SheetColumn("Source", "source", channel_label),
    "owner": SheetColumn("Owner", "owner__username"),
    "last_activity": SheetColumn("Last activity", "last_event_at", _time),
    "created": SheetColumn("Known since", "created_at", _time),
    "id": SheetColumn("Lead", "id", is_usual=False),
}


def attribute_columns(leads: "QuerySet[Lead]") -> dict[str, SheetColumn]:
    """Return a column for each attribute of the first leads in a list."""
    names = {name for attributes in leads.values_list("attributes", flat=True)[:LOOKED_AT] for name in attributes}
    return {ATTRIBUTE + name: attribute_column(name) for name in sorted(names)[:MOST_ATTRIBUTES]}


def attribute_column(name: str) -> SheetColumn:
    """Return the column of an attribute."""

    def show(attributes: Mapping[str, Any]) -> Any:
        value = attributes.get(name)
        return value if value is None or isinstance(value, str | int | float) else str(value)

    return SheetColumn(name.replace("_", " ").capitalize(), "attributes", show)


def chosen_columns(keys: Sequence[str]) -> list[SheetColumn]:
    """Return the columns with these keys; unknown keys are ignored."""
    return [
        attribute_column(key.removeprefix(ATTRIBUTE)) if key.startswith(ATTRIBUTE) else COLUMNS[key]
        for key in dict.fromkeys(keys)
        if key in COLUMNS or key.startswith(ATTRIBUTE)
    ]


def safe_cell(value: Any) -> Any:
    """Return text that no spreadsheet takes for a formula: prefixed with an apostrophe, which imports remove."""
    return f"'{value}" if isinstance(value, str) and _FORMULA.match(value) else value


class _Line:
    """A file of one line at a time, for the csv module to write into."""

    def write(self, text: str) -> str:
        return text


def csv_lines(leads: "QuerySet[Lead]", columns: Sequence[SheetColumn]) -> Iterator[str]:
    """Yield leads as CSV, some thousand at a time; UTF-8 with a BOM for Excel."""
    writer: Any = csv.writer(_Line())
    yield "\ufeff" + writer.writerow([safe_cell(column.label) for column in columns])
    for row in _rows(leads, columns):
        yield writer.writerow([safe_cell(value) for value in row])


def workbook_of(leads: "QuerySet[Lead]", columns: Sequence[SheetColumn]) -> IO[bytes]:
    """Write leads into a workbook on disk and return it open. Raises TooMany."""
    if leads.order_by()[: MOST_IN_A_WORKBOOK + 1].count() > MOST_IN_A_WORKBOOK:
        raise TooMany(f"A workbook takes at most {MOST_IN_A_WORKBOOK:,} leads; narrow the list down or choose CSV.")
    # Closed by the response.
    file = TemporaryFile()  # noqa: SIM115
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as book:
        sheet = book.add_worksheet("Leads")
        bold = book.add_format({"bold": True})
        for place, column in enumerate(columns):
            sheet.write_string(0, place, column.label, bold)
        for number, row in enumerate(_rows(leads, columns), 1):
            _write_row(sheet, number, row)
        sheet.freeze_panes(1, 0)
    file.seek(0)
    return file


def _write_row(sheet: Any, number: int, row: Sequence[Any]) -> None:
    for place, value in enumerate(row):
        if isinstance(value, str):
            if value:
                sheet.write_string(number, place, value)
        elif isinstance(value, bool):
            sheet.write_boolean(number, place, value)
        elif value is not None:
            sheet.write_number(number, place, value)


def _rows(leads: "QuerySet[Lead]", columns: Sequence[SheetColumn]) -> Iterator[list[Any]]:
    """Yield the values of leads from one snapshot, with a server-side cursor if the database has them."""
    fields = list(dict.fromkeys(column.field for column in columns))
    places = [(fields.index(column.field), column.show) for column in columns]
    for values in leads.values_list(*fields).iterator(chunk_size=FETCHED):
        yield [show(values[place]) for place, show in places]
