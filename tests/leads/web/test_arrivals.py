"""The debugger: what arrives from a source, newest first, and what became of it."""

import json
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from leads.models import RejectedEvent
from leads.reports import arrivals
from leads.reports.arrivals import Place, arrivals_of
from tests.leads.capture.test_tracking import basic
from tests.make import NOON, make_event, make_lead, make_source
from tests.pages import words


@pytest.fixture
def source(db):
    return make_source()


def make_rejected(source, reason="An event needs a userId or an anonymousId.", body="{}", at=NOON):
    return RejectedEvent.objects.create(source=source, reason=reason, body=body, received_at=at)


def poll(browser, source, tag, query=""):
    return browser.get(f"/sources/{source.pk}/{query}", headers={"hx-request": "true", "if-none-match": tag})


def test_what_arrives_over_http_shows_newest_first(browser, client, source):
    def send(body, minute):
        with time_machine.travel(NOON + timedelta(minutes=minute), tick=False):
            client.post("/v1/batch", body, content_type="text/plain", **basic(source.write_key))

    send(json.dumps({"batch": [{"type": "track", "userId": "u1", "event": "Price List Opened"}]}), 0)
    send(json.dumps({"batch": [{"type": "dance", "userId": "u1"}]}), 1)
    send("{", 2)

    page = words(browser.get(f"/sources/{source.pk}/"))

    told = ("Refused: The body is not JSON", "type must be one of", "Price List Opened")
    order = [page.rindex(text) for text in told]
    assert order == sorted(order)
    assert "The last one was not taken in." in page


def test_a_poll_is_answered_only_when_something_is_new(browser, source):
    first = browser.get(f"/sources/{source.pk}/")
    nothing = poll(browser, source, first["ETag"])
    make_event(source=source)
    something = poll(browser, source, first["ETag"])

    assert (nothing.status_code, nothing.content) == (204, b"")
    assert "Waiting for the first event" in words(first)
    assert "Events arrive" in words(something)
    assert "<html" not in words(something)
    assert poll(browser, source, something["ETag"]).status_code == 204


def test_a_whole_page_is_never_answered_with_nothing(browser, source):
    tag = browser.get(f"/sources/{source.pk}/")["ETag"]

    assert browser.get(f"/sources/{source.pk}/", headers={"if-none-match": tag}).status_code == 200


def test_a_lead_that_becomes_known_shows_with_the_next_poll(browser, source):
    event = make_event(source=source)
    tag = browser.get(f"/sources/{source.pk}/")["ETag"]

    event.lead = make_lead(first_name="Ada", last_name="Lund")
    event.save()

    assert "Ada Lund" in words(poll(browser, source, tag))


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", {"Viewed a page", "Asked for a demo", "no id"}),
        ("?show=accepted", {"Viewed a page", "Asked for a demo"}),
        ("?show=rejected", {"no id"}),
        ("?show=accepted&kind=demo_requested", {"Asked for a demo"}),
        ("?show=nonsense&below=x", {"Viewed a page", "Asked for a demo", "no id"}),
        ("?kind=%00", {"Viewed a page", "Asked for a demo", "no id"}),
        ("?kind=other", set()),
    ],
)
def test_the_list_is_narrowed_down(browser, source, query, shown):
    make_event(source=source)
    make_event(source=source, kind="demo_requested")
    make_rejected(source, "no id")
    make_event(source=make_source("Other"), kind="ad_clicked")

    rows = words(browser.get(f"/sources/{source.pk}/{query}")).partition("<tbody>")[2].partition("</tbody>")[0]

    assert {text for text in ("Viewed a page", "Asked for a demo", "no id", "Clicked an ad") if text in rows} == shown


def test_pages_leave_nothing_out_and_show_nothing_twice(source):
    # Of a batch all came at once; another committed a little out of turn.
    for number in range(7):
        make_event(source=source, received_at=NOON + timedelta(seconds=number // 3))
        make_rejected(source, at=NOON + timedelta(seconds=(7 - number) // 3))
    place, seen = Place(), []
    while place is not None:
        page = arrivals_of(source, below=place, size=3)
        seen += [(type(row), row.pk) for row in page.rows]
        place = page.older

    assert len(seen) == len(set(seen)) == 14


def test_older_ones_are_a_page_away_and_do_not_move(browser, source):
    for number in range(60):
        make_event(source=source, kind=f"kind_{number:02}")
    first = words(browser.get(f"/sources/{source.pk}/"))
    below = first.partition("?below=")[2].partition('"')[0]

    older = words(browser.get(f"/sources/{source.pk}/?below={below}"))

    assert ("kind_59" in first, "kind_10" in first) == (True, True)
    rows = older.partition("<tbody>")[2].partition("</tbody>")[0]
    assert ("Kind 09" in rows or "kind_09" in rows, "kind_10" in rows) == (True, False)
    assert "every 2s" in first
    assert "every 2s" not in older


def test_the_list_takes_the_same_statements_however_much_arrived(browser, source):
    def count():
        with CaptureQueriesContext(connection) as queries:
            words(browser.get(f"/sources/{source.pk}/"))
        return len(queries)

    make_event(make_lead(), source=source)
    make_rejected(source)
    few = count()
    for _ in range(30):
        make_event(make_lead(), source=source)
        make_rejected(source)

    assert count() == few


def test_only_the_latest_events_of_all_sources_are_looked_at(browser, source, monkeypatch):
    monkeypatch.setattr(arrivals, "LOOKED_AT", 5)
    make_event(source=source)
    for _ in range(5):
        make_event(source=make_source("Busy"))

    page = words(browser.get(f"/sources/{source.pk}/"))

    assert "Waiting for an event" in page


def test_an_event_tells_all_that_is_known_of_it(browser, source):
    lead = make_lead("ada@acme.example", first_name="Ada", last_name="Lund")
    event = make_event(
        lead, source=source, name="Page", properties={"path": "/pricing", "ä": "<b>"}, signal="bot_agent"
    )

    for headers in ({}, {"hx-request": "true"}):
        page = words(browser.get(f"/sources/{source.pk}/events/{event.pk}/", headers=headers))

        assert "Ada Lund" in page
        assert event.message_id in page
        assert "ada@acme.example" in page
        assert "/pricing" in page
        assert "&lt;b&gt;" in page
        assert "Known bot: it counts for nothing." in page
        assert ("<html" in page) == (not headers)


@pytest.mark.parametrize(
    ("body", "shown"),
    [('{"a":[1]}', "[\n    1\n  ]"), ("{broken", "{broken"), ("", "Nothing of it was kept.")],
)
def test_a_rejected_event_tells_why_and_what_was_sent(browser, source, body, shown):
    rejected = make_rejected(source, "no id", body)

    page = words(browser.get(f"/sources/{source.pk}/rejected/{rejected.pk}/"))

    assert "no id" in page
    assert shown in page


def test_a_switched_off_source_says_so(browser, source):
    make_event(source=source)
    source.is_active = False
    source.save()

    assert "Whatever is sent with its key is refused." in words(browser.get(f"/sources/{source.pk}/"))


def test_the_code_of_every_client_is_ready_to_paste(browser, source, settings):
    settings.PUBLIC_URL = "https://crm.halden.example"

    page = words(browser.get(f"/sources/{source.pk}/"))

    for client in ("Segment, Python", "RudderStack, Node", "PostHog, in a browser", "Customer.io, Python", "By hand"):
        assert client in page
    assert page.count("https://crm.halden.example") >= 16
    assert "{host}" not in page
    assert "{key}" not in page
