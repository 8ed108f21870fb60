"""Parsing of request bodies."""

import json
import sys
from collections.abc import Mapping
from typing import IO, Any

from rest_framework import status
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import BaseParser

MOST_BYTES = 1_048_576


class BodyTooLarge(APIException):
    """A body larger than any lead or event needs."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_detail = f"The body must be at most {MOST_BYTES} bytes."
    default_code = "too_large"


class StrictJSONParser(BaseParser):
    """JSON of limited size that both databases can store: no NUL, no lone surrogate, no number beyond a float."""

    media_type = "application/json"

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """Return the parsed body. Raises ParseError and BodyTooLarge."""
        body = stream.read(MOST_BYTES + 1)
        if len(body) > MOST_BYTES:
            raise BodyTooLarge
        try:
            value = json.loads(body.decode("utf-8"), parse_int=_int)
            stored = json.dumps(value, ensure_ascii=False, allow_nan=False).encode("utf-8")
        except (ValueError, RecursionError) as error:
            raise ParseError(f"The body must be JSON in UTF-8: {str(error)[:200]}") from error
        # With escaped backslashes removed, any remaining escape is a real one.
        if rb"\u0000" in stored.replace(rb"\\", b""):
            raise ParseError("The body must not contain the character U+0000.")
        return value


def _int(digits: str) -> int:
    """Read a whole number; Python would take more digits than whoever reads the number later. Raises ValueError."""
    number = int(digits)
    if not -sys.float_info.max <= number <= sys.float_info.max:
        raise ValueError(f"out of range: a number of {len(digits)} digits")
    return number
