"""The scripts that websites load from here: our own snippet, and Segment's browser client for its CDN's address."""

import gzip
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from pathlib import Path

from django.http import HttpRequest, HttpResponse

from leads.capture.answers import not_allowed, opened, preflight, refusal

FOLDER = Path(__file__).parent / "scripts"
# Browsers revalidate after an hour and use the old script until they have the new one.
KEPT = "public, max-age=3600, stale-while-revalidate=86400"


@dataclass(frozen=True, slots=True)
class Script:
    """A script as sent, plain and gzipped, with its ETag."""

    plain: bytes
    packed: bytes
    tag: str


def snippet(request: HttpRequest) -> HttpResponse:
    """Send our own tracking snippet."""
    return _send(request, "c.js")


def segment_script(request: HttpRequest, name: str = "standalone.js") -> HttpResponse:
    """Send Segment's browser client, or one of the chunks that it loads on demand."""
    if name not in _names():
        return refusal(404, "not_found", "There is no such script.")
    return _send(request, f"analytics-next/{name}")


def _send(request: HttpRequest, path: str) -> HttpResponse:
    if request.method == "OPTIONS":
        return preflight(request, "GET, OPTIONS")
    if request.method not in ("GET", "HEAD"):
        return not_allowed("GET")
    script = read_script(path)
    is_known = script.tag in request.headers.get("If-None-Match", "")
    takes_gzip = "gzip" in request.headers.get("Accept-Encoding", "")
    body = b"" if is_known else script.packed if takes_gzip else script.plain
    response = HttpResponse(body, content_type="text/javascript; charset=utf-8", status=304 if is_known else 200)
    response["Cache-Control"] = KEPT
    response["ETag"] = script.tag
    response["Vary"] = "Accept-Encoding"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    response["X-Content-Type-Options"] = "nosniff"
    if takes_gzip and not is_known:
        response["Content-Encoding"] = "gzip"
    return opened(response)


@cache
def read_script(path: str) -> Script:
    """Return one of our scripts without comments and indentation."""
    text = (FOLDER / path).read_text()
    if "/" not in path:
        lines = (line.strip() for line in text.splitlines())
        text = "\n".join(line for line in lines if line and not line.startswith("//")) + "\n"
    plain = text.encode()
    return Script(plain, gzip.compress(plain, 9, mtime=0), f'W/"{blake2b(plain, digest_size=8).hexdigest()}"')


@cache
def _names() -> frozenset[str]:
    return frozenset(path.name for path in (FOLDER / "analytics-next").glob("*.js"))
