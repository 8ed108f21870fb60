"""Chats of Intercom, Crisp and Chatwoot: only what visitors write counts."""

import pytest

from leads.models import DeliveryState, Event, Lead
from tests.leads.channels.connectors.sending import AN_HOUR_AGO, kinds, outcome, send
from tests.leads.channels.connectors.vendors import EMAIL, VENDORS

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("crisp", lambda said: said["data"].update({"from": "operator"})),
        ("chatwoot", lambda said: said.update({"message_type": "outgoing"})),
        ("intercom", lambda said: said["data"]["item"]["source"]["author"].update({"type": "admin"})),
    ],
)
def test_what_we_write_ourselves_counts_for_nothing(name, change, work):
    said = VENDORS[name].payload("a", AN_HOUR_AGO)
    change(said)
    send(name, said)
    work()

    assert outcome()[0] == DeliveryState.IGNORED
    assert not Event.objects.exists()


def test_a_crisp_visitor_who_gives_the_address_later_becomes_a_lead_with_the_chat(work):
    chat = VENDORS["crisp"].payload("a", AN_HOUR_AGO)
    chat["data"]["user"] = {"nickname": "visitor12"}
    connector = send("crisp", chat)
    work()
    assert not Lead.objects.exists()

    send("crisp", {"event": "session:set_email", "data": {"session_id": "session_a", "email": EMAIL}}, connector)
    work()

    assert kinds() == ["chat_engaged"]
    assert Event.objects.get(kind="chat_engaged").lead == Lead.objects.get(email=EMAIL)
