"""Keep refused requests for whoever installs a client, under the source that they name.

None of this runs for requests that are accepted.
"""

import logging
import re
from collections.abc import Sequence
from time import monotonic

from django.core.exceptions import SuspiciousOperation
from django.db import DatabaseError
from django.http import HttpRequest
from django.utils import timezone

from leads.channels.tracking.body import BodyRefused, unpack
from leads.channels.tracking.write_key import KeyRefused, basic_key
from leads.events.record import record_rejections
from leads.models import Source

logger = logging.getLogger(__name__)

# Write keys are public, so their holders must not fill the disk. Requests kept per minute, process and source.
MOST_A_MINUTE = 30
KEY_IN_BODY = re.compile(rb'"(?:writeKey|api_key)"\s*:\s*"([\x21\x23-\x7e]{1,64})"')

_kept: dict[int, tuple[float, int]] = {}


def note_refusal(request: HttpRequest, raw: bytes, reason: str, keys: Sequence[str] = ()) -> None:
    """Keep a refused request under the source of its write key (also a switched-off one); without one do nothing."""
    try:
        plain = _unpacked(raw)
        source = _source_named(keys or _keys_in(request, plain))
        if source is not None and _may_keep(source.pk):
            text = plain.decode("utf-8", "replace").replace("\x00", "")
            record_rejections(source.pk, [(f"Refused: {reason}", text)], now=timezone.now())
    except DatabaseError:
        logger.exception("A refused request could not be kept; its answer is the same.")


def _source_named(keys: Sequence[str]) -> Source | None:
    named = {source.write_key: source for source in Source.objects.filter(write_key__in=[key[:64] for key in keys])}
    return next((named[key] for key in keys if key in named), None)


def _keys_in(request: HttpRequest, plain: bytes) -> list[str]:
    """Return the write keys found in the header, the address or, by pattern, in an unparsable body."""
    try:
        keys = [basic_key(request.META.get("HTTP_AUTHORIZATION", "")), request.GET.get("writeKey", "")]
    except (KeyRefused, SuspiciousOperation):
        keys = []
    keys += [key.decode("ascii") for key in KEY_IN_BODY.findall(plain[-1000:] + plain[:1000])]
    return [key for key in keys if key and "\x00" not in key]


def _unpacked(raw: bytes) -> bytes:
    try:
        return unpack(raw, most=len(raw))
    except BodyRefused:
        return b""


def _may_keep(source_id: int) -> bool:
    began, kept = _kept.get(source_id, (0.0, 0))
    if monotonic() - began > 60:
        began, kept = monotonic(), 0
    _kept[source_id] = began, kept + 1
    return kept < MOST_A_MINUTE
