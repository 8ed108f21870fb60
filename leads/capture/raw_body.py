"""The bytes of a request, for channels that read or verify them as they were sent."""

from django.http import HttpRequest


class TooLarge(Exception):
    """A body over the limit."""


def read_raw(request: HttpRequest, *, most: int) -> bytes:
    """Return the bytes of a request, unread where its length says that they are more than `most`. Raises TooLarge.

    A body sent in chunks says no length, and Django takes it for empty.
    """
    length = request.META.get("CONTENT_LENGTH") or ""
    if not length and "HTTP_TRANSFER_ENCODING" in request.META:
        raw: bytes = request.META["wsgi.input"].read(most + 1)
    elif length.isdecimal() and int(length) > most:
        raise TooLarge
    else:
        # Not `request.body`, which has a limit of its own.
        raw = request.read()
    if len(raw) > most:
        raise TooLarge
    return raw
