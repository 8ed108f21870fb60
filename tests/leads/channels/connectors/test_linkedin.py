"""LinkedIn Lead Sync: the handshake, deleted leads, and the questions of forms."""

from datetime import UTC, datetime

import pytest

from leads.models import Event, Lead
from tests.leads.channels.connectors.sending import AN_HOUR_AGO, ask, send
from tests.leads.channels.connectors.vendors import VENDORS, mac

pytestmark = pytest.mark.django_db


def test_linkedin_gets_its_challenge_signed_and_nothing_but_a_challenge():
    connector = VENDORS["linkedin"].connect()
    code = "890e4665-4dfe-4ab1-b689-ed553bceeed0"

    answer = ask(connector, challengeCode=code, applicationId="7")
    forged = ask(connector, challengeCode='hmacsha256={"leadGenFormResponse": "forged"}')

    assert answer.json() == {"challengeCode": code, "challengeResponse": mac("client-secret", code.encode())}
    assert forged.status_code == 403


def test_a_lead_deleted_at_linkedin_leaves_a_note_on_the_lead(apis, work):
    said = VENDORS["linkedin"].payload("a", AN_HOUR_AGO)
    connector = send("linkedin", said)
    send("linkedin", {**said, "leadAction": "DELETED"}, connector)
    work()

    lead = Lead.objects.get()
    assert lead.events.filter(kind="erasure_requested").count() == 1
    # In seconds or in milliseconds, it is the same moment.
    send("linkedin", {**said, "leadGenFormResponse": "urn:li:x:2", "leadAction": "DELETED", "occurredAt": 1795300000})
    work()
    assert Event.objects.latest("id").occurred_at == datetime.fromtimestamp(1795300000, UTC)


def test_linkedin_answers_are_read_by_the_forms_own_questions(apis, work):
    send("linkedin", VENDORS["linkedin"].payload("a", AN_HOUR_AGO))
    work()

    form = Event.objects.get(kind="form_submitted")
    assert form.properties["Machines"] == "Two"
    assert form.properties["campaign"] == "urn:li:sponsoredCampaign:9"
    assert apis.asked[0][2]["authorization"] == "Bearer member-token"
    assert [path for path, _, _ in apis.asked] == ["/linkedin/leadFormResponses/a-77", "/linkedin/leadForms/3162"]
