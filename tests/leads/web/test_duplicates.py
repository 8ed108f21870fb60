"""Leads that may be one person: the list, the comparison, and what is decided of them."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from leads.identity.duplicates import note_duplicates
from leads.identity.resolve import Doubt
from leads.merging.merge import merge_leads
from leads.models import DuplicateCandidate, Identifier, Lead, Merge, Stage
from tests.leads.web.test_lead_page import text
from tests.make import NOON, make_event, make_lead, make_organization, make_sql
from tests.make_rules import MANAGER, TRIAL, publish_rules

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair():
    """Two leads that share a name, the second one an SQL."""
    one = make_lead("maja@halden.example", first_name="Maja", last_name="Lind", attributes={"city": "Oslo"})
    other = make_sql("m.lind@gmail.com", first_name="Maja", last_name="Lindh", phone="+46705550142")
    note_duplicates({(one.pk, other.pk): Doubt("Same name at the same company, Halden.", 80)}, now=NOON)
    return one, other


def address(pair, verb=""):
    return f"/duplicates/{pair[0].pk}/{pair[1].pk}/{verb}"


def test_the_list_gives_pairs_with_their_reason_the_likeliest_first(browser, pair):
    third = make_lead("x@x.example")
    note_duplicates({(pair[0].pk, third.pk): Doubt("They share a browser.", 50)}, now=NOON)

    words = text(browser.get("/duplicates/"))

    assert words.index("Same name at the same company, Halden.") < words.index("They share a browser.")
    assert "Likely one person" in words
    assert "Possibly one person" in words


def test_an_empty_list_says_what_would_be_here(browser):
    assert "Nobody is here twice" in text(browser.get("/duplicates/"))
    assert "Nothing is merged." in text(browser.get("/duplicates/?show=merged"))
    assert "Nobody has said" in text(browser.get("/duplicates/?show=apart"))


def test_pages_go_on_where_the_last_ended(browser):
    one = make_lead()
    others = [make_lead() for _ in range(53)]
    note_duplicates({(one.pk, other.pk): Doubt(f"Pair {other.pk}.", 50) for other in others}, now=NOON)

    first = browser.get("/duplicates/").content.decode()
    following = re.search(r'rel="next" href="([^"]+)"', first)[1].replace("&amp;", "&")
    rest = browser.get(following).content.decode()

    seen = re.findall(r"Pair (\d+)\.", first) + re.findall(r"Pair (\d+)\.", rest)
    assert sorted(map(int, seen)) == [other.pk for other in others]


def test_many_pairs_take_as_many_queries_as_few(browser, pair):
    browser.get("/duplicates/")
    with CaptureQueriesContext(connection) as few:
        browser.get("/duplicates/")
    for _ in range(20):
        note_duplicates({(pair[0].pk, make_lead(organization=make_organization()).pk): Doubt("Same.", 60)}, now=NOON)
    with CaptureQueriesContext(connection) as many:
        browser.get("/duplicates/")

    assert len(many) == len(few)


def test_both_stand_side_by_side_and_the_one_further_on_stays(browser, pair):
    make_event(pair[0])
    page = browser.get(address(pair))

    words = text(page)
    assert "maja@halden.example" in words
    assert "m.lind@gmail.com" in words
    assert "city Oslo Nothing" in words
    assert re.search(rf'name="survivor" value="{pair[1].pk}" checked', page.content.decode())
    # Equal values are nothing to choose.
    assert "keep:first_name" not in page.content.decode()
    assert re.search(rf'name="keep:last_name" value="{pair[1].pk}" checked', page.content.decode())


def test_the_preview_tells_score_and_stage_of_both_as_one_and_stores_nothing(browser, pair):
    # 15 points for the trial of the one, 12 for the role of the other: 27, and a trial is an engagement.
    publish_rules([TRIAL], fit=[MANAGER])
    one, other = make_lead(title="Office manager"), make_lead()
    make_event(other, "trial_started")

    words = text(browser.get(address((one, other))))

    assert "27 of 100, now 0 and 0" in words
    assert "New becomes MQL" in words
    assert not Merge.objects.exists()
    assert Lead.objects.current().filter(pk__in=(one.pk, other.pk), stage="new", score=0).count() == 2


def test_the_preview_follows_what_is_chosen(browser):
    publish_rules([TRIAL], fit=[MANAGER])
    one, other = make_lead(title="Office manager"), make_lead(title="Chef")
    chosen = {"survivor": one.pk, "keep:title": other.pk}

    assert "12 of 100" in text(browser.get(address((one, other)), {"survivor": one.pk}))
    fragment = browser.get(address((one, other)), chosen, headers={"HX-Request": "true", "HX-Target": "comparison"})
    assert "0 of 100" in text(fragment)
    assert "<html" not in fragment.content.decode()


def test_merging_keeps_what_was_chosen_and_offers_undo(browser, pair):
    chosen = {"survivor": pair[1].pk, "keep:last_name": pair[0].pk, "keep:phone": pair[1].pk}

    response = browser.post(address(pair, "merge/"), chosen)
    page = browser.get(response["Location"]).content.decode()

    assert response["Location"] == f"/leads/{pair[1].pk}/"
    merge = Merge.objects.get()
    survivor = Lead.objects.get(pk=pair[1].pk)
    assert (survivor.last_name, survivor.phone, survivor.attributes) == ("Lind", "+46705550142", {"city": "Oslo"})
    assert f'action="/duplicates/merges/{merge.pk}/undo/"' in page
    assert "are one lead now." in page


def test_undo_brings_both_back(browser, pair):
    browser.post(address(pair, "merge/"))
    merge = Merge.objects.get()
    assert browser.get(f"/leads/{pair[0].pk}/")["Location"] == f"/leads/{pair[1].pk}/"
    assert browser.get(f"/leads/{pair[0].pk}/activity/")["Location"] == f"/leads/{pair[1].pk}/activity/"

    words = text(browser.post(f"/duplicates/merges/{merge.pk}/undo/", follow=True))

    assert "are two leads again." in words
    assert "Undone by Mia Marker" in words
    assert browser.get(f"/leads/{pair[0].pk}/").status_code == 200
    assert set(Identifier.objects.values_list("lead_id", flat=True)) == {pair[0].pk, pair[1].pk}


def test_a_second_undo_says_why_not(browser, pair):
    browser.post(address(pair, "merge/"))
    merge = Merge.objects.get()
    browser.post(f"/duplicates/merges/{merge.pk}/undo/")

    words = text(browser.post(f"/duplicates/merges/{merge.pk}/undo/", follow=True))

    assert "This merge has been undone already." in words


def test_a_merge_that_came_too_late_says_why(browser, sales, pair):
    Lead.objects.filter(pk=pair[0].pk).update(stage=Stage.CLAIMED, owner=sales, claimed_at=NOON)

    words = text(browser.post(address(pair, "merge/"), {"survivor": pair[1].pk}, follow=True))

    assert "Maja Lind is claimed and so must be the one that stays." in words
    assert not Merge.objects.exists()


def test_what_was_merged_meanwhile_leads_to_the_lead(browser, pair, marketer):
    merge_leads(pair[1].pk, pair[0].pk, by=marketer, now=NOON)

    assert browser.get(address(pair))["Location"] == f"/leads/{pair[1].pk}/"
    assert browser.post(address(pair, "merge/"))["Location"] == f"/leads/{pair[1].pk}/"
    assert browser.get(f"/duplicates/{pair[0].pk}/999999/").status_code == 404


def test_two_people_are_not_asked_about_again_until_somebody_thinks_better_of_it(browser, pair):
    page = browser.post(address(pair, "dismiss/"), follow=True)

    assert "They stay two leads" in text(page)
    assert "Same name" not in text(browser.get("/duplicates/"))
    assert "Two people, says Mia Marker" in text(browser.get("/duplicates/?show=apart"))
    assert "May be the same as" not in text(browser.get(f"/leads/{pair[0].pk}/"))

    browser.post(address(pair, "reopen/"))

    assert DuplicateCandidate.objects.get().dismissed_at is None
    assert "Same name" in text(browser.get("/duplicates/"))


def test_merges_are_listed_with_undo(browser, pair, marketer):
    merge_leads(pair[1].pk, pair[0].pk, by=marketer, now=NOON)

    words = text(browser.get("/duplicates/?show=merged"))

    assert "Mia Marker merged them." in words
    assert "Undo the merge of Maja Lind" in words


def test_sales_reads_and_does_not_decide(rep_browser, pair):
    page = rep_browser.get(address(pair)).content.decode()

    assert "Marketing, managers and admins decide" in page
    assert "button-primary" not in page.split("</nav>", 1)[1].split("compare-grid", 1)[1]
    assert rep_browser.post(address(pair, "merge/")).status_code == 403
    assert "Not the same person</button>" not in rep_browser.get("/duplicates/").content.decode()


def test_any_two_leads_can_be_found_and_compared(browser, pair):
    words = browser.get(f"/leads/{pair[0].pk}/merge/?q=LINDH 4670").content.decode()

    assert f'href="/duplicates/{pair[0].pk}/{pair[1].pk}/"' in words
    assert "No lead matches “nobody”." in text(browser.get(f"/leads/{pair[1].pk}/merge/?q=nobody"))


def test_without_javascript_choices_are_previewed_by_a_button(browser, pair):
    chosen = {"survivor": pair[0].pk, "keep:last_name": pair[1].pk, "preview": "1"}

    response = browser.post(address(pair, "merge/"), chosen)

    assert not Merge.objects.exists()
    page = browser.get(response["Location"]).content.decode()
    assert re.search(rf'name="survivor" value="{pair[0].pk}" checked', page)
    assert re.search(rf'name="keep:last_name" value="{pair[1].pk}" checked', page)


def test_nonsense_in_the_address_is_as_if_not_said(browser, pair):
    page = browser.get(address(pair), {"survivor": "x", "keep:nothing": pair[0].pk, "keep:last_name": "0"})

    assert page.status_code == 200
    assert browser.get("/duplicates/?show=x&after=x").status_code == 200
