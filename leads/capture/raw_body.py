"""The raw bytes of a request body, for channels that parse or verify them as sent."""

from django.http import HttpRequest


class TooLarge(Exception):
    """A body over the limit."""


def read_raw(request: HttpRequest, *, most: int) -> bytes:
    """Return the body; it stays unread if its declared length exceeds `most`. Raises TooLarge.

    A chunked body declares no length, and Django would treat it as empty.
    """
    length = request.META.get("CONTENT_LENGTH") or ""
    if not length and "HTTP_TRANSFER_ENCODING" in request.META:
        raw: bytes = request.META["wsgi.input"].read(most + 1)
    elif length.isdecimal() and int(length) > most:
        raise TooLarge
    else:
        # Not `request.body`, which enforces Django's own limit.
        raw = request.read()
    if len(raw) > most:
        raise TooLarge
    return raw
