"""The lead page: where a lead stands, why, what it did, and who may take it."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from leads.models import DuplicateCandidate, Stage, StageChange
from scoring.models import RuleSet
from tests.make import NOON, make_event, make_lead, make_organization, make_sql
from tests.make_rules import EVALUATE, MANAGER, OFFICE_MANAGER, PRICING, TRIAL, publish_rules


def text(response):
    """Return the words of a page, one space between them."""
    assert response.status_code == 200
    words = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", response.content.decode(), flags=re.S)
    return re.sub(r"\s+", " ", words)


def test_it_shows_who_the_lead_is(browser):
    organization = make_organization("Talgo", employee_count=140, industry="Software")
    lead = make_lead("ada@talgo.example", first_name="Ada", last_name="Berg", title="CEO", organization=organization)

    words = text(browser.get(f"/leads/{lead.pk}/"))

    assert "Ada Berg" in words
    assert "CEO, Talgo" in words
    assert "ada@talgo.example" in words
    assert "140 staff" in words


def test_its_ledger_sums_to_its_score(browser):
    # 15 * 2 ** (-14/14) = 7.5 for the trial two weeks ago, 2 * 2 = 4 for two views now, 12 for the role: 23.5.
    publish_rules([TRIAL, PRICING], fit=[MANAGER])
    lead = make_lead(title="Office manager")
    make_event(lead, "trial_started", occurred_at=NOON - timedelta(days=14))
    make_event(lead, "page_viewed", properties={"path": "/pricing"})
    make_event(lead, "page_viewed", properties={"path": "/pricing"})

    page = browser.get(f"/leads/{lead.pk}/").content.decode()

    points = re.findall(r'<td class="right medium">([+−][\d.]+)</td>', page)
    assert sorted(points) == ["+12.0", "+4.0", "+7.5"]
    assert '<td class="right">23.5</td>' in page


def test_those_who_read_the_rules_try_the_lead_with_other_ones(db, signed_in, marketer, sales):
    publish_rules([TRIAL])
    lead = make_lead("ada@talgo.example")

    for_marketer, for_sales = (signed_in(user).get(f"/leads/{lead.pk}/").content.decode() for user in (marketer, sales))

    assert f'href="/scoring/try/?lead={lead.pk}"' in for_marketer
    assert "/scoring/try/" not in for_sales


def test_it_names_its_persona_what_speaks_for_it_and_what_to_ask(browser):
    publish_rules([TRIAL], personas=[OFFICE_MANAGER])
    organization = make_organization("Talgo", employee_count=9)
    lead = make_lead(title="Office lead", organization=organization)

    words = text(browser.get(f"/leads/{lead.pk}/"))

    # 12 of 24 points: half; the company has 9 people, so the third criterion is not met.
    assert "Persona fit 12 of 40 Office manager 50% match" in words
    assert "Runs the office +12 Holds the budget: not known of 8 Many staff : not met +4" in words


def test_a_lead_that_is_no_persona_is_said_to_be_none(browser):
    publish_rules([TRIAL], fit=[MANAGER], personas=[OFFICE_MANAGER])
    lead = make_lead(title="Student")

    words = text(browser.get(f"/leads/{lead.pk}/"))

    assert "Not enough is known, or fits, for any persona. Rules for everybody Role : not met +12" in words


def test_it_shows_how_far_it_has_come_on_a_journey_and_when(browser):
    other = {**EVALUATE, "name": "Not begun", "steps": EVALUATE["steps"][1:]}
    publish_rules([TRIAL], journeys=[EVALUATE, other])
    lead = make_lead()
    make_event(lead, "ebook_downloaded", occurred_at=NOON - timedelta(days=3))

    words = text(browser.get(f"/leads/{lead.pk}/"))

    assert "Journey: Evaluate 1 of 2 steps Guide 14 Jun Trial Not yet" in words
    assert "Not begun" not in words


def test_a_completed_journey_is_said_to_be_complete(browser):
    publish_rules([TRIAL], journeys=[EVALUATE])
    lead = make_lead()
    make_event(lead, "ebook_downloaded", occurred_at=NOON - timedelta(days=3))
    make_event(lead, "trial_started")

    assert "Journey: Evaluate Complete Guide 14 Jun Trial today 12:00" in text(browser.get(f"/leads/{lead.pk}/"))


def test_its_way_through_the_stages_names_when_and_why(browser):
    lead = make_lead(stage=Stage.MQL)
    StageChange.objects.create(
        lead=lead,
        from_stage="new",
        to_stage="mql",
        reason="Webinar attended is an engagement",
        changed_at=NOON,
        score=31,
    )

    words = text(browser.get(f"/leads/{lead.pk}/"))

    assert "MQL today 12:00" in words
    assert "Webinar attended is an engagement Scoring, score 31" in words


def test_a_recycled_lead_shows_where_it_has_been(browser):
    lead = make_lead(stage=Stage.RECYCLED, recycled_at=NOON)
    StageChange.objects.create(lead=lead, from_stage="mql", to_stage="recycled", reason="No budget", changed_at=NOON)

    words = text(browser.get(f"/leads/{lead.pk}/"))

    assert "New 17 Jun" in words or "New today" in words
    assert "Recycled today 12:00" in words


def test_an_absorbed_lead_leads_to_its_survivor(browser):
    survivor = make_lead()
    absorbed = make_lead(merged_into=survivor)

    response = browser.get(f"/leads/{absorbed.pk}/")

    assert response.status_code == 302
    assert response["Location"] == f"/leads/{survivor.pk}/"


def test_an_unknown_lead_is_404(browser):
    assert browser.get("/leads/999999/").status_code == 404


def test_possible_duplicates_are_named_with_their_reason(browser):
    one, other = make_lead(first_name="One"), make_lead(first_name="Other")
    DuplicateCandidate.objects.create(first=one, second=other, reason="Two user ids share an address.", created_at=NOON)

    assert "Other Two user ids share an address." in text(browser.get(f"/leads/{one.pk}/"))
    assert "One Two user ids share an address." in text(browser.get(f"/leads/{other.pk}/"))


def test_activity_is_grouped_by_day_newest_first(browser):
    lead = make_lead()
    make_event(lead, "trial_started", occurred_at=NOON - timedelta(days=2))
    make_event(lead, "call_received", occurred_at=NOON - timedelta(hours=1), properties={"topic": "Service terms"})

    words = text(browser.get(f"/leads/{lead.pk}/activity/", headers={"HX-Request": "true"}))

    assert "Today Called us Service terms 11:00 Mon 15 Jun Started a trial 12:00" in words


def test_activity_can_be_narrowed_to_a_channel(browser):
    lead = make_lead()
    make_event(lead, "trial_started")
    make_event(lead, "call_received")

    words = text(browser.get(f"/leads/{lead.pk}/activity/?channel=call", headers={"HX-Request": "true"}))

    assert "Called us" in words
    assert "Started a trial" not in words


def test_older_activity_is_loaded_twenty_at_a_time(browser):
    lead = make_lead()
    for number in range(45):
        make_event(
            lead, "page_viewed", properties={"title": f"Page {number}"}, occurred_at=NOON - timedelta(hours=number // 2)
        )

    seen = []
    address = f"/leads/{lead.pk}/activity/?part=rows"
    while address:
        page = browser.get(address, headers={"HX-Request": "true"}).content.decode()
        seen.append(re.findall(r'title="(Page \d+)"', page))
        found = re.search(r'hx-get="([^"]+)"', page)
        address = found[1].replace("&amp;", "&") if found else None

    assert [len(page) for page in seen] == [20, 20, 5]
    assert len({title for page in seen for title in page}) == 45


def test_load_older_works_without_javascript(browser):
    lead = make_lead()
    for number in range(21):
        make_event(lead, occurred_at=NOON - timedelta(hours=number))
    page = browser.get(f"/leads/{lead.pk}/").content.decode()
    older = re.search(rf'href="(/leads/{lead.pk}/activity/[^"]*older_than[^"]*)"', page)[1].replace("&amp;", "&")

    response = browser.get(older, follow=True)

    assert response.status_code == 200
    assert "Back to the latest" in response.content.decode()


def test_j_and_k_lead_to_the_neighbours_in_the_list_that_it_was_opened_from(browser):
    leads = [make_lead(stage=Stage.MQL, score=float(score)) for score in (90, 80, 70)]
    make_lead(stage=Stage.NEW, score=85.0)

    page = browser.get(f"/leads/{leads[1].pk}/?stage=mql&sort=-score").content.decode()

    assert re.search(rf'rel="prev"[^>]*href="/leads/{leads[0].pk}/\?stage=mql&amp;sort=-score"', page)
    assert re.search(rf'rel="next"[^>]*href="/leads/{leads[2].pk}/\?stage=mql&amp;sort=-score"', page)


@pytest.mark.parametrize(
    ("role", "may"), [("marketer", False), ("sales", True), ("manager", True), ("admin_user", True)]
)
def test_claim_is_offered_to_those_who_may(db, request, signed_in, role, may):
    lead = make_sql()

    page = signed_in(request.getfixturevalue(role)).get(f"/leads/{lead.pk}/").content.decode()

    assert ("Claim lead" in page) is may


def test_without_a_live_rule_set_it_says_that_nothing_is_scored(browser):
    RuleSet.objects.all().delete()
    lead = make_lead()

    assert "No rule set is live, so nothing is scored." in text(browser.get(f"/leads/{lead.pk}/"))


def test_many_events_take_as_many_queries_as_few(browser):
    lead, busy = make_lead(), make_lead()
    make_event(lead)
    for number in range(30):
        make_event(busy, "trial_started", occurred_at=NOON - timedelta(hours=number))
    browser.get(f"/leads/{lead.pk}/")

    with CaptureQueriesContext(connection) as few:
        browser.get(f"/leads/{lead.pk}/")
    with CaptureQueriesContext(connection) as many:
        browser.get(f"/leads/{busy.pk}/")

    assert len(many) == len(few)
    assert len(many) <= 32
