"""A marketer installs a client and watches it work."""

import json

import pytest
import requests
from playwright.sync_api import expect

from leads.models import Source
from tests.browser.conftest import PHONE
from tests.browser.test_accessibility import grave_findings
from tests.make import make_event, make_source


def send(address, source, body):
    data = body if isinstance(body, str) else json.dumps(body)
    return requests.post(f"{address}/v1/batch", data, auth=(source.write_key, ""), timeout=10)


TRACK = {"batch": [{"type": "track", "userId": "u1", "event": "Demo Requested", "properties": {"form": "Pricing"}}]}


@pytest.mark.parametrize("screen", [{}, PHONE], ids=["wide", "phone"])
def test_waiting_turns_green_when_the_first_event_arrives(open_page, live_server, marketer, screen):
    page = open_page(marketer, "/sources/", **screen)
    page.get_by_role("link", name="New source").first.click()
    page.get_by_label("Name").fill("Shop")
    page.get_by_role("button", name="Make source").click()
    expect(page.get_by_text("Waiting for the first event.")).to_be_visible()

    send(live_server.url, Source.objects.get(), TRACK)

    expect(page.get_by_text("Events arrive.")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="Asked for a demo")).to_be_visible()


def test_what_was_wrong_is_read_beside_the_list(open_page, live_server, marketer):
    source = make_source()
    page = open_page(marketer, f"/sources/{source.pk}/")

    send(live_server.url, source, '{"batch": [oops]}')

    expect(page.get_by_text("The last one was not taken in.")).to_be_visible()
    page.get_by_role("link", name="Refused: The body is not JSON").click()
    detail = page.locator("#detail")
    expect(detail.get_by_text('{"batch": [oops]}')).to_be_visible()
    # Polls leave alone what is being read.
    send(live_server.url, source, TRACK)
    page.mouse.move(900, 5)
    page.get_by_role("heading", name="Website").click()
    expect(page.get_by_text("Events arrive.")).to_be_visible()
    expect(detail.get_by_text('{"batch": [oops]}')).to_be_visible()


def test_rows_hold_still_under_the_pointer_until_asked(open_page, live_server, marketer):
    source = make_source()
    make_event(source=source)
    page = open_page(marketer, f"/sources/{source.pk}/")
    page.get_by_role("row").filter(has_text="Viewed a page").hover()

    send(live_server.url, source, TRACK)

    more = page.get_by_role("button", name="Show what is new")
    expect(more).to_be_visible()
    assert page.get_by_text("Asked for a demo").count() == 0
    more.click()
    expect(page.get_by_role("row").filter(has_text="Asked for a demo")).to_be_visible()
    expect(more).to_be_hidden()


def test_it_reads_without_javascript(open_page, marketer):
    source = make_source()
    event = make_event(source=source, properties={"path": "/pricing"})
    page = open_page(marketer, f"/sources/{source.pk}/", java_script_enabled=False)

    page.get_by_role("link", name="Viewed a page").click()

    expect(page).to_have_url(f"{page.url.split('/sources')[0]}/sources/{source.pk}/events/{event.pk}/")
    expect(page.get_by_role("heading", level=1, name="Viewed a page")).to_be_visible()


def test_no_screen_of_sources_has_a_serious_fault(open_page, marketer, live_server):
    source, empty = make_source(), make_source("Shop")
    event = make_event(source=source)
    send(live_server.url, source, "{")
    page = open_page(marketer, "/sources/", bypass_csp=True)

    findings = grave_findings(
        page,
        "/sources/",
        "/sources/?show=channels",
        "/sources/add/",
        f"/sources/{source.pk}/",
        f"/sources/{empty.pk}/",
        f"/sources/{source.pk}/events/{event.pk}/",
    )

    assert findings == []
