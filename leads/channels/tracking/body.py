"""The body of a request: bytes in, a JSON object out, whatever the content type says."""

import json
import math
import re
import zlib
from typing import Any

from leads.errors import LeadError

MOST_BYTES = 500 * 1024
GZIP_MAGIC = b"\x1f\x8b"
# Escapes that PostgreSQL can't store: NUL, and halves of a surrogate pair.
UNSTORABLE = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")
LONGEST_NUMBER = 18


class BodyRefused(LeadError):
    """A request that can't be read at all. code: for programs."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def unpack(raw: bytes) -> bytes:
    """Return the bytes of a body, gunzipped where they are gzip: some clients send no header that says so.

    Raises BodyRefused for what is cut off or over the limit.
    """
    if raw.startswith(GZIP_MAGIC):
        raw = _gunzip(raw)
    if len(raw) > MOST_BYTES:
        raise too_large()
    return raw


def read_body(plain: bytes) -> dict[str, Any]:
    """Return the JSON object of an unpacked body.

    NaN becomes null; numbers that no database holds stay as the text they were. Raises BodyRefused.
    """
    text = _text(plain)
    try:
        body = _decode(text)
        if UNSTORABLE.search(text):
            body = _storable(body)
    except RecursionError as error:
        raise BodyRefused("invalid_json", "The body is nested too deep.") from error
    except ValueError as error:
        raise BodyRefused("invalid_json", f"The body is not JSON: {error}.") from error
    if not isinstance(body, dict):
        raise BodyRefused("invalid_json", f"The body must be a JSON object, got {type_name(body)}.")
    return body


def too_large() -> BodyRefused:
    """Return the refusal of a body over the limit."""
    return BodyRefused("too_large", f"The body must have at most {MOST_BYTES:,} bytes, unpacked too.")


def type_name(value: Any) -> str:
    """Return the JSON name of a value's type, with its article."""
    if value is None or isinstance(value, bool):
        return "null" if value is None else "a boolean"
    names = {str: "a string", int: "a number", float: "a number", list: "a list", dict: "an object"}
    return names.get(type(value), "something else")


def _gunzip(raw: bytes) -> bytes:
    """Unpack no more than one byte over the limit, however much a small body unpacks to."""
    unpacker = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    try:
        plain = unpacker.decompress(raw, MOST_BYTES + 1)
    except zlib.error as error:
        raise BodyRefused("invalid_gzip", "The body starts like gzip but can't be unpacked.") from error
    if len(plain) <= MOST_BYTES and not unpacker.eof:
        raise BodyRefused("invalid_gzip", "The gzip body is cut off.")
    return plain


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BodyRefused("invalid_json", "The body is not UTF-8.") from error


def _float(text: str) -> float | str:
    number = float(text)
    return number if math.isfinite(number) else text[:100]


def _int(text: str) -> int | str:
    return int(text) if len(text) <= LONGEST_NUMBER else text[:100]


def _nothing(name: str) -> None:
    return None


def _storable(value: Any) -> Any:
    """Return a value without NUL and with "?" for halves of surrogate pairs."""
    if isinstance(value, str):
        return value.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, list):
        return [_storable(item) for item in value]
    if isinstance(value, dict):
        return {_storable(key): _storable(item) for key, item in value.items()}
    return value


_decode = json.JSONDecoder(parse_float=_float, parse_int=_int, parse_constant=_nothing).decode
