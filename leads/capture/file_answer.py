"""File downloads over HTTP: always as attachments, resumable after a broken connection."""

import re
from collections.abc import Iterator
from typing import IO

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header

from leads.models import Asset

BLOCK = 64 * 1024
HEADERS = {
    "Accept-Ranges": "bytes",
    "Cache-Control": "private, no-cache",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}
_RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")


def file_answer(request: HttpRequest, asset: Asset) -> HttpResponseBase:
    """Return a download's file, or the requested part of it. Raises FileNotFoundError if it is gone."""
    etag = f'"{asset.file_hash[:32]}"'
    unchanged = get_conditional_response(request, etag=etag)
    if unchanged is not None:
        return unchanged
    wanted = _wanted(request, etag, asset.file_size)
    if wanted is None:
        response: HttpResponseBase = FileResponse(asset.file.open("rb"), content_type=asset.file_type)
        response["Content-Length"] = str(asset.file_size)
    elif wanted.start >= wanted.stop:
        response = HttpResponse(status=416, headers={"Content-Range": f"bytes */{asset.file_size}"})
    else:
        part = _blocks(asset.file.open("rb"), wanted)
        response = StreamingHttpResponse(part, status=206, content_type=asset.file_type)
        response["Content-Length"] = str(len(wanted))
        response["Content-Range"] = f"bytes {wanted.start}-{wanted.stop - 1}/{asset.file_size}"
    response["ETag"] = etag
    response["Content-Disposition"] = content_disposition_header(True, asset.file_name) or "attachment"
    for name, value in HEADERS.items():
        response[name] = value
    return response


def _wanted(request: HttpRequest, etag: str, size: int) -> range | None:
    """Return the requested bytes, None for all of them; an empty range if it is not satisfiable.

    For several ranges, or a range of another version of the file, the whole file may be sent.
    """
    asked = _RANGE.fullmatch(request.headers.get("Range", ""))
    if not asked or asked[0] == "bytes=-" or request.headers.get("If-Range", etag) != etag:
        return None
    first, last = asked[1], asked[2]
    if not first:
        return range(max(0, size - int(last)), size)
    stop = min(int(last) + 1, size) if last else size
    return range(int(first), max(stop, int(first)) if int(first) < size else int(first))


def _blocks(file: IO[bytes], wanted: range) -> Iterator[bytes]:
    with file:
        file.seek(wanted.start)
        left = len(wanted)
        while left > 0 and (block := file.read(min(BLOCK, left))):
            left -= len(block)
            yield block
