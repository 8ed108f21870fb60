"""The body of a PostHog client's request: one event, a batch, or a bare list, with the project key inside."""

import base64
import binascii
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs

from leads.channels.tracking.body import BodyRefused, read_json, type_name
from leads.channels.tracking.parse import MOST_EVENTS
from leads.channels.tracking.write_key import KeyRefused

# The most that its clients put into one batch; a refused batch is dropped.
MOST_BYTES = 5 * 1024 * 1024


def read_posthog_body(plain: bytes) -> dict[str, Any]:
    """Return the body as an object with its events in `batch`. Raises BodyRefused."""
    body = read_json(_from_form(plain) if plain.startswith(b"data=") else plain)
    if isinstance(body, dict) and "batch" not in body:
        body = {**_envelope(body), "batch": [body]}
    elif isinstance(body, list):
        body = {"batch": body}
    if not isinstance(body, dict):
        raise BodyRefused("invalid_json", f"The body must be a JSON object or a list, got {type_name(body)}.")
    batch = body["batch"]
    if not isinstance(batch, list):
        raise BodyRefused("invalid_batch", f"`batch` must be a list of events, got {type_name(batch)}.")
    if len(batch) > MOST_EVENTS:
        raise BodyRefused("too_many_events", f"A batch must have at most {MOST_EVENTS:,} events, got {len(batch):,}.")
    return body


def project_key_of(body: Mapping[str, Any]) -> str:
    """Return the key in the body, at the top or in the first event; "" if there is none. Raises KeyRefused."""
    batch: Sequence[Any] = body["batch"]
    first = batch[0] if batch and isinstance(batch[0], dict) else {}
    properties = first.get("properties")
    token = properties.get("token") if isinstance(properties, dict) else None
    named = (body.get("api_key"), body.get("token"), first.get("api_key"), first.get("token"), token)
    key = next((key for key in named if key), "")
    if not isinstance(key, str):
        raise KeyRefused("api_key must be a string.")
    return key


def _envelope(event: Mapping[str, Any]) -> dict[str, Any]:
    """Return a single event as a batch."""
    return {name: event[name] for name in ("api_key", "token", "sent_at") if name in event}


def _from_form(plain: bytes) -> bytes:
    """Return the JSON that a browser without compression sends as a form: `data=` and base64."""
    try:
        return base64.b64decode(parse_qs(plain.decode("ascii"))["data"][0].replace(" ", "+"), validate=True)
    except (KeyError, UnicodeDecodeError, binascii.Error) as error:
        raise BodyRefused("invalid_json", "The form's `data` is not JSON in base64.") from error
