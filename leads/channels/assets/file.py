"""The files of downloads: the accepted types, and how they are stored."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePath
from typing import NamedTuple
from uuid import uuid4

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from leads.models.asset import asset_storage
from leads.people.edit import InvalidField

HEAD = 512  # leading bytes that identify a file's type
LONGEST_NAME = 120


class FileType(NamedTuple):
    """An accepted type of file: its media type and its first bytes."""

    media_type: str
    looks_right: Callable[[bytes], bool]


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A stored file. name: the name that it is saved under; stored_as: our own name for it."""

    stored_as: str
    name: str
    media_type: str
    size: int
    hash: str


def _begins(*signatures: bytes) -> Callable[[bytes], bool]:
    return lambda head: head.startswith(signatures)


def _is_text(head: bytes) -> bool:
    return b"\0" not in head


def _is_mp4(head: bytes) -> bool:
    return head[4:8] == b"ftyp"


_ZIP = _begins(b"PK\x03\x04")
_OFFICE = "application/vnd.openxmlformats-officedocument"
_OPEN = "application/vnd.oasis.opendocument"
# No type that a browser would execute. Anything else can be uploaded as a ZIP.
TYPES = {
    ".pdf": FileType("application/pdf", lambda head: b"%PDF-" in head),
    ".epub": FileType("application/epub+zip", _ZIP),
    ".zip": FileType("application/zip", _ZIP),
    ".docx": FileType(f"{_OFFICE}.wordprocessingml.document", _ZIP),
    ".xlsx": FileType(f"{_OFFICE}.spreadsheetml.sheet", _ZIP),
    ".pptx": FileType(f"{_OFFICE}.presentationml.presentation", _ZIP),
    ".odt": FileType(f"{_OPEN}.text", _ZIP),
    ".ods": FileType(f"{_OPEN}.spreadsheet", _ZIP),
    ".odp": FileType(f"{_OPEN}.presentation", _ZIP),
    ".csv": FileType("text/csv", _is_text),
    ".txt": FileType("text/plain", _is_text),
    ".jpg": FileType("image/jpeg", _begins(b"\xff\xd8\xff")),
    ".jpeg": FileType("image/jpeg", _begins(b"\xff\xd8\xff")),
    ".png": FileType("image/png", _begins(b"\x89PNG\r\n\x1a\n")),
    ".mp3": FileType("audio/mpeg", _begins(b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2")),
    ".mp4": FileType("video/mp4", _is_mp4),
}
ACCEPTED = ",".join(TYPES)


def keep_file(upload: UploadedFile) -> KeptFile:
    """Store a file under a name of our own and return its details.

    Raises InvalidField if the type is not accepted, the content is not of that type, or the file is empty or too large.
    """
    name = safe_name(upload.name or "")
    suffix = PurePath(name).suffix.lower()
    file_type = TYPES.get(suffix)
    if file_type is None:
        raise _refused(f"Expected one of {', '.join(TYPES)}; got “{name[:80]}”.")
    size, most = upload.size or 0, settings.MOST_MEGABYTES_OF_A_DOWNLOAD
    if not 0 < size <= most * 1024 * 1024:
        raise _refused(f"Expected a file of at most {most} MB that is not empty; got {size:,} bytes.")
    digest = hashlib.sha256()
    for place, chunk in enumerate(upload.chunks()):
        if place == 0 and not file_type.looks_right(chunk[:HEAD]):
            raise _refused(f"“{name[:80]}” is not what its name says: its content is no {suffix}.")
        digest.update(chunk)
    stored_as = asset_storage().save(f"downloads/{uuid4().hex}{suffix}", upload)
    return KeptFile(stored_as, name, file_type.media_type, size, digest.hexdigest())


def forget_file(stored_as: str) -> None:
    """Delete a file that no row points to any more."""
    asset_storage().delete(stored_as)


def safe_name(name: str) -> str:
    """Return a file name without folders and forbidden characters. It is only displayed and used when saving."""
    last = re.split(r"[/\\]", name)[-1]
    plain = re.sub(r"[\x00-\x1f\x7f<>:\"|?*\u202a-\u202e\u2066-\u2069]", "", last).strip(" .")
    path = PurePath(plain or "file")
    return f"{path.stem[:LONGEST_NAME]}{path.suffix[:12]}"


def _refused(words: str) -> InvalidField:
    return InvalidField("file", words)
