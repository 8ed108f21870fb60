"""LinkedIn Lead Sync: notices point to leads, whose content is fetched.

LinkedIn validates the address every two hours.
"""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from leads.channels.connectors.incoming import (
    Incoming,
    Made,
    Malformed,
    Nothing,
    Outcome,
    Reply,
    Sent,
    ToFetch,
    Trial,
    Unauthentic,
)
from leads.channels.connectors.lead_ad import LeadAd
from leads.channels.connectors.person import Person, events_of
from leads.channels.connectors.provider import (
    FORMS_OPTION,
    KIND_OPTION,
    Provider,
    SecretField,
    is_wanted,
    secret_of,
)
from leads.channels.connectors.reading import at, happened, items, need, read_json, text
from leads.channels.connectors.signing import hex_mac, posix_seconds, require_same

# Person's field -> LinkedIn's names of questions that fill it; the first one answered counts.
QUESTIONS = {
    "email": ("WORK_EMAIL", "EMAIL"),
    "phone": ("WORK_PHONE_NUMBER", "PHONE_NUMBER"),
    "first_name": ("FIRST_NAME",),
    "last_name": ("LAST_NAME",),
    "job_title": ("JOB_TITLE",),
    "company": ("COMPANY_NAME",),
    "country": ("COUNTRY", "COUNTRY_REGION"),
}
# How people came to the form -> the event before it, and the form's channel.
CAME_BY = {
    "SPONSORED": ("ad_clicked", "ad"),
    "COMPANY": ("social_interaction", "social"),
    "ORGANIZATION_PRODUCT": ("social_interaction", "social"),
    "EVENT": ("social_interaction", "event"),
}
UUID = re.compile(r"[0-9a-fA-F-]{32,36}")
PREFIX = "hmacsha256="


class LinkedInLeadSync(Provider):
    """Lead gen forms on LinkedIn."""

    key = "linkedin"
    label = "LinkedIn Lead Sync"
    brings = "Leads from lead gen forms in ads, events and company pages; their content is fetched from LinkedIn."
    channel = "ad"
    guide = (
        "Your app at developer.linkedin.com needs the product Lead Sync API; open its tab Webhooks.",
        "Enter the app's client secret here first: LinkedIn tries the address as soon as you save it there.",
        "Create a webhook there with the address, and subscribe your ad account or page (leadNotifications).",
        "Make a token with r_marketing_leadgen_automation and enter it here, so that leads can be fetched.",
    )
    secrets = (
        SecretField("client_secret", "Client secret", "The tab Auth of your app at developer.linkedin.com."),
        SecretField("access_token", "Access token", "Three-legged, with r_marketing_leadgen_automation."),
    )
    options = (FORMS_OPTION, KIND_OPTION)

    def handshake(self, incoming: Incoming, secrets: Mapping[str, str]) -> Reply | None:
        """Sign the challenge if it is a UUID. Otherwise anyone could have any text signed with the client secret."""
        if incoming.method != "GET" or "challengeCode" not in incoming.query:
            return None
        code = incoming.query["challengeCode"]
        if not UUID.fullmatch(code):
            raise Unauthentic("challengeCode must be a UUID.")
        response = hex_mac(secret_of(secrets, "client_secret"), code.encode())
        return Reply(json.dumps({"challengeCode": code, "challengeResponse": response}))

    def verify(
        self, incoming: Incoming, secrets: Mapping[str, str], options: Mapping[str, object], *, now: datetime
    ) -> None:
        """Check the HMAC-SHA256 with the client secret.

        LinkedIn's documentation ("the hash of the body prefixed by hmacsha256=") is read in two ways: the prefix
        belongs before the body, or before the signature. Both are accepted, as both prove knowledge of the secret.
        """
        secret = secret_of(secrets, "client_secret")
        given = incoming.header("x-li-signature").removeprefix(PREFIX)
        expected = (hex_mac(secret, PREFIX.encode() + incoming.body), hex_mac(secret, incoming.body))
        require_same(given, expected, "X-LI-Signature")

    def dedupe_key(self, said: Mapping[str, object], incoming: Incoming) -> str:
        """Identify a notice by lead, time and action."""
        if "leadGenFormResponse" not in said:
            return super().dedupe_key(said, incoming)
        occurred_at = said.get("occurredAt")
        if posix_seconds(occurred_at) is None:
            raise Malformed(f"occurredAt must be a POSIX time, got {str(occurred_at)[:40]!r}.")
        return f"{need(said, 'leadGenFormResponse', 120)}:{text(said, 'leadAction', 20)}:{text(said, 'occurredAt', 20)}"

    def read(self, sent: Sent, *, now: datetime) -> Outcome:
        """Request the content of a new lead; record a privacy request for a lead deleted at LinkedIn."""
        said = read_json(sent.body)
        if "leadGenFormResponse" not in said:
            return Nothing(f"It is not about a lead: type {text(said, 'type', 40) or 'missing'}.")
        lead = need(said, "leadGenFormResponse")
        action = text(said, "leadAction", 20)
        if action == "DELETED":
            return Made(_deleted(lead, occurred_at=happened(said.get("occurredAt"), now=now)))
        if action != "CREATED":
            return Nothing(f"leadAction {action or 'missing'} is neither CREATED nor DELETED.")
        if not is_wanted(form_id_of(text(said, "leadGenForm")), sent.options):
            return Nothing(f"Form {text(said, 'leadGenForm')} is not among the forms that this connector takes.")
        return ToFetch(f"{lead} {text(said, 'leadGenForm')}")

    def read_fetched(self, sent: Sent, content: Mapping[str, object], *, now: datetime) -> Outcome:
        """Return the events of an ad or post and of a form. content: LinkedIn's `response` and its `form`."""
        said = read_json(sent.body)
        if at(content, "response.testLead") is True:
            return Trial("LinkedIn marked it as a test lead.")
        answers, others = _answers(content)
        lead = need(said, "leadGenFormResponse")
        origin, channel = CAME_BY.get(text(said, "leadType"), CAME_BY["COMPANY"])
        lead_ad = LeadAd(
            lead_id=lead,
            person=Person.answered(answers, QUESTIONS, vendor_id=_vendor_id(lead)),
            occurred_at=happened(at(content, "response.submittedAt") or said.get("occurredAt"), now=now),
            origin=origin,
            channel=channel,
            answers=others,
            properties={
                "form": form_id_of(text(said, "leadGenForm")),
                "ad_network": "linkedin",
                "campaign": text(content, "response.leadMetadata.sponsoredLeadMetadata.campaign"),
                "ad": text(content, "response.associatedEntity.associatedCreative"),
            },
        )
        return lead_ad.outcome(sent.options)

    def sample(self, secrets: Mapping[str, str], options: Mapping[str, object], *, url: str, now: datetime) -> Incoming:
        """Return a notice of one new lead."""
        said = {
            "type": "LEAD_ACTION",
            "leadGenFormResponse": f"urn:li:leadGenFormResponse:test-{now.timestamp():.0f}",
            "leadGenForm": "urn:li:versionedLeadGenForm:(urn:li:leadGenForm:3162,1)",
            "owner": {"sponsoredAccount": "urn:li:sponsoredAccount:522"},
            "leadType": "SPONSORED",
            "leadAction": "CREATED",
            "occurredAt": int(now.timestamp() * 1000),
        }
        body = json.dumps(said).encode()
        signature = hex_mac(secrets.get("client_secret", ""), PREFIX.encode() + body)
        return Incoming("POST", url, {"content-type": "application/json", "x-li-signature": signature}, {}, body)


