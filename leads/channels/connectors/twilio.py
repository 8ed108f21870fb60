"""Twilio voice: the status of calls, signed over the public address and the form fields."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import parse_qsl, urlencode, urlsplit

from leads.channels.connectors.incoming import Incoming, Made, Malformed, Nothing, Outcome, Parcel, Sent, Unauthentic
from leads.channels.connectors.person import Person, events_of
from leads.channels.connectors.provider import Provider, SecretField, secret_of
from leads.channels.connectors.reading import read_form, read_json, text
from leads.channels.connectors.signing import base64_mac, require_same, sha256_hex

PORTS = {"https": 443, "http": 80}


class Twilio(Provider):
    """Callers, and how long they talked."""

    key = "twilio"
    label = "Twilio calls"
    brings = "Calls to your numbers that were answered, with their length; and calls that you made."
    channel = "call"
    guide = (
        "In the Twilio Console open Phone Numbers, choose the number and its section Voice.",
        "Paste the connector's address as “Call status changes” with HTTP POST. (For <Dial>, use its statusCallback.)",
        "Copy the Auth Token from the account's dashboard and enter it here.",
        "Twilio signs the public address: PUBLIC_URL must be the one that Twilio calls.",
    )
    secrets = (SecretField("auth_token", "Auth token", "Account Info on the dashboard of the Twilio Console."),)
    headers = ("content-type", "i-twilio-idempotency-token")

    def verify(
        self, incoming: Incoming, secrets: Mapping[str, str], options: Mapping[str, object], *, now: datetime
    ) -> None:
        """Check the HMAC-SHA1 over address and sorted fields, or over an address that contains the body's hash."""
        token = secret_of(secrets, "auth_token")
        if "bodySHA256" in incoming.query:
            require_same(incoming.query["bodySHA256"].lower(), sha256_hex(incoming.body), "bodySHA256")
            signed = ""
        else:
            signed = _fields_signed(incoming.body)
        expected = [base64_mac(token, (url + signed).encode(), "sha1") for url in _spellings(incoming.url)]
        require_same(incoming.header("x-twilio-signature"), expected, "X-Twilio-Signature")

    def parcels(self, incoming: Incoming, options: Mapping[str, object]) -> Sequence[Parcel]:
        """Identify a status by call, state and sequence number."""
        said = _fields(incoming.body, incoming.headers)
        if not text(said, "CallSid") or not text(said, "CallStatus"):
            raise Malformed("CallSid and CallStatus are needed.")
        parts = (text(said, "CallSid", 60), text(said, "CallStatus", 40), text(said, "SequenceNumber", 10))
        return [Parcel(":".join(filter(None, parts)), incoming.body)]

    def read(self, sent: Sent, *, now: datetime) -> Outcome:
        """Return the event of a call that was answered."""
        said = _fields(sent.body, sent.headers)
        status, seconds = text(said, "CallStatus"), _seconds(said)
        if status != "completed" or seconds <= 0:
            return Nothing(f"No conversation (yet): the call is {status[:40]}, {seconds} s long.")
        is_inbound = text(said, "Direction") == "inbound"
        number = text(said, "From" if is_inbound else "To")
        if not Person(phone=number).keys():
            return Nothing(f"The caller has no number that says who it is: {number[:40] or 'none'}.")
        properties = {
            "call": text(said, "CallSid"),
            "minutes": round(seconds / 60, 1),
            "direction": text(said, "Direction"),
            "number": text(said, "To" if is_inbound else "From"),
            "caller_name": text(said, "CallerName"),
        }
        events = events_of(
            "call_received" if is_inbound else "call_made",
            Person(phone=number),
            message_id=text(said, "CallSid"),
            occurred_at=_when(text(said, "Timestamp"), now=now),
            properties={name: value for name, value in properties.items() if value},
        )
        return Made(events)

    def sample(self, secrets: Mapping[str, str], options: Mapping[str, object], *, url: str, now: datetime) -> Incoming:
        """Return the end of a call of three minutes."""
        said = {
            "AccountSid": "AC" + "0" * 32,
            "CallSid": f"CAtest{now.timestamp():.0f}",
            "From": "+15005550006",
            "To": "+15005550001",
            "CallStatus": "completed",
            "ApiVersion": "2010-04-01",
            "Direction": "inbound",
            "CallDuration": "180",
            "Duration": "3",
            "Timestamp": f"{now:%a, %d %b %Y %H:%M:%S} +0000",
            "SequenceNumber": "3",
            "CallbackSource": "call-progress-events",
        }
        body = urlencode(said).encode()
        signature = base64_mac(secrets.get("auth_token", ""), (url + _fields_signed(body)).encode(), "sha1")
        headers = {"content-type": "application/x-www-form-urlencoded", "x-twilio-signature": signature}
        return Incoming("POST", url, headers, {}, body)


def _fields(body: bytes, headers: Mapping[str, str]) -> Mapping[str, object]:
    is_json = "json" in headers.get("content-type", "").lower()
    return read_json(body) if is_json else read_form(body)


def _fields_signed(body: bytes) -> str:
    """Return names and values joined as Twilio's libraries do: sorted by name, each value of a name once, sorted."""
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=500, errors="strict")
    except ValueError:
        raise Unauthentic("The body is no form, so the signature can't be checked.") from None
    return "".join(f"{name}{value}" for name, value in sorted(set(pairs)))


def _spellings(url: str) -> list[str]:
    """Return an address with and without the default port: Twilio signs one form, clients write the other."""
    parts = urlsplit(url)
    bare = parts._replace(netloc=parts.hostname or "")
    port = parts.port or PORTS.get(parts.scheme, 443)
    spelled = [parts._replace(netloc=f"{parts.hostname}:{port}").geturl()]
    return [url, *spelled] if port != PORTS.get(parts.scheme) else [url, bare.geturl(), *spelled]


def _seconds(said: Mapping[str, object]) -> int:
    duration = text(said, "CallDuration")
    return int(duration) if duration.isdecimal() and len(duration) < 8 else 0


def _when(stamp: str, *, now: datetime) -> datetime:
    """Parse a time such as "Tue, 24 Nov 2026 10:00:00 +0000"."""
    try:
        moment = parsedate_to_datetime(stamp)
    except ValueError:
        return now
    return min(moment.astimezone(UTC), now) if moment.tzinfo else now
