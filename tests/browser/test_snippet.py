"""Our own snippet on somebody's website: what it sends, what it keeps, and what it leaves alone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from leads.models import Event, Lead
from tests.lossy import lossy
from tests.make import make_source
from tests.processes import wait_for
from tests.website import website

KEY = "wk_website"


@pytest.fixture
def site():
    with website() as there:
        yield there


@pytest.fixture
def tag(live_server) -> Callable[..., str]:
    """Return the line that a website puts into its pages."""
    make_source()

    def line(key: str = KEY, **attributes: str) -> str:
        more = "".join(f' data-{name}="{value}"' for name, value in attributes.items())
        return f'<script async src="{live_server.url}/c.js" data-key="{key}"{more}></script>'

    return line


def arrived(*kinds: str) -> list[Event]:
    """Wait until there are events of exactly these kinds, in the order in which they happened."""

    def look() -> list[Event] | None:
        events = list(Event.objects.order_by("occurred_at", "pk"))
        return events if len(events) >= len(kinds) else None

    events = wait_for(look, f"events {kinds}")
    assert sorted(event.kind for event in events) == sorted(kinds)
    return events


def is_ready(page: Page) -> None:
    wait_for(lambda: page.evaluate("Boolean(window.leadcrm && window.leadcrm.version)"), "the snippet")


def cookies_of(page: Page) -> dict[str, str]:
    return {cookie["name"]: cookie["value"] for cookie in page.context.cookies(page.url)}


def stored_by(page: Page) -> int:
    return page.evaluate("localStorage.length + sessionStorage.length") + len(cookies_of(page))


def test_a_page_view_arrives_with_its_campaign(site, tag, visit):
    address = site.show("/pricing", tag(), title="Pricing")

    page = visit(f"{address}?utm_source=news&utm_campaign=June&gclid=abc&other=1")

    (event,) = arrived("page_viewed")
    assert event.name == "Pricing"
    assert event.properties["path"] == "/pricing"
    assert event.properties["url"].startswith(address)
    assert (event.properties["utm_source"], event.properties["utm_campaign"]) == ("news", "June")
    assert event.properties["gclid"] == "abc"
    assert cookies_of(page) == {"leadcrm_id": event.identifier.value}
    assert not Lead.objects.exists()


def test_a_strict_policy_needs_no_more_than_our_address(site, tag, visit, live_server):
    site.policy = f"default-src 'none'; script-src {live_server.url}; connect-src {live_server.url}"

    visit(site.show("/", tag()))

    # Whatever the policy forbids would be in the console, which `open_page` watches.
    arrived("page_viewed")


def test_calls_made_before_it_has_loaded_are_not_lost(site, tag, visit):
    early = """<script>
        window.leadcrm = window.leadcrm || [];
        leadcrm.push(["identify", "crm-77", {email: "ada@acme.example", firstName: "Ada", company: "Acme"}]);
        leadcrm.push(["track", "Demo Requested", {form: "Header"}]);
    </script>"""

    visit(site.show("/", early + tag()))

    arrived("identified", "demo_requested", "page_viewed")
    lead = Lead.objects.get()
    assert (lead.email, lead.first_name, lead.organization.name) == ("ada@acme.example", "Ada", "Acme")
    assert lead.events.count() == 3
    assert lead.events.get(kind="demo_requested").properties["form"] == "Header"


def test_a_visitor_stays_the_same_from_page_to_page(site, tag, visit):
    address = site.show("/", tag())
    site.show("/pricing", tag())
    page = visit(address)
    arrived("page_viewed")

    page.goto(f"{site.address}/pricing")

    first, second = arrived("page_viewed", "page_viewed")
    assert first.identifier == second.identifier
    assert [event.properties["path"] for event in (first, second)] == ["/", "/pricing"]


def test_whom_a_tracked_link_led_here_goes_on_as_that_visitor_and_nobody_else_does(site, tag, visit):
    address = site.show("/offer", tag())

    page = visit(f"{address}?utm_source=ad&lc_aid=visitor-of-the-link")
    arrived("page_viewed")
    page.goto(f"{address}?lc_aid=somebody-else")

    events = arrived("page_viewed", "page_viewed")
    assert {event.identifier.value for event in events} == {"visitor-of-the-link"}


def test_the_campaign_stays_known_on_the_pages_after_the_one_it_led_to(site, tag, visit):
    page = visit(site.show("/", tag()) + "?utm_source=news")
    arrived("page_viewed")

    page.goto(site.show("/contact", tag()))

    assert [event.properties["utm_source"] for event in arrived("page_viewed", "page_viewed")] == ["news", "news"]


def test_an_application_that_moves_without_loading_is_followed(site, tag, visit):
    page = visit(site.show("/", tag()))
    arrived("page_viewed")

    page.evaluate("history.pushState({}, '', '/leasing'); document.title = 'Leasing'")
    arrived("page_viewed", "page_viewed")
    page.evaluate("history.replaceState({}, '', '/leasing?sort=price')")
    page.evaluate("history.pushState({}, '', '/leasing?sort=price')")
    page.evaluate("location.hash = 'faq'")
    page.go_back()
    page.evaluate("history.pushState({}, '', '/contact')")

    events = arrived("page_viewed", "page_viewed", "page_viewed")
    assert [event.properties["path"] for event in events] == ["/", "/leasing", "/contact"]
    assert events[1].name == "Leasing"
    assert events[1].properties["referrer"] == f"{site.address}/"


def test_a_page_in_sight_for_ten_seconds_is_a_human_sign_that_is_nobodys_activity(site, tag, open_page):
    page = open_page(path="about:blank")
    page.clock.install()
    page.goto(site.show("/", tag()))
    is_ready(page)

    page.clock.run_for(9_500)
    arrived("page_viewed")
    page.clock.run_for(20_000)

    _, kept_open = arrived("page_viewed", "page_kept_open")
    assert kept_open.properties["seconds"] == 10
    assert kept_open.properties["path"] == "/"


def test_nothing_is_sent_or_stored_before_consent(site, tag, visit):
    page = visit(site.show("/", tag(consent="required")))
    is_ready(page)
    sent = []
    page.on("request", lambda request: sent.append(request.url))
    page.evaluate("leadcrm.track('Viewed Video')")
    page.evaluate("leadcrm.identify('crm-77', {email: 'ada@acme.example'})")
    page.evaluate("new Promise((resolve) => setTimeout(resolve, 300))")

    assert (sent, stored_by(page), Event.objects.count()) == ([], 0, 0)
    page.evaluate("leadcrm.consent(true)")

    arrived("page_viewed", "viewed_video", "identified")
    assert "leadcrm_id" in cookies_of(page)
    assert Lead.objects.get().email == "ada@acme.example"


def test_consent_is_remembered_until_it_is_withdrawn(site, tag, visit):
    address = site.show("/", tag(consent="required"))
    page = visit(address)
    is_ready(page)
    page.evaluate("leadcrm.consent(true)")
    arrived("page_viewed")
    page.reload()
    arrived("page_viewed", "page_viewed")

    is_ready(page)
    page.evaluate("leadcrm.consent(false)")
    page.evaluate("leadcrm.track('Viewed Video')")

    assert stored_by(page) == 0
    page.goto(address)
    is_ready(page)
    assert stored_by(page) == 0
    arrived("page_viewed", "page_viewed")


def test_events_may_be_counted_without_storing_anything(site, tag, visit):
    page = visit(site.show("/", tag(consent="storage")) + "?utm_source=news")

    (event,) = arrived("page_viewed")
    assert event.properties["utm_source"] == "news"
    assert stored_by(page) == 0


FORM = """
<form method="post" action="/thanks" data-leadcrm-form="Contact us">
  <input name="your-mail" type="email" value="ada@acme.example">
  <input name="again" type="email" value="other@acme.example">
  <input name="given" autocomplete="given-name" value="Ada"> <input name="org" autocomplete="organization" value="Acme">
  <input name="tel" type="tel" value="+15005550006"> <textarea name="message">We need ten.</textarea>
  <input name="secret" type="password" value="p"> <input name="token" type="hidden" value="t">
  <input name="plan" type="hidden" value="team" data-leadcrm-field="plan">
  <input name="card" autocomplete="cc-number" value="4111"> <input name="skip" value="x" data-leadcrm-ignore>
  <input type="checkbox" name="topic" value="lease" checked> <input type="checkbox" name="topic" value="buy" checked>
  <input type="checkbox" name="no" value="1"> <input name="empty" value=""> <input name="id" value="7">
  <button>Send</button>
