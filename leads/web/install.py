"""Install instructions: for each client a piece of code that sends events, ready to paste."""

from dataclasses import dataclass

from django.conf import settings

from leads.models import Source


@dataclass(frozen=True, slots=True)
class Client:
    """A client to install. where: its platform; hint: further notes; code: to paste."""

    key: str
    label: str
    where: str
    code: str
    hint: str = ""


OWN = Client(
    "snippet",
    "LeadCRM's own snippet",
    "Website",
    '<script async src="{host}/c.js" data-key="{key}"></script>',
    'Into every page\'s head. With data-consent="required" it waits for leadcrm.consent(true).',
)

SEGMENT = (
    Client(
        "segment-browser",
        "Segment, in a browser",
        "Website",
        """<script>
  window.analytics = window.analytics || [];
  for (const name of ["identify", "track", "page", "group", "alias", "ready", "reset"]) {
    window.analytics[name] = (...given) => window.analytics.push([name, ...given]);
  }
  window.analytics._writeKey = "{key}";
  window.analytics._cdn = "{host}";
  window.analytics.page();
</script>
<script async src="{host}/analytics.js/v1/{key}/analytics.min.js"></script>""",
        "In Segment's own snippet put this address for cdn.segment.com, your key here, and add the line with _cdn.",
    ),
    Client(
        "segment-npm",
        "Segment, analytics-next",
        "JavaScript",
        """import { AnalyticsBrowser } from "@segment/analytics-next";

const analytics = AnalyticsBrowser.load({ writeKey: "{key}", cdnURL: "{host}" });
analytics.page();""",
    ),
    Client(
        "segment-python",
        "Segment, Python",
        "Python",
        """import segment.analytics as analytics  # pip install segment-analytics-python

analytics.host, analytics.write_key = "{host}", "{key}"
analytics.identify("crm-user-77", {"email": "ada@acme.example", "firstName": "Ada"})
analytics.track("crm-user-77", "Demo Requested", {"form": "Pricing"})
analytics.flush()""",
    ),
    Client(
        "segment-node",
        "Segment, Node",
        "Node",
        """import { Analytics } from "@segment/analytics-node";

const analytics = new Analytics({ writeKey: "{key}", host: "{host}" });
analytics.identify({ userId: "crm-user-77", traits: { email: "ada@acme.example", firstName: "Ada" } });
analytics.track({ userId: "crm-user-77", event: "Demo Requested", properties: { form: "Pricing" } });
await analytics.closeAndFlush();""",
    ),
    Client(
        "analytics-node",
        "Segment, analytics-node 6 and older",
        "Node",
        """import Analytics from "analytics-node";

const analytics = new Analytics("{key}", { host: "{host}" });
analytics.identify({ userId: "crm-user-77", traits: { email: "ada@acme.example", firstName: "Ada" } });
analytics.track({ userId: "crm-user-77", event: "Demo Requested", properties: { form: "Pricing" } });
await analytics.flush();""",
    ),
)

RUDDERSTACK = (
    Client(
        "rudder-browser",
        "RudderStack, in a browser",
        "JavaScript",
        """import { RudderAnalytics } from "@rudderstack/analytics-js";

const analytics = new RudderAnalytics();
analytics.load("{key}", "{host}", { configUrl: "{host}" });
analytics.page();""",
    ),
    Client(
        "rudder-python",
        "RudderStack, Python",
        "Python",
        """import rudderstack.analytics as analytics  # pip install rudder-sdk-python

analytics.dataPlaneUrl, analytics.write_key = "{host}", "{key}"
analytics.identify("crm-user-77", {"email": "ada@acme.example", "firstName": "Ada"})
analytics.track("crm-user-77", "Demo Requested", {"form": "Pricing"})
analytics.flush()""",
    ),
    Client(
        "rudder-node",
        "RudderStack, Node",
        "Node",
        """import RudderAnalytics from "@rudderstack/rudder-sdk-node";

const analytics = new RudderAnalytics("{key}", { dataPlaneUrl: "{host}" });
analytics.identify({ userId: "crm-user-77", traits: { email: "ada@acme.example", firstName: "Ada" } });
analytics.track({ userId: "crm-user-77", event: "Demo Requested", properties: { form: "Pricing" } });
await analytics.flush();""",
    ),
)

POSTHOG = (
    Client(
        "posthog-browser",
        "PostHog, in a browser",
        "JavaScript",
        """import posthog from "posthog-js";

posthog.init("{key}", { api_host: "{host}", defaults: "2025-05-24" });""",
    ),
    Client(
        "posthog-python",
        "PostHog, Python",
        "Python",
        """from posthog import Posthog  # pip install posthog

posthog = Posthog("{key}", host="{host}")
posthog.set(distinct_id="crm-user-77", properties={"email": "ada@acme.example", "firstName": "Ada"})
posthog.capture("Demo Requested", distinct_id="crm-user-77", properties={"form": "Pricing"})
posthog.shutdown()""",
    ),
    Client(
        "posthog-node",
        "PostHog, Node",
        "Node",
        """import { PostHog } from "posthog-node";

const posthog = new PostHog("{key}", { host: "{host}" });
posthog.identify({ distinctId: "crm-user-77", properties: { email: "ada@acme.example", firstName: "Ada" } });
posthog.capture({ distinctId: "crm-user-77", event: "Demo Requested", properties: { form: "Pricing" } });
await posthog.shutdown();""",
    ),
)

CUSTOMERIO = (
    Client(
        "customerio-python",
        "Customer.io, Python",
        "Python",
        """from customerio import analytics  # pip install customerio-cdp-analytics

analytics.host, analytics.write_key = "{host}", "{key}"
analytics.identify("crm-user-77", {"email": "ada@acme.example", "firstName": "Ada"})
analytics.track("crm-user-77", "Demo Requested", {"form": "Pricing"})
analytics.flush()""",
    ),
    Client(
        "customerio-node",
        "Customer.io, Node",
        "Node",
        """import { Analytics } from "@customerio/cdp-analytics-node";

const analytics = new Analytics({ writeKey: "{key}", host: "{host}" });
analytics.identify({ userId: "crm-user-77", traits: { email: "ada@acme.example", firstName: "Ada" } });
analytics.track({ userId: "crm-user-77", event: "Demo Requested", properties: { form: "Pricing" } });
await analytics.closeAndFlush();""",
    ),
)

BY_HAND = Client(
    "curl",
    "By hand, over HTTP",
    "Shell",
    """curl -u {key}: {host}/v1/track -d '{
  "userId": "crm-user-77", "event": "Demo Requested", "properties": {"form": "Pricing"}}'""",
)

CLIENTS = (OWN, *SEGMENT, *RUDDERSTACK, *POSTHOG, *CUSTOMERIO, BY_HAND)


def clients_for(source: Source) -> list[Client]:
    """Return every client with code for this source."""
    return [
        Client(client.key, client.label, client.where, ready_code(client, source.write_key), client.hint)
        for client in CLIENTS
    ]


def ready_code(client: Client, write_key: str) -> str:
    """Return a client's code with this installation's address and a source's key."""
    return client.code.replace("{host}", settings.PUBLIC_URL).replace("{key}", write_key)
