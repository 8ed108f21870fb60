"""The real browser clients in Chromium, on a website of another origin."""

import pytest

from leads.models import Event, Lead, RejectedEvent
from leads.web.install import CLIENTS, ready_code
from tests.lossy import lossy
from tests.processes import wait_for

SEGMENT = "/lib/@segment/analytics-next/dist/umd/index.js"
RUDDER = "/lib/@rudderstack/analytics-js/dist/npm/modern/bundled/umd/index.js"
POSTHOG = "/lib/posthog-js/dist/array.full.no-external.js"


def arrived(*kinds: str) -> list[Event]:
    """Wait until there are events of at least these kinds, and nothing was rejected."""

    def look() -> list[Event] | None:
        events = list(Event.objects.order_by("pk"))
        return events if set(kinds) <= {event.kind for event in events} else None

    events = wait_for(look, f"events {kinds}")
    assert not RejectedEvent.objects.exists()
    return events


def assert_ada(**attributes: str) -> Lead:
    """See that visitor and person are one lead with its traits."""
    lead = Lead.objects.get()
    assert lead.email == "ada@acme.example"
    assert {key.kind for key in lead.identifiers.all()} >= {"user_id", "email", "anonymous_id"}
    assert not Event.objects.filter(lead=None).exists()
    return lead


JOURNEY = """
analytics.page("Pricing");
analytics.track("eBook Downloaded", { asset: "Playbook" });
analytics.identify("crm-77", { email: "ada@acme.example", firstName: "Ada" });
analytics.group("acme-1", { name: "Acme" });
analytics.track("Demo Requested", { form: "Header" });
"""
KINDS = ("page_viewed", "ebook_downloaded", "identified", "grouped", "demo_requested")


def segment(key: str, host: str, options: str = "") -> str:
    """Return what loads the client with the settings that our own address tells it. host: where it sends to."""
    sending = f'{{ apiHost: "{host.removeprefix("http://")}/v1", protocol: "http" {options} }}'
    return f"""<script src="{SEGMENT}"></script><script>
        const analytics = AnalyticsNext.AnalyticsBrowser.load(
            {{ writeKey: "{key}", cdnURL: "{host}" }}, {{ integrations: {{ "Segment.io": {sending} }} }});
        {JOURNEY}</script>"""


BATCHING = ', deliveryStrategy: { strategy: "batching", config: { size: 3, timeout: 300 } }'


@pytest.mark.parametrize("options", ["", BATCHING], ids=["single", "batching"])
def test_segments_client_as_a_module(key, live_server, site, visit, options):
    visit(site.show("/pricing", segment(key, live_server.url, options)) + "?utm_source=news")

    arrived(*KINDS)
    lead = assert_ada()
    assert (lead.first_name, lead.organization.external_id) == ("Ada", "acme-1")
    assert Event.objects.get(kind="page_viewed").properties["utm_source"] == "news"
    assert Event.objects.count() == len(KINDS)


@pytest.mark.parametrize("options", ["", BATCHING], ids=["single", "batching"])
def test_segments_client_sends_again_what_was_denied_and_it_is_stored_once(
    key, live_server, site, visit, tolerated, options
):
    tolerated += ["503", "/v1/"]
    with lossy(live_server.url, lambda number: number == 1) as front:
        page = visit(site.show("/pricing", segment(key, front.address, options)))
        arrived(*KINDS)
        wait_for(lambda: front.seen > (1 if options else len(KINDS)) or None, "what was denied to be sent again")
        page.close()

    assert Event.objects.count() == len(KINDS)


def test_segments_own_snippet_with_our_address_for_its_cdn(key, site, visit):
    code = next(client for client in CLIENTS if client.key == "segment-browser")
    more = (
        "<script>analytics.track('Demo Requested'); analytics.identify('crm-77', {email: 'ada@acme.example'})</script>"
    )

    visit(site.show("/", ready_code(code, key) + more))

    arrived("page_viewed", "demo_requested", "identified")
    assert_ada()


def rudder(key: str, host: str, options: str = "") -> str:
    return f"""<script src="{RUDDER}"></script><script>
        const analytics = new (window.rudderanalytics.RudderAnalytics || window.rudderanalytics)();
        analytics.load("{key}", "{host}", {{ configUrl: "{host}" {options} }});
        {JOURNEY}</script>"""


RUDDER_WAYS = {
    "single": "",
    "batch": ", queueOptions: { batch: { enabled: true, maxItems: 3, flushInterval: 300 } }",
    "beacon": ", useBeacon: true, beaconQueueOptions: { maxItems: 3, flushQueueInterval: 300 }",
}


@pytest.mark.parametrize("way", RUDDER_WAYS)
def test_rudderstacks_client(key, live_server, site, visit, way):
    visit(site.show("/pricing", rudder(key, live_server.url, RUDDER_WAYS[way])))

    arrived(*KINDS)
    assert assert_ada().first_name == "Ada"
    assert Event.objects.count() == len(KINDS)


def test_rudderstacks_client_sends_again_what_was_denied_and_it_is_stored_once(
    key, live_server, site, visit, tolerated
):
    tolerated += ["503", "/v1/"]
    with lossy(live_server.url, lambda number: number == 1) as front:
        visit(site.show("/pricing", rudder(key, front.address)))
        arrived(*KINDS)
        wait_for(lambda: front.seen > len(KINDS) or None, "what was denied to be sent again")

    assert Event.objects.count() == len(KINDS)


def test_posthogs_client(key, live_server, site, visit):
    head = f"""<script src="{POSTHOG}"></script><script>
        posthog.init("{key}", {{ api_host: "{live_server.url}", autocapture: false, opt_out_useragent_filter: true }});
        posthog.capture("eBook Downloaded", {{ asset: "Playbook" }});
        posthog.identify("crm-77", {{ email: "ada@acme.example", firstName: "Ada" }});
        posthog.group("company", "acme-1", {{ name: "Acme" }});
        posthog.capture("Demo Requested", {{ form: "Header" }});
    </script>"""

    visit(site.show("/pricing", head, title="Pricing") + "?utm_source=news")

    arrived(*KINDS)
    lead = assert_ada()
    assert (lead.first_name, lead.organization.external_id) == ("Ada", "acme-1")
    page = Event.objects.get(kind="page_viewed")
    assert (page.properties["path"], page.properties["utm_source"]) == ("/pricing", "news")
