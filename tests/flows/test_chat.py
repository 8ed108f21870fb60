"""A visitor chats on a website: an engagement makes an MQL, a message to sales an SQL that waits in the queue."""

import re

import requests

from leads.models import ChatConversation
from tests.processes import PATIENCE

PAGE = "https://shop.example/pricing?utm_source=mail"


def fields(page: str) -> dict[str, str]:
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page)
    return {name: value.replace("&amp;", "&") for name, value in found}


def say(product: str, page: str, answer: str, times: int = 1) -> str:
    """Send an answer as often as an impatient visitor does; return the page that follows."""
    for _ in range(times):
        response = requests.post(
            f"{product}/chat/w/qualify/", {**fields(page), "answer": answer}, timeout=PATIENCE, allow_redirects=True
        )
        assert response.status_code == 200, response.text
    return response.text


def begin(product: str, visitor: str) -> str:
    values = {"visitor": visitor, "page": PAGE}
    return requests.get(f"{product}/chat/w/qualify/", values, timeout=PATIENCE).text


def test_a_chat_makes_an_mql_and_a_message_to_sales_an_sql_in_the_queue(product, rest):
    page = begin(product, "browser-1")
    for answer in ("Pricing", "50 to 249", "ada@acme.com"):
        page = say(product, page, answer, times=2)
    lead = rest.lead_when("ada@acme.com", stage="mql")
    assert (lead["source"], lead["attributes"]["company_size"]) == ("chat", "50 to 249")

    say(product, page, "Please call me about 20 machines.", times=2)

    lead = rest.lead_when("ada@acme.com", stage="sql")
    assert [waiting["id"] for waiting in rest.get("/queue/")["results"]] == [lead["id"]]
    events = rest.get(f"/leads/{lead['id']}/events/")["results"]
    assert sorted(event["kind"] for event in events) == [
        *("chat_ended", "chat_engaged", "identified", "sales_contact_requested"),
    ]
    asked = next(event for event in events if event["kind"] == "sales_contact_requested")
    assert asked["properties"]["message"] == "Please call me about 20 machines."
    assert ChatConversation.objects.get().lead_id == lead["id"]


def test_a_visitor_who_leaves_after_one_answer_counts_once_they_are_known(product, rest):
    say(product, begin(product, "browser-2"), "A demo")
    page = begin(product, "browser-2")

    for answer in ("Pricing", "1 to 9", "bob@acme.com"):
        page = say(product, page, answer)

    lead = rest.lead_when("bob@acme.com", stage="mql")
    kinds = [event["kind"] for event in rest.get(f"/leads/{lead['id']}/events/")["results"]]
    assert kinds.count("chat_engaged") == 2
