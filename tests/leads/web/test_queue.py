"""The sales queue: who waits, claiming with and without JavaScript, who was first, and the way back."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from leads.handoff.claim import claim_lead
from leads.models import Stage, StageChange
from scoring.qualification.rescore import rescore_leads
from tests.make import NOON, make_event, make_lead, make_organization, make_sql
from tests.make_rules import EVALUATE, OFFICE_MANAGER, TRIAL, publish_rules

HTMX = {"HX-Request": "true"}


def groups(response):
    """Return the titles of the groups and the ids of the leads in each."""
    parts = re.split(r'<h2 class="queue-group[^>]*>', response.content.decode())[1:]
    return {
        re.sub(r"<svg.*?</svg>", "", part).split("<")[0].strip(): [
            int(pk) for pk in re.findall(r'id="waiting-(\d+)"', part)
        ]
        for part in parts
    }


def test_leads_stand_in_groups_by_urgency(rep_browser):
    later = make_sql(respond_by=NOON + timedelta(minutes=20))
    soon = make_sql(respond_by=NOON + timedelta(minutes=14))
    late = make_sql(respond_by=NOON - timedelta(minutes=1))
    make_lead(stage=Stage.MQL)

    response = rep_browser.get("/queue/")

    assert groups(response) == {"Late": [late.pk], "Due within 15 minutes": [soon.pk], "Later": [later.pk]}
    assert "1 late, 1 due in 15 min" in response.content.decode()


def test_a_row_says_why_and_how_the_lead_can_be_reached(rep_browser):
    lead = make_sql(phone="+46701234567")
    evidence = [{"rule": "Demo requested"}, {"rule": "Trial started"}, {"rule": "Third"}]
    StageChange.objects.create(
        lead=lead, from_stage="mql", to_stage="sql", reason="A hand-raise", changed_at=NOON, evidence=evidence
    )

    page = rep_browser.get("/queue/").content.decode()

    assert re.findall(r'<span class="truncate" title="([^"]*)">', page)[:3] == [
        "Demo requested",
        "Trial started",
        "Phone and e-mail known",
    ]


def reasons(browser):
    """Return the lines of why to call, of all rows."""
    page = browser.get("/queue/").content.decode()
    lists = re.findall(r'<ul class="reasons">.*?</ul>', page, flags=re.S)
    return [re.findall(r'<span class="truncate" title="([^"]*)">', one) for one in lists]


def test_a_row_names_persona_questions_and_the_furthest_journey(rep_browser):
    lead = make_sql("maja@talgo.example")
    evidence = [
        {"kind": "behaviour", "rule": "Demo requested"},
        {"kind": "persona", "rule": "Office manager", "match": 0.625, "met": ["Role"], "unknown": ["Budget", "Staff"]},
        {"kind": "journey", "rule": "Evaluate", "steps": 5, "progress": 4, "complete": False},
        {"kind": "journey", "rule": "Return", "steps": 2, "progress": 1, "complete": False},
    ]
    StageChange.objects.create(
        lead=lead, from_stage="mql", to_stage="sql", reason="A hand-raise", changed_at=NOON, evidence=evidence
    )

    assert reasons(rep_browser) == [
        [
            "Demo requested",
            "Office manager, 62% match",
            "Ask: Budget, Staff",
            "Evaluate, 4 of 5 steps",
            "E-mail known",
        ]
    ]


def test_scoring_leaves_its_persona_and_journey_for_the_row(rep_browser):
    publish_rules([TRIAL], personas=[OFFICE_MANAGER], journeys=[EVALUATE], sql_threshold=20, mql_threshold=10)
    lead = make_lead("maja@talgo.example", title="Office manager")
    make_event(lead, "ebook_downloaded")
    make_event(lead, "trial_started")

    rescore_leads([lead.pk], now=NOON)

    (row,) = reasons(rep_browser)
    assert "Office manager, 50% match" in row
    assert "Ask: Holds the budget, Many staff" in row
    assert "Evaluate, 2 of 2 steps" in row


def test_a_row_shows_what_the_lead_wrote_to_sales_last(rep_browser):
    lead = make_sql("maja@talgo.example")
    for hours, message in ((30, "Hello?"), (2, "Can you <b>deliver</b> on Friday?"), (1, None)):
        make_event(
            lead, "sales_contact_requested", occurred_at=NOON - timedelta(hours=hours), properties={"message": message}
        )

    assert reasons(rep_browser)[0][0] == "“Can you &lt;b&gt;deliver&lt;/b&gt; on Friday?”"


def test_an_empty_queue_says_when_it_fills(rep_browser):
    assert "Nobody waits." in rep_browser.get("/queue/").content.decode()


def test_claiming_without_javascript_makes_the_lead_mine(rep_browser, sales):
    lead = make_sql(first_name="Maja")

    response = rep_browser.post(f"/leads/{lead.pk}/claim/", follow=True)

    lead.refresh_from_db()
    page = response.content.decode()
    assert (lead.stage, lead.owner) == (Stage.CLAIMED, sales)
    assert response.redirect_chain == [("/queue/", 302)]
    assert "Maja is yours." in page
    assert f'action="/leads/{lead.pk}/release/"' in page


def test_claiming_on_the_lead_page_stays_there(rep_browser):
    lead = make_sql()

    response = rep_browser.post(f"/leads/{lead.pk}/claim/", {"back": "lead"})

    assert response["Location"] == f"/leads/{lead.pk}/"


def test_claiming_with_htmx_brings_the_board_and_the_toast(rep_browser, sales):
    lead = make_sql(first_name="Maja")
    waiting = make_sql()

    response = rep_browser.post(f"/leads/{lead.pk}/claim/", headers=HTMX)

    page = response.content.decode()
    assert response.status_code == 200
    assert groups(response) == {"Later": [waiting.pk]}
    assert 'hx-swap-oob="true"' in page
    assert "Maja is yours." in page


def test_the_second_claim_is_told_who_was_first(rep_browser, other_sales):
    lead = make_sql(first_name="Sara")
    claim_lead(lead, rep=other_sales, now=NOON - timedelta(seconds=4))

    response = rep_browser.post(f"/leads/{lead.pk}/claim/", headers=HTMX)

    lead.refresh_from_db()
    assert response.status_code == 409
    assert response["HX-Retarget"] == f"#waiting-{lead.pk}"
    assert "Olga Other claimed Sara 4 seconds before you." in response.content.decode()
    assert lead.owner == other_sales


def test_without_javascript_the_second_claim_is_told_too(rep_browser, other_sales):
    lead = make_sql(first_name="Sara")
    claim_lead(lead, rep=other_sales, now=NOON - timedelta(seconds=4))

    response = rep_browser.post(f"/leads/{lead.pk}/claim/", follow=True)

    assert "Olga Other claimed Sara 4 seconds before you." in response.content.decode()


def test_undo_puts_the_lead_back_on_the_clock_it_had(rep_browser, sales):
    lead = make_sql()
    claim_lead(lead, rep=sales, now=NOON)

    response = rep_browser.post(f"/leads/{lead.pk}/release/", follow=True)

    lead.refresh_from_db()
    assert (lead.stage, lead.owner, lead.respond_by) == (Stage.SQL, None, NOON + timedelta(minutes=30))
    assert "is back in the queue." in response.content.decode()


def test_nobody_releases_the_lead_of_another_rep(rep_browser, other_sales):
    lead = make_sql(first_name="Sara")
    claim_lead(lead, rep=other_sales, now=NOON)

    response = rep_browser.post(f"/leads/{lead.pk}/release/", follow=True)

    lead.refresh_from_db()
    assert lead.owner == other_sales
    assert "Sara is not claimed by you." in response.content.decode()


@pytest.mark.parametrize("action", ["claim", "release"])
def test_a_marketer_is_told_who_may(browser, admin_user, action):
    lead = make_sql()

    response = browser.post(f"/leads/{lead.pk}/{action}/")

    lead.refresh_from_db()
    assert response.status_code == 403
    assert lead.stage == Stage.SQL
    assert "It is open to Sales, Manager and Admin." in response.content.decode()
    assert "Ada Admin" in response.content.decode()


def test_a_marketer_sees_the_queue_without_claim_buttons(browser):
    make_sql()

    assert "button-claim" not in browser.get("/queue/").content.decode()


@pytest.mark.parametrize("action", ["claim", "release"])
def test_claiming_by_a_link_is_refused(rep_browser, action):
    lead = make_sql()

    assert rep_browser.get(f"/leads/{lead.pk}/{action}/").status_code == 405


def test_a_poll_gets_204_while_nothing_changed(rep_browser):
    make_sql()
    tag = rep_browser.get("/queue/")["ETag"]

    same = rep_browser.get("/queue/", headers={**HTMX, "If-None-Match": tag})
    make_sql()
    changed = rep_browser.get("/queue/", headers={**HTMX, "If-None-Match": tag})

    assert same.status_code == 204
    assert changed.status_code == 200
    assert changed["ETag"] != tag
    assert f'"If-None-Match": "\\u0022{changed["ETag"][1:-1]}\\u0022"' in changed.content.decode()


def test_a_poll_sees_that_a_lead_has_become_late(rep_browser):
    make_sql(respond_by=NOON + timedelta(seconds=1))
    tag = rep_browser.get("/queue/")["ETag"]

    with time_machine.travel(NOON + timedelta(seconds=2), tick=False):
        response = rep_browser.get("/queue/", headers={**HTMX, "If-None-Match": tag})

    assert response.status_code == 200
    assert list(groups(response)) == ["Late"]


def test_my_claimed_leads_stand_beside_and_alone(rep_browser, sales, other_sales):
    mine, theirs = make_sql(first_name="Mine"), make_sql(first_name="Theirs")
    claim_lead(mine, rep=sales, now=NOON)
    claim_lead(theirs, rep=other_sales, now=NOON)

    for address in ("/queue/", "/queue/?show=mine"):
        page = rep_browser.get(address).content.decode()
        assert "Mine" in page
        assert "Theirs" not in page


def test_a_long_queue_has_a_second_page(rep_browser):
    for number in range(60):
        make_sql(respond_by=NOON + timedelta(minutes=number))
    first = rep_browser.get("/queue/")
    address = re.search(r'href="(/queue/\?after=[^"]+)"', first.content.decode())[1]

    second = rep_browser.get(address)

    shown = [pk for page in (first, second) for group in groups(page).values() for pk in group]
    assert len(shown) == len(set(shown)) == 60


def test_fifty_rows_take_as_many_queries_as_one(rep_browser, sales):
    claim_lead(make_sql(organization=make_organization()), rep=sales, now=NOON)
    make_sql(organization=make_organization())
    rep_browser.get("/queue/")  # the live rule set is read once in a process
    with CaptureQueriesContext(connection) as few:
        rep_browser.get("/queue/")
    for _ in range(20):
        make_sql(organization=make_organization())
        claim_lead(make_sql(organization=make_organization()), rep=sales, now=NOON)

    with CaptureQueriesContext(connection) as many:
        rep_browser.get("/queue/")

    assert len(many) == len(few)
    assert len(many) <= 14
