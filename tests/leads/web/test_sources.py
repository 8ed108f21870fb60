"""Sources and their write keys, as a marketer keeps them."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from leads.models import AuditEntry, Event, Source
from tests.leads.capture.test_tracking import basic
from tests.make import NOON, make_event, make_lead, make_source
from tests.pages import words


def send(client, source):
    body = json.dumps({"userId": "u1", "event": "Viewed"})
    return client.post("/v1/track", body, content_type="text/plain", **basic(source.write_key))


def test_a_source_is_made_with_a_key_of_its_own_and_the_code_to_paste(browser, client, marketer):
    response = browser.post("/sources/add/", {"name": " Shop "})

    source = Source.objects.get()
    assert (source.name, source.is_active, source.created_at) == ("Shop", True, NOON)
    assert response["Location"] == f"/sources/{source.pk}/"
    page = words(browser.get(response["Location"]))
    assert f"data-key=&quot;{source.write_key}&quot;" in page
    assert "Waiting for the first event" in page
    assert AuditEntry.objects.get(action="source made").actor == marketer
    assert send(client, source).status_code == 200
    assert Event.objects.get().source == source


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("", "This field is required"),
        ("  ", "This field is required"),
        ("n" * 101, "at most 100 characters"),
        ("Website", "There is a source called Website already."),
    ],
)
def test_a_name_that_will_not_do_is_named_and_stays(browser, name, expected):
    make_source()

    response = browser.post("/sources/add/", {"name": name})

    assert response.status_code == 400
    assert expected in response.content.decode()
    assert Source.objects.count() == 1


def test_the_list_tells_what_came_lately(browser):
    shop, app = make_source("Shop"), make_source("App", is_active=False)
    make_event(source=shop)
    make_event(source=shop, received_at=NOON.replace(day=10))

    page = words(browser.get("/sources/"))

    assert page.index(app.name) < page.index(shop.name)
    assert "Events arrive" in page
    assert "Off" in page
    assert shop.write_key in page
    assert '<td class="right number">1</td>' in page


def test_channels_of_our_own_have_a_list_of_their_own(browser):
    make_source("Raffle", is_channel=True)
    make_source("Shop")

    clients, channels = words(browser.get("/sources/")), words(browser.get("/sources/?show=channels"))

    assert ("Shop" in clients, "Raffle" in clients) == (True, False)
    assert ("Shop" in channels, "wk_raffle" in channels, "Built in" in channels) == (False, False, True)


def test_without_a_source_the_list_says_how_to_begin(browser):
    assert "See what people do on your website" in words(browser.get("/sources/"))


def test_the_list_takes_the_same_statements_however_many_there_are(browser):
    def count():
        with CaptureQueriesContext(connection) as queries:
            browser.get("/sources/")
        return len(queries)

    make_source("Shop")
    few = count()
    for number in range(60):
        make_source(f"Source {number:02}")

    assert count() == few
    assert "Next" in words(browser.get("/sources/"))
    assert words(browser.get("/sources/?after=nonsense"))


def test_a_source_that_is_switched_off_refuses_and_can_be_switched_on_again(browser, client):
    source = make_source()

    browser.post(f"/sources/{source.pk}/off/")
    refused = send(client, source)
    browser.post(f"/sources/{source.pk}/on/")
    taken = send(client, source)

    assert (refused.status_code, taken.status_code) == (401, 200)
    assert [entry.subject for entry in AuditEntry.objects.filter(action="source changed").order_by("pk")] == [
        "Website: takes no events",
        "Website: takes events",
    ]


def test_a_renewed_key_works_and_the_old_one_does_not(browser, client):
    source = make_source()
    old = Source.objects.get()

    browser.post(f"/sources/{source.pk}/renew-key/")

    source.refresh_from_db()
    assert send(client, old).status_code == 401
    assert send(client, source).status_code == 200
    assert AuditEntry.objects.get(action="write key renewed").subject == "Website"


def test_a_source_is_renamed_unless_the_name_is_taken(browser):
    source = make_source()
    make_source("Shop")

    browser.post(f"/sources/{source.pk}/rename/", {"name": "Shop"})
    source.refresh_from_db()
    assert source.name == "Website"
    browser.post(f"/sources/{source.pk}/rename/", {"name": "Site"})
    source.refresh_from_db()
    assert source.name == "Site"


def test_a_channel_of_our_own_keeps_its_name(browser):
    source = make_source("Forms", is_channel=True)

    response = browser.post(f"/sources/{source.pk}/rename/", {"name": "Other"}, follow=True)

    source.refresh_from_db()
    assert source.name == "Forms"
    assert "found by its name" in words(response)
    assert "Renew the write key" not in words(response)


def test_sales_reads_who_may_see_sources(rep_browser):
    response = rep_browser.get("/sources/")

    assert response.status_code == 403
    assert "You are signed in as" in response.content.decode()


def test_no_source_and_no_lead_of_another_is_shown(browser):
    source, other = make_source(), make_source("Other")
    event = make_event(make_lead(), source=other)

    assert browser.get(f"/sources/{source.pk}/events/{event.pk}/").status_code == 404
    assert browser.get("/sources/999/").status_code == 404