</form>
<form action="/search"><input name="q" value="machines"><button>Search</button></form>
"""


def test_a_form_is_captured_by_its_attribute_while_the_page_is_left(site, tag, visit):
    page = visit(site.show("/contact", tag(), FORM))
    arrived("page_viewed")

    page.get_by_role("button", name="Send").click()

    arrived("page_viewed", "identified", "form_submitted")
    assert page.url == f"{site.address}/thanks"
    lead = Lead.objects.get()
    assert (lead.email, lead.phone, lead.first_name) == ("ada@acme.example", "+15005550006", "Ada")
    assert lead.organization.name == "Acme"
    properties = lead.events.get(kind="form_submitted").properties
    assert {name: value for name, value in properties.items() if name != "path"} == {
        "form": "Contact us",
        "email": "ada@acme.example",
        "again": "other@acme.example",
        "first_name": "Ada",
        "company": "Acme",
        "phone": "+15005550006",
        "message": "We need ten.",
        "plan": "team",
        "topic": "lease, buy",
        "id": "7",
    }


def test_a_form_without_the_attribute_is_left_alone(site, tag, visit):
    page = visit(site.show("/contact", tag(), FORM))
    arrived("page_viewed")

    page.get_by_role("button", name="Search").click()
    page.goto(site.show("/", tag()))

    arrived("page_viewed", "page_viewed")


def test_what_happens_as_the_page_is_left_arrives(site, tag, visit):
    page = visit(site.show("/", tag(), """<a href="/next" onclick="leadcrm.track('Price List Opened')">Prices</a>"""))
    arrived("page_viewed")

    page.get_by_role("link", name="Prices").click()

    arrived("page_viewed", "price_list_opened")


def test_what_the_server_stored_and_then_denied_arrives_once(site, tag, visit, live_server, tolerated):
    tolerated += ["503", "/v1/b"]
    with lossy(live_server.url, lambda number: number <= 2) as front:
        page = visit(site.show("/", tag(host=front.address)))
        is_ready(page)
        for number in range(20):
            page.evaluate(f"leadcrm.track('Viewed Video', {{number: {number}}})")
        wait_for(lambda: front.seen > 2 or None, "what was denied to be sent again")
        wait_for(lambda: page.evaluate("JSON.parse(localStorage.leadcrm).queue.length") == 0 or None, "an empty queue")

    assert front.lost == 2
    numbers = [event.properties["number"] for event in Event.objects.filter(kind="viewed_video")]
    assert sorted(numbers) == list(range(20))
    assert Event.objects.count() == 21


def test_what_is_done_without_a_network_is_sent_by_the_next_page(site, tag, visit, tolerated):
    tolerated.append("ERR_INTERNET_DISCONNECTED")
    page = visit(site.show("/", tag()))
    arrived("page_viewed")
    page.context.set_offline(True)
    page.evaluate("leadcrm.track('Viewed Video')")
    wait_for(
        lambda: page.evaluate("JSON.parse(localStorage.leadcrm).queue.length") == 1 or None, "the event to be kept"
    )
    page.evaluate("new Promise((resolve) => setTimeout(resolve, 200))")
    page.context.set_offline(False)

    page.reload()

    arrived("page_viewed", "viewed_video", "page_viewed")


def test_another_user_at_the_same_browser_is_somebody_else(site, tag, visit):
    page = visit(site.show("/", tag(pages="off")))
    is_ready(page)

    page.evaluate("leadcrm.identify('crm-1', {email: 'ada@acme.example'})")
    page.evaluate("leadcrm.identify('crm-2', {email: 'bob@acme.example'})")
    page.evaluate("leadcrm.track('Viewed Video'); leadcrm.reset(); leadcrm.track('Viewed Video')")

    events = arrived("identified", "identified", "viewed_video", "viewed_video")
    assert Lead.objects.count() == 2
    assert events[2].lead == Lead.objects.get(email="bob@acme.example")
    assert events[3].lead is None


def test_who_installs_it_with_a_wrong_key_reads_so_in_the_console(site, tag, visit, tolerated):
    tolerated += ["This write key is unknown", "401"]
    said = "LeadCRM: This write key is unknown or switched off."
    page = visit(site.show("/", ""))

    with page.expect_console_message(lambda message: message.text == said):
        page.goto(site.show("/wrong", tag(key="wk_wrong")))

    assert not Event.objects.exists()
