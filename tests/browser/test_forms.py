"""Forms in a real browser: built, filled in with and without JavaScript, embedded in a site with a strict policy."""

import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Page, expect

from leads.channels.forms import guard
from leads.channels.forms.fields import fields_of
from leads.models import Event, Form, FormCount, Lead
from tests.browser.conftest import PHONE
from tests.browser.test_accessibility import grave_findings
from tests.make import CALL_CONSENT, EMAIL_FIELD, MAIL_CONSENT, NAME_FIELD, make_form

STAFF = {"name": "staff", "label": "Staff", "type": "choice", "options": ["1 to 49", "50 to 250"], "required": True}
# Nothing inline and nothing from anywhere but the product.
POLICY = "default-src 'none'; script-src {origin}; frame-src {origin}"
SITE = """<!doctype html><html lang="en"><title>Shop</title><h1>Coffee machines</h1>
<div data-leadcrm-form="{key}"></div><script async src="{origin}/f/{key}/embed.js"></script></html>"""


@pytest.fixture(autouse=True)
def patient_guard(monkeypatch, settings, live_server) -> None:
    """Let a browser be as fast as it is, and let links lead to the server under test."""
    monkeypatch.setattr(guard, "FASTEST", -1)
    settings.PUBLIC_URL = live_server.url


@pytest.fixture
def guide(live_server) -> Form:
    return make_form(
        "Guide",
        key="guide",
        heading="Get the coffee guide",
        intro="24 pages.",
        event_kind="ebook_downloaded",
        fields=[EMAIL_FIELD, NAME_FIELD, STAFF],
        consents=[MAIL_CONSENT, CALL_CONSENT],
        thanks_text="It is on its way.",
        side_heading="Better office coffee",
        colour="#7a1fa2",
    )


@pytest.fixture
def site(live_server, guide) -> Iterator[str]:
    """Serve a page of another origin that embeds the form under a strict policy; return its address."""
    body = SITE.format(key=guide.key, origin=live_server.url).encode()
    policy = POLICY.format(origin=live_server.url)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path.startswith("/shop") else 204)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Security-Policy", policy)
            self.end_headers()
            if self.path.startswith("/shop"):
                self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/shop?utm_source=spring"
    server.shutdown()
    server.server_close()


def fill_in(page: Page, email: str) -> None:
    page.get_by_label("Work e-mail").fill(email)
    page.get_by_label("Name").fill("Maja Lindqvist")
    page.get_by_label("Staff").select_option("50 to 250")
    page.get_by_label("You may call me.").check()


@pytest.mark.parametrize("has_scripts", [True, False])
def test_a_mistake_is_told_beside_its_field_and_what_was_typed_stays(open_page, guide, tolerated, has_scripts):
    tolerated.append("422")  # Chromium prints every answer that is no success
    page = open_page(path="/f/guide/?utm_source=spring", java_script_enabled=has_scripts)
    fill_in(page, "maja@fjallrav")
    page.get_by_role("button", name="Send").click()

    email = page.get_by_label("Work e-mail")
    expect(email).to_have_value("maja@fjallrav")
    expect(email).to_have_accessible_description("Add the part after the dot, such as .com or .se")
    expect(page.get_by_label("Name")).to_have_value("Maja Lindqvist")
    expect(page.get_by_label("Staff")).to_have_value("50 to 250")
    expect(page.get_by_label("You may call me.")).to_be_checked()
    expect(page.get_by_label(MAIL_CONSENT["wording"])).not_to_be_checked()

    email.fill("maja@fjallrav.se")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("status")).to_contain_text("It is on its way.")

    lead = Lead.objects.get()
    assert (lead.email, lead.first_name, lead.attributes) == ("maja@fjallrav.se", "Maja", {"staff": "50 to 250"})
    assert Event.objects.get(kind="ebook_downloaded").properties["utm_source"] == "spring"
    assert page.context.cookies() == []
    counts = dict(FormCount.objects.filter(form=guide).values_list("step", "count"))
    assert (counts["view"], counts["start"], counts["field:email"], counts["sent"]) == (1, 1, 1, 1)


