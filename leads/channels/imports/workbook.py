"""Excel workbooks: the first non-empty visible sheet, converted to CSV text.

All later steps read text only, and the workbook is unpacked into memory once.
"""

import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from typing import BinaryIO

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum
from python_calamine import SheetVisibleEnum as Visible

from leads.channels.imports.sheet import Format, SheetRefused

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP = b"PK\x03\x04"
MOST_UNPACKED = 400_000_000  # bytes
WRITTEN_AS = Format("utf-8", ",", is_workbook=True)
# Names inside the container of an encrypted workbook are UTF-16.
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


def is_workbook(start: bytes) -> bool:
    """Return whether a file's first bytes are those of an Excel workbook, old or new."""
    return start.startswith((OLE, ZIP))


def refuse_old_or_locked(file: BinaryIO) -> None:
    """Raise SheetRefused for a workbook of the old kind, and for one with a password."""
    file.seek(0)
    content = file.read(4_000_000)
    if not content.startswith(OLE):
        return
    if ENCRYPTED in content:
        raise SheetRefused("The workbook is protected by a password. Save it without one and choose it again.")
    raise SheetRefused("This is a workbook of the old .xls kind. Save it as .xlsx or as CSV and choose that.")


def write_as_text(file: BinaryIO, to: io.TextIOBase) -> None:
    """Write the first non-empty visible sheet as CSV. Raises SheetRefused."""
    refuse_old_or_locked(file)
    _refuse_bomb(file)
    file.seek(0)
    try:
        with CalamineWorkbook.from_filelike(file) as workbook:
            writer = csv.writer(to, lineterminator="\n")
            for cells in _rows(workbook):
                writer.writerow([_text(cell) for cell in cells])
    except PasswordError as error:
        raise SheetRefused(
            "The workbook is protected by a password. Save it without one and choose it again."
        ) from error
    except (CalamineError, ValueError, OSError) as error:
        raise SheetRefused(f"The workbook can't be read; it may be damaged or no workbook at all: {error}") from error


def _refuse_bomb(file: BinaryIO) -> None:
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
    except zipfile.BadZipFile as error:
        raise SheetRefused("The workbook can't be read; it is damaged or was not copied whole.") from error
    if unpacked > MOST_UNPACKED:
        raise SheetRefused(
            f"The workbook unpacks to {unpacked // 1_000_000:,} MB, more than {MOST_UNPACKED // 1_000_000:,}. "
            "Save the sheet as CSV and choose that."
        )


def _rows(workbook: CalamineWorkbook) -> Iterator[Sequence[object]]:
    for sheet in workbook.sheets_metadata:
        if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == Visible.Visible:
            content = workbook.get_sheet_by_name(sheet.name)
            if content.height:
                # Including blank rows, so that row numbers match those in Excel.
                yield from content.iter_rows()
                return


def _text(cell: object) -> str:
    """Return a cell as in a text file: whole numbers without a fraction, dates as ISO 8601."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e18 else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ", timespec="seconds")
    return cell.isoformat() if isinstance(cell, date | time) else str(cell)
