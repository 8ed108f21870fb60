"""Detect a text file's encoding and delimiter."""

import codecs
import csv
from collections import Counter
from typing import BinaryIO

DELIMITERS = (",", ";", "\t", "|")
LOOKED_AT = 65_536  # bytes
BLOCK = 1 << 20
# Excel's own first line for naming the delimiter.
SEP_LINE = "sep="

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def encoding_of(file: BinaryIO) -> str:
    """Return a file's encoding: by its BOM, by its zero bytes, UTF-8 if it is valid, otherwise Western."""
    file.seek(0)
    start = file.read(LOOKED_AT)
    for mark, encoding in _MARKS:
        if start.startswith(mark):
            return encoding
    if len(start) >= 2 and start.count(0) > len(start) // 4:
        # Mostly Latin text has zeros in the high bytes.
        return "utf-16-le" if start[1::2].count(0) > start[::2].count(0) else "utf-16-be"
    return next((one for one in ("utf-8", "cp1252") if _reads_as(file, one)), "latin-1")


def _reads_as(file: BinaryIO, encoding: str) -> bool:
    file.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        while block := file.read(BLOCK):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def delimiter_of(text: str) -> str:
    """Return the delimiter, given the beginning of a file."""
    first, _, _ = text.partition("\n")
    if first.lower().startswith(SEP_LINE) and len(first.rstrip("\r")) == len(SEP_LINE) + 1:
        return first[len(SEP_LINE)]
    # The last line may be incomplete.
    lines = text.splitlines()[:50]
    lines = lines[:-1] if len(lines) > 1 and len(text) >= LOOKED_AT // 4 else lines
    return max(DELIMITERS, key=lambda delimiter: _agreement(lines, delimiter))


def _agreement(lines: list[str], delimiter: str) -> tuple[float, int]:
    """Return how consistent the number of values per line is with this delimiter; one value per line proves nothing."""
    try:
        widths = [len(row) for row in csv.reader(lines, delimiter=delimiter) if row]
    except csv.Error:
        return (0.0, 0)
    if not widths or widths[0] < 2:
        return (0.0, 0)
    usual, times = Counter(widths).most_common(1)[0]
    return (times / len(widths) if usual > 1 else 0.0, widths[0])
