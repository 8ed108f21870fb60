"""Meta Lead Ads: the webhook only announces a lead; its content is fetched from the Graph API."""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from leads.channels.connectors.incoming import (
    Incoming,
    Malformed,
    Nothing,
    Outcome,
    Parcel,
    Reply,
    Sent,
    ToFetch,
    Unauthentic,
)
from leads.channels.connectors.lead_ad import LeadAd
from leads.channels.connectors.person import Person
from leads.channels.connectors.provider import (
    FORMS_OPTION,
    KIND_OPTION,
    Provider,
    SecretField,
    is_wanted,
    secret_of,
)
from leads.channels.connectors.reading import at, clean, happened, items, need, read_json, text
from leads.channels.connectors.signing import hex_mac, require_same, sha256_hex

# Person's field -> Meta's standard questions that fill it; the first one answered counts.
QUESTIONS = {
    "email": ("work_email", "email"),
    "phone": ("work_phone_number", "phone_number"),
    "name": ("full_name",),
    "first_name": ("first_name",),
    "last_name": ("last_name",),
    "job_title": ("job_title",),
    "company": ("company_name",),
    "country": ("country",),
}
MOST_PARTS = 1000


class MetaLeadAds(Provider):
    """Lead ads on Facebook and Instagram."""

    key = "meta"
    label = "Meta Lead Ads"
    brings = "Leads from instant forms on Facebook and Instagram; their content is fetched from the Graph API."
    channel = "ad"
    guide = (
        "In your app at developers.facebook.com add the product Webhooks and choose the object Page.",
        "Paste the connector's address as callback URL, enter the verify token that you invent here, and verify.",
        "Subscribe to the field “leadgen”, and subscribe the page to the app (POST /<page>/subscribed_apps).",
        "Enter the app secret (App settings, Basic) and a page access token with leads_retrieval here.",
    )
    secrets = (
        SecretField("app_secret", "App secret", "App settings, Basic, at developers.facebook.com."),
        SecretField("verify_token", "Verify token", "Invent one and enter it at Meta too."),
        SecretField("access_token", "Page access token", "With the permission leads_retrieval; long-lived."),
    )
    options = (FORMS_OPTION, KIND_OPTION)

    def handshake(self, incoming: Incoming, secrets: Mapping[str, str]) -> Reply | None:
        """Return the challenge to a caller who knows the verify token."""
        if incoming.method != "GET" or "hub.mode" not in incoming.query:
            return None
        require_same(incoming.query.get("hub.verify_token", ""), secret_of(secrets, "verify_token"), "hub.verify_token")
        challenge = incoming.query.get("hub.challenge", "")
        if incoming.query["hub.mode"] != "subscribe" or not re.fullmatch(r"[\w.-]{1,200}", challenge, re.ASCII):
            raise Unauthentic("hub.mode must be subscribe, and hub.challenge letters and digits.")
        return Reply(challenge, "text/plain")

    def verify(
        self, incoming: Incoming, secrets: Mapping[str, str], options: Mapping[str, object], *, now: datetime
    ) -> None:
        """Check the HMAC-SHA256 of the body with the app secret."""
        expected = f"sha256={hex_mac(secret_of(secrets, 'app_secret'), incoming.body)}"
        require_same(incoming.header("x-hub-signature-256"), expected, "X-Hub-Signature-256")

    def parcels(self, incoming: Incoming, options: Mapping[str, object]) -> Sequence[Parcel]:
        """Split a request into the changes of its pages: one request may contain many leads."""
        said = read_json(incoming.body)
        if not isinstance(said.get("entry"), list):
            raise Malformed("entry must be a list.")
        parts = [
            {"object": said.get("object"), "entry": [{**entry, "changes": [change]}]}
            for entry in items(said, "entry")
            for change in items(entry, "changes")
        ]
        if len(parts) > MOST_PARTS:
            raise Malformed(f"A request may carry {MOST_PARTS} changes, got {len(parts)}.")
        if not parts:
            return [Parcel(f"empty:{sha256_hex(incoming.body)}", incoming.body)]
        return [Parcel(_name_of(part), json.dumps(part).encode()) for part in parts]

    def read(self, sent: Sent, *, now: datetime) -> Outcome:
        """Request the content of a lead if its form is wanted."""
        said = read_json(sent.body)
        change = at(said, "entry.0.changes.0")
        if text(said, "object") != "page" or text(change, "field") != "leadgen":
            return Nothing("It is not about a lead: subscribe to the field leadgen of the object Page alone.")
        form_id = text(change, "value.form_id")
        if not is_wanted(form_id, sent.options):
            return Nothing(f"Form {form_id} is not among the forms that this connector takes.")
        return ToFetch(need(change, "value.leadgen_id"))

    def read_fetched(self, sent: Sent, content: Mapping[str, object], *, now: datetime) -> Outcome:
        """Return the events of a click on an ad and of a form. content: Graph's answers."""
        notice = at(read_json(sent.body), "entry.0.changes.0.value")
        leadgen_id = need(notice, "leadgen_id")
        answers = _answers(content)
        ad = text(content, "ad_id") or text(notice, "ad_id")
        lead_ad = LeadAd(
            lead_id=leadgen_id,
            person=Person.answered(answers, QUESTIONS, vendor_id=f"meta:{leadgen_id}"),
            occurred_at=happened(content.get("created_time") or at(notice, "created_time"), now=now),
            # Without an ad id the form was on the page itself.
            origin="ad_clicked" if ad else "social_interaction",
            channel="ad" if ad else "social",
            answers={name: answer for name, answer in answers.items() if not _is_known(name)},
            properties={
                "form": text(notice, "form_id"),
                "page": text(notice, "page_id"),
                "ad": ad,
                "ad_group": text(content, "adset_id") or text(notice, "adgroup_id"),
                "campaign": text(content, "campaign_name") or text(content, "campaign_id"),
                "ad_network": "instagram" if text(content, "platform") == "ig" else "facebook",
            },
        )
        return lead_ad.outcome(sent.options)

    def sample(self, secrets: Mapping[str, str], options: Mapping[str, object], *, url: str, now: datetime) -> Incoming:
        """Return a notice of one lead."""
        moment = int(now.timestamp())
        value = {"leadgen_id": f"{moment}0001", "page_id": "100200300", "form_id": "777001", "ad_id": "888"}
        change = {"field": "leadgen", "value": {**value, "adgroup_id": "888", "created_time": moment}}
        entry = {"id": "100200300", "time": moment, "changes": [change]}
        body = json.dumps({"object": "page", "entry": [entry]}).encode()
        signature = f"sha256={hex_mac(secrets.get('app_secret', ''), body)}"
        return Incoming("POST", url, {"content-type": "application/json", "x-hub-signature-256": signature}, {}, body)


def _name_of(part: Mapping[str, Any]) -> str:
    change = at(part, "entry.0.changes.0")
    leadgen_id = text(change, "value.leadgen_id", 150)
    if text(change, "field") == "leadgen" and not leadgen_id:
        raise Malformed("leadgen_id is missing.")
    return leadgen_id or f"other:{sha256_hex(json.dumps(part, sort_keys=True).encode())}"


def _answers(content: Mapping[str, object]) -> dict[str, str]:
    return {text(one, "name"): _joined(one.get("values")) for one in items(content, "field_data")}


def _joined(values: object) -> str:
    found = values if isinstance(values, list) else []
    return clean(", ".join(str(value) for value in found if isinstance(value, str | int)))[:2000]


def _is_known(question: str) -> bool:
    return any(question in questions for questions in QUESTIONS.values())
