"""Read a file's rows as a stream of text, in constant memory."""

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from django.core.files.storage import default_storage

from leads.channels.imports.dialect import SEP_LINE
from leads.errors import LeadError
from leads.identity.keys import normal_email

LONGEST_VALUE = 1_000_000  # characters
MOST_COLUMNS = 2_000

csv.field_size_limit(LONGEST_VALUE)


class SheetRefused(LeadError):
    """A file that can't be read, with the reason."""


class Row(NamedTuple):
    """A row. line: of its beginning in the file, or its row in the workbook, from 1. cells: as in the file."""

    line: int
    cells: list[str]


class Format(NamedTuple):
    """The format of a text file."""

    encoding: str
    delimiter: str
    is_workbook: bool = False


@contextmanager
def opened(name: str, how: Format) -> Iterator[Iterator[Row]]:
    """Open a stored file and yield its rows, except blank ones, headings first.

    Raises SheetRefused if the file is gone, and during iteration if a row can't be read.
    """
    try:
        file = default_storage.open(name, "rb")
    except OSError as error:
        raise SheetRefused("The file is no longer here; choose it again.") from error
    with file, io.TextIOWrapper(file, encoding=how.encoding, newline="") as text:
        yield rows_of(text, how)


def rows_of(text: Iterator[str], how: Format) -> Iterator[Row]:
    """Parse lines of text into rows; blank ones are left out."""
    lines = _Lines(text)
    # Spaces after a delimiter are ignored; otherwise they would hide an opening quotation mark.
    reader = csv.reader(lines, delimiter=how.delimiter, skipinitialspace=True)
    line = 1
    while True:
        lines.begin()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise _broken(line, str(error)) from error
        if lines.has_ended and not how.is_workbook:
            lines.check_closed(line, how.delimiter)
        if any(cells) and not (line == 1 and _is_sep_line(cells)) and any(map(str.strip, cells)):
            yield Row(line, cells)
        line = line + 1 if how.is_workbook else reader.line_num + 1


class _Lines:
    """Lines without NUL characters, which databases can't store. Remembers the lines of the current row."""

    def __init__(self, text: Iterator[str]) -> None:
        self._text = text
        self._of_row: list[str] = []
        self.has_ended = False

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        try:
            line = next(self._text)
        except StopIteration:
            self.has_ended = True
            raise
        except UnicodeError as error:
            raise SheetRefused(f"The file is not text in one encoding: {error}.") from error
        if "\0" in line:
            line = line.replace("\0", "")
        self._of_row.append(line)
        return line

    def begin(self) -> None:
        """Forget the lines of the previous row."""
        self._of_row.clear()

    def check_closed(self, first: int, delimiter: str) -> None:
        """Raise SheetRefused if the file ends inside quotation marks: the rest would be taken for one value."""
        try:
            list(csv.reader(self._of_row, delimiter=delimiter, strict=True, skipinitialspace=True))
        except csv.Error as error:
            if "unexpected end of data" in str(error):
                raise _broken(first, "a quotation mark opens and is never closed") from error


def _broken(line: int, what: str) -> SheetRefused:
    if "field larger than field limit" in what:
        what = f"a value has more than {LONGEST_VALUE:,} characters; a quotation mark may be missing"
    return SheetRefused(f"The row that begins in line {line:,} can't be read: {what}.")


def _is_sep_line(cells: list[str]) -> bool:
    return cells[0].lower().startswith(SEP_LINE) and not any(cells[1:])


def has_headings(first: list[str]) -> bool:
    """Return whether a file's first row contains headings; one with an e-mail address is already a lead."""
    return not any(normal_email(cell) for cell in first)


def headings_of(first: list[str]) -> list[str]:
    """Return a unique name for each column."""
    given = [cell.strip()[:200] for cell in first] if has_headings(first) else [""] * len(first)
    names: list[str] = []
    for number, name in enumerate(given, 1):
        name, again = name or f"Column {number}", 2
        base = name
        while name in names:
            name, again = f"{base} ({again})", again + 1
        names.append(name)
    return names


def leads_of(rows: Iterator[Row]) -> Iterator[Row]:
    """Return the rows below the headings, or all rows if there are no headings."""
    first = next(rows, None)
    if first is not None:
        if not has_headings(first.cells):
            yield first
        yield from rows
