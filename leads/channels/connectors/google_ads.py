"""Google Ads lead forms: not signed; the body contains a key instead. Ids are 64-bit numbers."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from leads.channels.connectors.incoming import (
    Incoming,
    Malformed,
    Nothing,
    Outcome,
    Parcel,
    Sent,
    Trial,
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
from leads.channels.connectors.reading import happened, items, need, read_json, text
from leads.channels.connectors.signing import require_same

# Person's field -> columns of the form that fill it; the first one with a value counts.
COLUMNS = {
    "email": ("WORK_EMAIL", "EMAIL"),
    "phone": ("WORK_PHONE", "PHONE_NUMBER"),
    "name": ("FULL_NAME",),
    "first_name": ("FIRST_NAME",),
    "last_name": ("LAST_NAME",),
    "job_title": ("JOB_TITLE",),
    "company": ("COMPANY_NAME",),
    "country": ("COUNTRY",),
}
LEFT_OUT = "(left out)"
PLACES = {"campaign_id": "campaign_id", "adgroup_id": "ad_group", "creative_id": "ad", "gcl_id": "gclid"}


class GoogleAds(Provider):
    """Lead forms of Google Ads."""

    key = "google-ads"
    label = "Google Ads lead forms"
    brings = "Leads from the form under an ad, with campaign and click id."
    channel = "ad"
    guide = (
        "In Google Ads open the campaign, then Assets, and edit the lead form.",
        "Under “Export leads from Google Ads” open “Other data integration options”.",
        "Paste the connector's address as webhook URL, and invent a key: enter the same in both places.",
        "“Send test data” there shows up in the log here, marked as a test; it makes no lead.",
    )
    secrets = (SecretField("google_key", "Key", "The key that you enter beside the webhook URL in Google Ads."),)
    options = (FORMS_OPTION, KIND_OPTION)

    def verify(
        self, incoming: Incoming, secrets: Mapping[str, str], options: Mapping[str, object], *, now: datetime
    ) -> None:
        """Compare the key in the body; a body that can't be parsed proves nothing."""
        try:
            given = read_json(incoming.body).get("google_key")
        except Malformed as error:
            raise Unauthentic(f"No google_key could be read. {error}") from None
        require_same(given if isinstance(given, str) else "", secret_of(secrets, "google_key"), "google_key")

    def dedupe_key(self, said: Mapping[str, object], incoming: Incoming) -> str:
        """Identify a lead by its id, which is unique across forms; tests are kept apart."""
        need(said, "form_id")
        if not isinstance(said.get("user_column_data"), list):
            raise Malformed("user_column_data must be a list.")
        return f"{'test:' if said.get('is_test') is True else ''}{need(said, 'lead_id')}"

    def parcels(self, incoming: Incoming, options: Mapping[str, object]) -> Sequence[Parcel]:
        """Store the form without the key, which is our secret."""
        said = read_json(incoming.body)
        name = self.dedupe_key(said, incoming)
        return [Parcel(name, json.dumps({**said, "google_key": LEFT_OUT}).encode())]

    def read(self, sent: Sent, *, now: datetime) -> Outcome:
        """Return the events of a click on an ad and of a form."""
        said = read_json(sent.body)
        if said.get("is_test") is True:
            return Trial("Google marked it as test data.")
        form_id = text(said, "form_id")
        if not is_wanted(form_id, sent.options):
            return Nothing(f"Form {form_id} is not among the forms that this connector takes.")
        answers = {text(one, "column_id"): text(one, "string_value") for one in items(said, "user_column_data")}
        lead_id = text(said, "lead_id")
        lead_ad = LeadAd(
            lead_id=lead_id,
            person=Person.answered(answers, COLUMNS, vendor_id=f"google-ads:{lead_id}"),
            occurred_at=happened(said.get("lead_submit_time"), now=now),
            origin="ad_clicked",
            channel="ad",
            answers=_others(said),
            properties={
                "form": form_id,
                "ad_network": "google",
                "api_version": text(said, "api_version"),
                **{name: text(said, path) for path, name in PLACES.items()},
            },
        )
        return lead_ad.outcome(sent.options)

    def sample(self, secrets: Mapping[str, str], options: Mapping[str, object], *, url: str, now: datetime) -> Incoming:
        """Return what “Send test data” sends."""
        return Incoming(
            "POST", url, {"content-type": "application/json"}, {}, json.dumps(_sample(secrets, now)).encode()
        )


def _others(said: Mapping[str, Any]) -> dict[str, str]:
    """Return the answers to custom questions by their names."""
    known = {column for columns in COLUMNS.values() for column in columns}
    return {
        text(one, "column_name") or text(one, "column_id"): text(one, "string_value", 2000)
        for one in items(said, "user_column_data")
        if text(one, "column_id") not in known
    }


def _sample(secrets: Mapping[str, str], now: datetime) -> dict[str, Any]:
    columns = (
        ("FULL_NAME", "Full Name", "Mia Torres"),
        ("WORK_EMAIL", "Work Email", "mia.torres@example.com"),
        ("PHONE_NUMBER", "Phone Number", "+15005550006"),
        ("COMPANY_NAME", "Company Name", "Harbor Medical"),
    )
    return {
        "lead_id": f"TeSter-{now.timestamp():.0f}",
        "api_version": "1.0",
        "form_id": 40000000001,
        "campaign_id": 12345678901,
        "adgroup_id": 20000000001,
        "creative_id": 30000000001,
        "gcl_id": "TeSter-gclid",
        "google_key": secrets.get("google_key", ""),
        "is_test": True,
        "lead_submit_time": now.isoformat(),
        "user_column_data": [
            {"column_id": column, "column_name": name, "string_value": value} for column, name, value in columns
        ],
    }
