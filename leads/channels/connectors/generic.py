"""A generic webhook: signed in one of the usual ways, with its JSON mapped on a screen."""

import base64
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from leads.channels.connectors.incoming import Incoming, Outcome, Sent, Unauthentic
from leads.channels.connectors.mapping import read_mapped
from leads.channels.connectors.provider import (
    ADDRESS_SECRET,
    COUNTS_AS,
    OptionField,
    Provider,
    SecretField,
    chosen,
    secret_of,
    verify_address,
)
from leads.channels.connectors.reading import read_json
from leads.channels.connectors.signing import (
    base64_mac,
    hex_mac,
    require_fresh,
    require_one_of,
    require_same,
    sha256_hex,
)

TOLERANCE = 300  # seconds
STANDARD, HMAC, HMAC_SHA1, ADDRESS = "standard", "hmac", "hmac-sha1", "address"
WAYS = (
    (HMAC, "HMAC-SHA256 of the body in a header"),
    (STANDARD, "Standard Webhooks (webhook-signature)"),
    (ADDRESS, "Not signed: the address itself is the secret"),
    (HMAC_SHA1, "HMAC-SHA1 of the body in a header (tawk.to and other older services)"),
)
DEFAULT_HEADER = "X-Signature-256"
USUAL_PATHS = {
    "kind": "type",
    "time": "timestamp",
    "message_id": "id",
    "email": "data.email",
    "phone": "data.phone",
    "name": "data.name",
}


class Generic(Provider):
    """Any service that can send JSON."""

    key = "webhook"
    label = "Any other service (signed JSON)"
    brings = "Anything that can POST JSON: say which field is the e-mail address, what happened and when."
    channel = "content"
    guide = (
        "Have the other service POST JSON to the connector's address.",
        "Choose how it proves that it is the one, and enter the secret that you share with it.",
        "Send one delivery (or paste a sample), open Mapping, say which field is what, and replay what came before.",
    )
    secrets = (
        SecretField(
            "signing_secret", "Signing secret", "As text; for Standard Webhooks with its whsec_ in front.", True
        ),
        ADDRESS_SECRET,
    )
    options = (
        OptionField("way", "How it is signed", "", WAYS, HMAC),
        OptionField(
            "header", "Signature header", "For HMAC; the value may be hex or base64, with sha256= in front or not.",
            (), DEFAULT_HEADER,
        ),
        OptionField("fixed_kind", "What a delivery counts as", "Unless the mapping reads it from a field.", COUNTS_AS,
                    "form_submitted"),
    )  # fmt: skip
    headers = ("webhook-id", "webhook-timestamp", "x-hook-event-id")

    def verify(
        self, incoming: Incoming, secrets: Mapping[str, str], options: Mapping[str, object], *, now: datetime
    ) -> None:
        """Check the signature in the way that is configured."""
        verify_address(incoming, secrets)
        way = chosen(options, "way", HMAC)
        if way == STANDARD:
            _verify_standard(incoming, secret_of(secrets, "signing_secret"), now=now)
        elif way != ADDRESS:
            _verify_hmac(incoming, secret_of(secrets, "signing_secret"), way, chosen(options, "header", DEFAULT_HEADER))

    def dedupe_key(self, said: Mapping[str, object], incoming: Incoming) -> str:
        """Identify a delivery by its id header, otherwise by its content; never by the mapping, which may change."""
        named = incoming.header("webhook-id") or incoming.header("x-hook-event-id")
        return f"id:{named[:190]}" if named else sha256_hex(incoming.body)

    def read(self, sent: Sent, *, now: datetime) -> Outcome:
        """Return the event that the mapping makes of the delivery."""
        sent_id = sent.headers.get("webhook-id") or sent.headers.get("x-hook-event-id") or ""
        return read_mapped(read_json(sent.body), sent.options, body=sent.body, sent_id=sent_id, now=now)

    def sample(self, secrets: Mapping[str, str], options: Mapping[str, object], *, url: str, now: datetime) -> Incoming:
        """Return a delivery that fits the connector's mapping."""
        body = json.dumps(_sample(options, now)).encode()
        headers = {"content-type": "application/json"}
        way, secret = chosen(options, "way", HMAC), secrets.get("signing_secret", "")
        if way == STANDARD:
            stamp, name = f"{now.timestamp():.0f}", f"msg_test_{now.timestamp():.0f}"
            signature = base64_mac(_standard_key(secret), f"{name}.{stamp}.".encode() + body)
            headers |= {"webhook-id": name, "webhook-timestamp": stamp, "webhook-signature": f"v1,{signature}"}
        elif way != ADDRESS:
            algorithm = "sha1" if way == HMAC_SHA1 else "sha256"
            headers[chosen(options, "header", DEFAULT_HEADER).lower()] = hex_mac(secret, body, algorithm)
        query = {"secret": secrets["address_secret"]} if secrets.get("address_secret") else {}
        return Incoming("POST", url, headers, query, body)


def _verify_hmac(incoming: Incoming, secret: str, way: str, header: str) -> None:
    algorithm = "sha1" if way == HMAC_SHA1 else "sha256"
    given = incoming.header(header).removeprefix(f"{algorithm}=").removeprefix("v1=")
    expected = (hex_mac(secret, incoming.body, algorithm), base64_mac(secret, incoming.body, algorithm))
    # Hexadecimal is case-insensitive, base64 is not.
    require_same(given.lower() if len(given) == len(expected[0]) else given, expected, header)


def _verify_standard(incoming: Incoming, secret: str, *, now: datetime) -> None:
    name, stamp = incoming.header("webhook-id"), incoming.header("webhook-timestamp")
    signed = f"{name}.{stamp}.".encode("utf-8", "surrogatepass") + incoming.body
    expected = base64_mac(_standard_key(secret), signed)
    given = [one.partition(",")[2] for one in incoming.header("webhook-signature").split() if one.startswith("v1,")]
    if not given or not name:
        raise Unauthentic("webhook-id and webhook-signature are needed.")
    # While a secret is rotated there are several signatures; one match is enough.
    require_one_of(given, expected, "webhook-signature")
    require_fresh(stamp, now=now, tolerance=TOLERANCE, what="webhook-timestamp")


def _standard_key(secret: str) -> bytes:
    """Return the bytes of a secret such as whsec_MfKQ…; a secret that is not base64 is taken as text."""
    try:
        return base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except ValueError:
        return secret.encode()


def _sample(options: Mapping[str, object], now: datetime) -> dict[str, Any]:
    """Return JSON with a value at every path of the mapping; without a mapping, a common layout."""
    mapping = options.get("mapping")
    paths = dict(mapping) if isinstance(mapping, Mapping) and mapping else USUAL_PATHS
    values = {
        "email": "mia.torres@example.com",
        "phone": "+15005550006",
        "name": "Mia Torres",
        "first_name": "Mia",
        "last_name": "Torres",
        "job_title": "Operations Manager",
        "company": "Harbor Medical",
        "country": "Norway",
        "user_id": "test-user",
        "kind": "Form Submitted",
        "time": now.isoformat(),
        "message_id": f"test-{now.timestamp():.0f}",
    }
    said: dict[str, Any] = {}
    for name, path in paths.items():
        if name in values and path:
            _put(said, str(path).split("."), values[name])
    return said


def _put(said: dict[str, Any], steps: list[str], value: str) -> None:
    for step in steps[:-1]:
        inner = said.setdefault(step, {})
        if not isinstance(inner, dict):
            return
        said = inner
    said[steps[-1]] = value