def test_a_site_with_a_strict_policy_shows_the_form_as_high_as_it_is(open_page, site, guide):
    page = open_page(path=site)
    frame = page.frame_locator("iframe")
    expect(frame.get_by_role("heading", name="Get the coffee guide")).to_be_visible()
    high = page.locator("iframe")
    expect(high).not_to_have_attribute("height", "520")

    frame.get_by_label("Work e-mail").fill("maja@fjallrav.se")
    frame.get_by_label("Staff").select_option("1 to 49")
    before = int(high.get_attribute("height"))
    frame.get_by_role("button", name="Send").click()

    expect(frame.get_by_role("status")).to_contain_text("It is on its way.")
    expect(high).not_to_have_attribute("height", str(before))
    assert int(high.get_attribute("height")) < before
    event = Event.objects.get(kind="ebook_downloaded")
    assert event.properties["way"] == "frame"
    assert event.properties["path"] == "/shop"
    assert event.properties["utm_source"] == "spring"


def test_a_site_that_is_not_allowed_can_not_show_the_form(open_page, site, guide, tolerated):
    tolerated += ["frame-ancestors", "ERR_BLOCKED_BY_RESPONSE"]
    guide.allowed_domains = ["halden.example"]
    guide.save()

    page = open_page(path=site)

    expect(page.locator("iframe")).to_have_count(1)
    expect(page.frame_locator("iframe").get_by_role("heading", name="Get the coffee guide")).to_have_count(0)


def test_a_browser_is_asked_the_next_question_the_second_time(open_page, guide):
    guide.is_progressive = True
    guide.fields = [EMAIL_FIELD, NAME_FIELD, {**STAFF, "later": True}]
    guide.save()
    page = open_page(path="/f/guide/")
    expect(page.get_by_label("Staff")).to_have_count(0)
    page.get_by_label("Work e-mail").fill("maja@fjallrav.se")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("status")).to_contain_text("It is on its way.")

    page.goto("/f/guide/")

    expect(page.get_by_label("Staff")).to_be_visible()
    expect(page.get_by_label("Work e-mail")).to_have_count(0)
    expect(page.get_by_text("You are ma…@fjallrav.se.")).to_be_visible()
    page.get_by_role("link", name="Not you?").click()
    expect(page.get_by_label("Work e-mail")).to_be_visible()


def test_a_form_is_built_with_the_keyboard_and_nothing_is_stored_before_it_is_saved(open_page, marketer, live_server):
    page = open_page(marketer, "/forms/")
    page.get_by_role("button", name=re.compile("^Newsletter")).click()
    expect(page.get_by_role("heading", level=1, name="Newsletter")).to_be_visible()

    page.locator("#fields summary", has_text="Add").press("Enter")
    page.get_by_role("button", name=re.compile("^Company")).press("Enter")
    expect(page.locator(".edit-field")).to_have_count(2)
    up = page.get_by_role("button", name="Move Company up")
    up.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".edit-field").first).to_contain_text("Company")
    expect(page.get_by_role("button", name="Move Company up")).to_be_focused()
    expect(page.locator("#preview .form-fields label").first).to_contain_text("Company")
    assert [field.name for field in fields_of(Form.objects.get())] == ["email"]

    page.get_by_text("Words on the form").click()
    page.get_by_label("Heading", exact=True).fill("Coffee in your mailbox")
    page.get_by_label("Heading", exact=True).blur()
    expect(page.locator("#preview h2")).to_have_text("Coffee in your mailbox")
    page.get_by_role("button", name="Save changes").click()

    expect(page.get_by_role("status").filter(has_text="Newsletter is saved.")).to_be_visible()
    form = Form.objects.get()
    assert form.heading == "Coffee in your mailbox"
    assert [field.name for field in fields_of(form)] == ["company", "email"]


@pytest.mark.parametrize("device", [{}, PHONE])
def test_no_page_of_a_form_has_a_serious_fault(open_page, marketer, guide, tolerated, device):
    tolerated.append("422")
    page = open_page(marketer, "/forms/", bypass_csp=True, **device)

    findings = grave_findings(
        page,
        "/forms/",
        "/forms/add/",
        f"/forms/{guide.pk}/",
        f"/forms/{guide.pk}/blocked/",
        "/f/guide/",
        "/f/guide/frame/",
        "/f/guide/thanks/?confirm=1",
    )
    page.goto("/f/guide/")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Give your e-mail address.")).to_be_visible()
    findings += grave_findings(page)

    assert findings == []