def form_id_of(urn: str) -> str:
    """Return the number of a form in `urn:li:versionedLeadGenForm:(urn:li:leadGenForm:3162,1)`."""
    found = re.search(r"leadGenForm:(\d+)", urn)
    return found[1] if found else urn


def _vendor_id(lead: str) -> str:
    return f"linkedin:{lead}"


def _deleted(lead: str, *, occurred_at: datetime) -> Any:
    """Return the event that somebody withdrew their data; it finds the lead by LinkedIn's id of it."""
    return events_of(
        "erasure_requested",
        Person(vendor_id=_vendor_id(lead)),
        message_id=f"{lead}:deleted",
        occurred_at=occurred_at,
        properties={"asked_at": "LinkedIn", "lead": lead},
        channel="social",
    )


def _answers(content: Mapping[str, object]) -> tuple[dict[str, str], dict[str, str]]:
    """Return the answers to LinkedIn's standard questions by their names, and the others by their wording."""
    asked = {text(one, "questionId"): one for one in items(content, "form.content.questions")}
    known, others = {}, {}
    for one in items(content, "response.formResponse.answers"):
        question = asked.get(text(one, "questionId"), {})
        answer = _answer(one, question)
        field = text(question, "predefinedField") or text(one, "predefinedField")
        if field:
            known[field] = answer
        elif answer:
            others[text(question, "name") or text(question, "question.localized.en_US") or "answer"] = answer
    return known, others


def _answer(one: Mapping[str, Any], question: Mapping[str, Any]) -> str:
    typed = text(one, "answerDetails.textQuestionAnswer.answer", 2000)
    picked = at(one, "answerDetails.multipleChoiceAnswer.options")
    if typed or not isinstance(picked, list):
        return typed
    options = items(question, "questionDetails.multipleChoiceQuestionDetails.options")
    labels = {text(option, "id"): text(option, "text.localized.en_US") for option in options}
    return ", ".join(labels.get(str(number)) or str(number) for number in picked)[:2000]
