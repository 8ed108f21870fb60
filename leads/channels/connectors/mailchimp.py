"""Mailchimp audiences: webhooks are not signed and rely on a secret in the address; times are UTC."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from leads.channels.connectors.incoming import Incoming, Made, Malformed, Nothing, Outcome, Parcel, Sent
from leads.channels.connectors.person import Person, events_of, identified
from leads.channels.connectors.provider import ADDRESS_SECRET, Provider, verify_address
from leads.channels.connectors.reading import happened, read_form
from leads.channels.connectors.signing import sha256_hex

KINDS = {"subscribe": "newsletter_subscribed", "unsubscribe": "unsubscribed", "cleaned": "email_bounced"}


class Mailchimp(Provider):
    """People who subscribe to an audience, leave it or can't be reached."""

    key = "mailchimp"
    label = "Mailchimp"
    brings = "Newsletter sign-ups, unsubscribes and addresses that bounce."
    channel = "newsletter"
    guide = (
        "In Mailchimp open Audience, Settings, Webhooks, and choose “Create new webhook”.",
        "Paste the address. Mailchimp signs nothing, so the address itself is the secret: keep it to yourself.",
        "Tick Subscribes, Unsubscribes, Profile updates, Cleaned address and Email changed, and all three senders.",
    )
    secrets = (ADDRESS_SECRET,)

    def verify(
        self, incoming: Incoming, secrets: Mapping[str, str], options: Mapping[str, object], *, now: datetime
    ) -> None:
        """Compare the secret in the address."""
        verify_address(incoming, secrets)

    def parcels(self, incoming: Incoming, options: Mapping[str, object]) -> Sequence[Parcel]:
        """Identify a change by type, subscriber and time."""
        said = read_form(incoming.body)
        if not said.get("type"):
            raise Malformed("type is missing.")
        whom = said.get("data[id]") or said.get("data[new_id]") or said.get("data[email]") or sha256_hex(incoming.body)
        name = f"{said['type']}:{whom}:{said.get('fired_at', '')}"
        return [Parcel(name if len(name) <= 200 and "\0" not in name else sha256_hex(incoming.body), incoming.body)]

    def read(self, sent: Sent, *, now: datetime) -> Outcome:
        """Return the event of a subscriber."""
        said = read_form(sent.body)
        kind, occurred_at = said.get("type", ""), happened(said.get("fired_at"), now=now)
        person = _person(said)
        # Mailchimp's id is derived from the address, so a person has the same id on every list.
        name = (
            f"{kind}:{said.get('data[id]') or person.email}:{said.get('data[list_id]', '')}:{said.get('fired_at', '')}"
        )
        if kind in ("profile", "upemail"):
            former = Person(email=said.get("data[old_email]", "")).keys()
            known = identified(person, message_id=name, occurred_at=occurred_at)
            # The former address finds the lead; the new one becomes another identifier.
            events = [event._replace(keys=(*former, *event.keys)) for event in known]
        elif kind in KINDS:
            properties = {name: value for name, value in _details(said).items() if value}
            events = events_of(KINDS[kind], person, message_id=name, occurred_at=occurred_at, properties=properties)
        else:
            return Nothing(f"type {kind[:40]} tells nothing about a subscriber.")
        return Made(events) if events else Nothing("It carries no e-mail address.")

    def sample(self, secrets: Mapping[str, str], options: Mapping[str, object], *, url: str, now: datetime) -> Incoming:
        """Return a sign-up."""
        said = {
            "type": "subscribe",
            "fired_at": f"{now:%Y-%m-%d %H:%M:%S}",
            "data[id]": f"test{now.timestamp():.0f}",
            "data[list_id]": "a6b5da1054",
            "data[email]": "mia.torres@example.com",
            "data[email_type]": "html",
            "data[ip_opt]": "192.0.2.7",
            "data[merges][EMAIL]": "mia.torres@example.com",
            "data[merges][FNAME]": "Mia",
            "data[merges][LNAME]": "Torres",
        }
        headers = {"content-type": "application/x-www-form-urlencoded"}
        query = {"secret": secrets["address_secret"]} if secrets.get("address_secret") else {}
        return Incoming("POST", url, headers, query, urlencode(said).encode())


def _person(said: Mapping[str, str]) -> Person:
    merges = {name[13:-1].upper(): value for name, value in said.items() if name.startswith("data[merges][")}
    vendor_id = said.get("data[new_id]") or said.get("data[id]")
    return Person(
        email=said.get("data[new_email]") or said.get("data[email]") or merges.get("EMAIL", ""),
        phone=merges.get("PHONE", ""),
        first_name=merges.get("FNAME", ""),
        last_name=merges.get("LNAME", ""),
        company=merges.get("COMPANY", ""),
        vendor_id=f"mailchimp:{vendor_id}" if vendor_id else "",
    )


def _details(said: Mapping[str, str]) -> dict[str, Any]:
    details = ("list_id", "reason", "action", "campaign_id", "ip_opt", "email_type")
    return {
        **{name: said.get(f"data[{name}]", "")[:300] for name in details},
        "interests": said.get("data[merges][INTERESTS]", "")[:1000],
    }
