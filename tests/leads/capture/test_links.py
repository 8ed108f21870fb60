"""GET /r/<link>/: the click is stored, and the visitor goes on to the one address that the link was given."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from leads.channels.links.token import address_for
from leads.events.tally import totals
from leads.models import Counted, Event, Identifier, LinkKind
from tests.make import NOON, make_event, make_lead, make_link

CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36"
GOOGLEBOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
PAGE = "https://www.halden.example/offer"
AID = "7c1d2f9e-aaaa-bbbb-cccc-0123456789ab"

pytestmark = pytest.mark.django_db


@pytest.fixture
def visitor():
    return Client(headers={"user-agent": CHROME})


def query_of(response):
    return {name: values[0] for name, values in parse_qs(urlsplit(response["Location"]).query).items()}


def path_of(link, **recipient):
    return address_for(link, **recipient).removeprefix(settings.PUBLIC_URL)


def test_a_stranger_becomes_a_visitor_whom_the_site_knows_again(visitor):
    link = make_link(slug="lease-ad", utm_source="google", utm_campaign="lease")

    response = visitor.get("/r/lease-ad/?gclid=abc&utm_medium=cpc")

    event = Event.objects.get()
    assert response.status_code == 302
    assert response["Location"].partition("?")[0] == link.target
    assert query_of(response) == {
        "gclid": "abc",
        "utm_medium": "cpc",
        "utm_source": "google",
        "utm_campaign": "lease",
        "lc_aid": event.identifier.value,
    }
    assert (event.kind, event.channel, event.signal, event.lead) == ("ad_clicked", "ad", "", None)
    assert event.properties == {
        "link": "lease-ad",
        "title": link.name,
        "utm_source": "google",
        "utm_campaign": "lease",
        "utm_medium": "cpc",
        "gclid": "abc",
        "campaign": "lease",
    }


def test_every_click_id_is_kept_and_passed_on(visitor):
    make_link(slug="ad", passes_visitor=False)
    ids = {name: f"{name}-1" for name in ("gclid", "gbraid", "wbraid", "fbclid", "msclkid", "li_fat_id", "ttclid")}

    response = visitor.get("/r/ad/", ids)

    assert query_of(response) == ids
    assert Event.objects.get().properties.items() >= ids.items()


@pytest.mark.parametrize("cookie", ["lc_aid", "leadcrm_id"])
def test_a_visitor_of_ours_stays_the_same(visitor, cookie):
    make_link(slug="ad")
    visitor.cookies[cookie] = AID

    first, second = visitor.get("/r/ad/"), visitor.get("/r/ad")

    assert query_of(first) == query_of(second) == {"lc_aid": AID}
    assert Identifier.objects.get().value == AID
    assert Event.objects.count() == 2


@pytest.mark.parametrize("cookie", ["", "short", "a" * 200, "<script>", "a b c d e f g"])
def test_a_cookie_that_is_not_ours_is_not_believed(visitor, cookie):
    make_link(slug="ad")
    visitor.cookies["lc_aid"] = cookie

    assert query_of(visitor.get("/r/ad/"))["lc_aid"] != cookie


def test_a_link_to_somebody_elses_site_takes_no_visitor_along(visitor):
    make_link(LinkKind.SOCIAL, slug="post", passes_visitor=False)

    assert visitor.get("/r/post/")["Location"] == PAGE
    assert Event.objects.get().kind == "social_interaction"


def test_a_mails_link_knows_whom_it_was_sent_to(visitor):
    lead, link = make_lead("ada@halden.com"), make_link(LinkKind.EMAIL, slug="news")

    response = visitor.get(path_of(link, lead_id=lead.pk, message="grounds-march"))

    event = Event.objects.get()
    assert (event.kind, event.lead, event.properties["message"]) == ("email_clicked", lead, "grounds-march")
    # What happens in this browser from now on is Ada's too.
    assert Identifier.objects.get(kind="anonymous_id").lead == lead
    assert query_of(response)["lc_aid"] == Identifier.objects.get(kind="anonymous_id").value


def test_a_mail_to_a_lead_that_was_merged_counts_for_the_survivor(visitor):
    survivor, link = make_lead("ada@halden.com"), make_link(LinkKind.EMAIL)
    absorbed = make_lead("", merged_into=survivor)

    visitor.get(path_of(link, lead_id=absorbed.pk, message=""))

    assert Event.objects.get().lead == survivor


def test_a_mail_to_a_lead_that_is_gone_still_leads_on(visitor):
    link = make_link(LinkKind.EMAIL)

    response = visitor.get(path_of(link, lead_id=4711, message=""))

    assert response.status_code == 302
    assert Event.objects.get().lead is None


def test_a_mail_tool_names_its_own_message(visitor):
    make_link(LinkKind.EMAIL, slug="news")

    visitor.get("/r/news/?m=mailchimp-77&l=forged")

    assert Event.objects.get().properties["message"] == "mailchimp-77"


@pytest.mark.parametrize(
    ("method", "headers", "signal"),
    [
        ("head", {}, "prefetch"),
        ("get", {"purpose": "prefetch"}, "prefetch"),
        ("get", {"sec-purpose": "prefetch;prerender"}, "prefetch"),
        ("get", {"x-moz": "prefetch"}, "prefetch"),
        ("get", {"x-purpose": "preview"}, "prefetch"),
        ("get", {"user-agent": GOOGLEBOT}, "bot_agent"),
        ("head", {"user-agent": GOOGLEBOT}, "bot_agent"),
        ("get", {"sec-purpose": ""}, ""),
    ],
)
def test_machines_are_sent_on_and_marked(visitor, method, headers, signal):
    link = make_link(slug="ad")

    response = getattr(visitor, method)("/r/ad/", headers=headers)

    assert (response.status_code, response["Location"].partition("?")[0]) == (302, PAGE)
    assert Event.objects.get().signal == signal
    counts = totals([Counted.LINK_CLICK, Counted.LINK_MACHINE], [link.pk])[link.pk]
    assert counts == {"link_click": int(not signal), "link_machine": int(bool(signal))}


def test_machines_become_nobodys_browser(visitor):
    lead, link = make_lead("ada@halden.com"), make_link(LinkKind.EMAIL)

    response = visitor.head(path_of(link, lead_id=lead.pk, message="m1"))

    assert response["Location"] == PAGE
    assert not Identifier.objects.filter(kind="anonymous_id").exists()
    assert (Event.objects.get().lead, Event.objects.get().signal) == (lead, "prefetch")


def test_many_machines_leave_one_identifier(visitor):
    make_link(slug="ad")

    for _ in range(3):
        visitor.get("/r/ad/", headers={"user-agent": GOOGLEBOT})

    assert (Event.objects.count(), Identifier.objects.count()) == (3, 1)


def test_whoever_follows_the_hidden_link_is_a_machine(visitor):
    lead, link = make_lead("ada@halden.com"), make_link(LinkKind.HONEYPOT)

    visitor.get(path_of(link, lead_id=lead.pk, message="m1"))

    event = Event.objects.get()
    assert (event.signal, event.lead, event.properties["message"]) == ("honeypot", lead, "m1")


@pytest.mark.parametrize(
    "query",
    [
        "target=https://evil.example/",
        "url=//evil.example",
        "next=https://evil.example",
        "utm_source=%0d%0aSet-Cookie:x=1",
        "lc_aid=https://evil.example",
        "gclid=%00",
    ],
)
def test_no_request_changes_where_a_link_leads(visitor, query):
    make_link(slug="ad")

    response = visitor.get(f"/r/ad/?{query}")

    assert response.status_code == 302
    assert response["Location"].startswith(f"{PAGE}?")
    assert urlsplit(response["Location"]).netloc == "www.halden.example"
    assert "Set-Cookie" not in response.headers


@pytest.mark.parametrize("slug", ["nothing-here", "..%2f..%2fadmin", "%00", "https:%2f%2fevil.example", "a" * 90])
def test_an_unknown_link_gets_a_page_for_visitors(visitor, slug):
    response = visitor.get(f"/r/{slug}/")

    assert response.status_code == 404
    assert "This link leads nowhere" in response.content.decode()
    assert "frame-ancestors 'none'" in response["Content-Security-Policy"]
    assert not Event.objects.exists()


def test_an_archived_link_goes_on_working(visitor):
    make_link(slug="old", archived_at=NOON)

    assert visitor.get("/r/old/").status_code == 302
    assert Event.objects.count() == 1


def test_only_reading_follows_a_link(visitor):
    make_link(slug="ad")

    assert visitor.post("/r/ad/").status_code == 405
    assert not Event.objects.exists()


def test_a_click_that_can_not_be_stored_is_not_lost(visitor, monkeypatch):
    make_link(slug="ad")

    def fail(*args, **kwargs):
        raise OperationalError("the database is away")

    with monkeypatch.context() as broken:
        broken.setattr(connection, "cursor", fail)
        response = visitor.get("/r/ad/")

    assert (response.status_code, response["Retry-After"]) == (503, "5")
    assert '<meta http-equiv="refresh" content="5">' in response.content.decode()
    assert visitor.get("/r/ad/").status_code == 302


def test_a_click_takes_few_statements(visitor):
    link = make_link(slug="ad")
    lead = make_lead("ada@halden.com")
    make_event(lead)
    visitor.cookies["lc_aid"] = AID
    visitor.get("/r/ad/")

    with CaptureQueriesContext(
        connection,
    ) as known_visitor:
        visitor.get("/r/ad/")
    with CaptureQueriesContext(connection) as known_lead:
        visitor.get(path_of(link, lead_id=lead.pk, message="m1"))

    # The link, the source, the event, the count; and a savepoint, as the test is a transaction itself.
    assert len([query for query in known_visitor if "SAVEPOINT" not in query["sql"]]) == 4
    assert len([query for query in known_lead if "SAVEPOINT" not in query["sql"]]) < 25
