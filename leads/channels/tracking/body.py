"""Parse a request body: bytes to a JSON object, whatever the content type."""

import json
import math
import re
import zlib
from typing import Any

import orjson

from leads.errors import LeadError

MOST_BYTES = 500 * 1024
# The most that RudderStack's clients put into a batch before compression; a refused batch is dropped.
MOST_UNPACKED_BYTES = 4 * 1024 * 1024
GZIP_MAGIC = b"\x1f\x8b"
# Escapes that PostgreSQL can't store: NUL and lone surrogates.
UNSTORABLE = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")
LONGEST_NUMBER = 18
# Long numbers are found by replacing all digits with one: a regular expression takes twenty times as long.
SAME_DIGITS = bytes.maketrans(b"123456789", b"000000000")
LONG_NUMBER = b"0" * (LONGEST_NUMBER + 1)


class BodyRefused(LeadError):
    """The request can't be parsed. code: for programs."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def unpack(raw: bytes, *, most: int = MOST_BYTES) -> bytes:
    """Return a body's bytes, unzipped if they are gzip: some clients omit the header.

    most: bytes of the body as sent. Raises BodyRefused if it is truncated or over the limit.
    """
    if len(raw) > most:
        raise too_large(most)
    return _gunzip(raw) if raw.startswith(GZIP_MAGIC) else raw


def read_body(plain: bytes) -> dict[str, Any]:
    """Return the JSON object of an unpacked body. Raises BodyRefused."""
    body = read_json(plain)
    if not isinstance(body, dict):
        raise BodyRefused("invalid_json", f"The body must be a JSON object, got {type_name(body)}.")
    return body


def read_json(plain: bytes) -> Any:
    """Return the JSON value of an unpacked body.

    NaN becomes null; numbers that databases can't store become text. Raises BodyRefused.
    """
    text = _text(plain)
    try:
        body = _decoded(plain, text)
        if UNSTORABLE.search(text):
            body = _storable(body)
    except RecursionError as error:
        raise BodyRefused("invalid_json", "The body is nested too deep.") from error
    except ValueError as error:
        raise BodyRefused("invalid_json", f"The body is not JSON: {error}.") from error
    return body


def too_large(most: int = MOST_BYTES) -> BodyRefused:
    """Return the refusal of a body over the limit."""
    return BodyRefused("too_large", f"The body must have at most {most:,} bytes.")


def type_name(value: Any) -> str:
    """Return the JSON name of a value's type, with its article."""
    if value is None or isinstance(value, bool):
        return "null" if value is None else "a boolean"
    names = {str: "a string", int: "a number", float: "a number", list: "a list", dict: "an object"}
    return names.get(type(value), "something else")


def _gunzip(raw: bytes) -> bytes:
    """Unpack at most one byte over the limit, however large the unpacked data is."""
    unpacker = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    try:
        plain = unpacker.decompress(raw, MOST_UNPACKED_BYTES + 1)
    except zlib.error as error:
        raise BodyRefused("invalid_gzip", "The body starts like gzip but can't be unpacked.") from error
    if len(plain) > MOST_UNPACKED_BYTES:
        raise BodyRefused("too_large", f"The body must have at most {MOST_UNPACKED_BYTES:,} bytes unpacked.")
    if not unpacker.eof:
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
    """Return a value without NUL and with "?" for lone surrogates."""
    if isinstance(value, str):
        return value.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, list):
        return [_storable(item) for item in value]
    if isinstance(value, dict):
        return {_storable(key): _storable(item) for key, item in value.items()}
    return value


def _decoded(plain: bytes, text: str) -> Any:
    """Decode with the fast parser; fall back to the slow one for what that refuses or would round."""
    if LONG_NUMBER not in plain.translate(SAME_DIGITS):
        try:
            return orjson.loads(text)
        except orjson.JSONDecodeError:
            pass
    return _decode(text)


_decode = json.JSONDecoder(parse_float=_float, parse_int=_int, parse_constant=_nothing).decode
