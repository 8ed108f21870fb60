"""The history of the rules: differences, publishing, the way back, import and export."""

import json
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from scoring.models import RuleSet
from scoring.rules.definition import definition_of
from scoring.rules.draft import change_draft, start_draft
from tests.make import NOON, make_lead
from tests.make_rules import PRICING, TRIAL, publish_rules


@pytest.fixture
def live(db):
    return publish_rules([TRIAL, PRICING])


@pytest.fixture
def draft(live):
    draft = start_draft(live, now=NOON)
    return change_draft(draft, {**definition_of(draft), "rules": [{**TRIAL, "points": 20}, PRICING]})


@pytest.fixture
def browser(admin_user, signed_in):
    return signed_in(admin_user)


def test_publishing_asks_first_with_the_difference_in_words(browser, draft):
    make_lead()

    page = browser.get(f"/scoring/versions/{draft.version}/publish/").content.decode()

    assert "points 15 → 20" in page
    assert "Publish and rescore 1 lead" in page
    assert RuleSet.objects.get(pk=draft.pk).status == "draft"


def test_a_draft_is_published_with_a_note(browser, draft, admin_user):
    page = browser.post(f"/scoring/versions/{draft.version}/publish/", {"note": "Trials"}, follow=True)

    draft.refresh_from_db()
    assert (draft.status, draft.note, draft.published_by) == ("live", "Trials", admin_user)
    assert f"{draft} is live. Every lead will be scored by it." in page.content.decode()


def test_one_click_goes_back_and_its_undo_forth(browser, live, draft):
    browser.post(f"/scoring/versions/{draft.version}/publish/")

    page = browser.post(f"/scoring/versions/{live.version}/publish/", follow=True).content.decode()

    assert RuleSet.objects.get(status="live").version == live.version
    assert f'href="/scoring/versions/{live.version}/">v{live.version}</a> is live.' in page
    assert f'action="/scoring/versions/{draft.version}/publish/"' in page


def test_publishing_what_is_live_is_refused_with_a_reason(browser, live):
    page = browser.post(f"/scoring/versions/{live.version}/publish/", follow=True)

    assert f"{live} is live already." in page.content.decode()


@pytest.mark.parametrize("role", ["marketer", "manager"])
def test_those_who_tune_read_history_and_differences_but_changes_nothing(request, signed_in, live, draft, role):
    client = signed_in(request.getfixturevalue(role))
    address = f"/scoring/versions/{draft.version}/"

    history, difference = client.get("/scoring/versions/"), client.get(f"{address}?against={live.version}")
    refused = [client.post(f"{address}{verb}/").status_code for verb in ("publish", "discard", "draft")]

    assert f"v{live.version}" in history.content.decode()
    assert "points 15 → 20" in difference.content.decode()
    assert refused == [403, 403, 403]
    assert client.post("/scoring/versions/import/").status_code == 403


def test_a_published_version_is_compared_with_the_one_before_it_and_a_draft_with_the_live_one(browser, draft):
    browser.post(f"/scoring/versions/{draft.version}/publish/")
    live = RuleSet.objects.get(status="live")
    next_draft = change_draft(start_draft(live, now=NOON), {**definition_of(live), "fit_limit": 30})

    of_live = browser.get(f"/scoring/versions/{live.version}/").content.decode()
    of_draft = browser.get(f"/scoring/versions/{next_draft.version}/").content.decode()
    of_first = browser.get("/scoring/versions/1/").content.decode()

    assert "What changes from v1 to v2" in re.sub(r"v\d+ to v\d+", "v1 to v2", of_live)
    assert "points 15 → 20" in of_live
    assert f"What changes from v{live.version} to v{next_draft.version}" in of_draft
    assert "fit limit 40 → 30" in of_draft
    assert "There is no other version to compare with." in of_first


def test_every_version_can_be_compared_however_old_it_is(browser, live):
    for _ in range(60):
        start_draft(live, now=NOON)

    page = browser.get(f"/scoring/versions/{RuleSet.objects.order_by('-version')[0].version}/").content.decode()

    assert '<option value="1"' in page


def test_a_draft_is_discarded_and_a_live_version_is_not(browser, live, draft):
    browser.post(f"/scoring/versions/{draft.version}/discard/")
    page = browser.post(f"/scoring/versions/{live.version}/discard/", follow=True).content.decode()

    assert not RuleSet.objects.filter(pk=draft.pk).exists()
    assert "Only a draft can be deleted" in page


def test_a_draft_begins_from_an_archived_version(browser, live):
    answer = browser.post("/scoring/versions/1/draft/")

    draft = RuleSet.objects.get(status="draft")
    assert answer.url == f"/scoring/?version={draft.version}"
    assert definition_of(draft) == definition_of(RuleSet.objects.get(version=1))


def test_what_was_exported_is_imported_as_a_draft(browser, live):
    exported = browser.get(f"/scoring/versions/{live.version}/export/").content

    browser.post("/scoring/versions/import/", {"file": SimpleUploadedFile("rules.json", exported)})

    assert definition_of(RuleSet.objects.get(status="draft")) == json.loads(exported) == definition_of(live)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b'{"name": "A",\n "rules": [}', "This file is not JSON: look at line 2, column 12."),
        (b"\xff", "This file is not text in UTF-8"),
        (b"[" * 100_000, "This file is nested too deeply to be a rule set."),
        (b"[]", "Choose a file that holds a rule set as a JSON object."),
        (b'{"name": "A", "behaviour_limit": 500}', "behaviour_limit: must be a number from 0 to 100, got 500"),
    ],
)
def test_a_file_that_cannot_be_used_is_told(browser, live, content, complaint):
    answer = browser.post("/scoring/versions/import/", {"file": SimpleUploadedFile("rules.json", content)})

    assert answer.status_code == 400
    assert complaint in answer.content.decode()
    assert not RuleSet.objects.filter(status="draft").exists()


def test_the_history_asks_a_fixed_number_of_queries(browser, live, django_assert_max_num_queries):
    for _ in range(60):
        start_draft(live, now=NOON)

    with django_assert_max_num_queries(16):
        page = browser.get("/scoring/versions/").content.decode()

    assert "Older versions" in page
