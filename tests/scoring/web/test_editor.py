"""The rule editor, driven as a browser without JavaScript and as htmx drive it."""

import re
from html import unescape

import pytest
from django.http import HttpResponse
from django.utils import timezone

from scoring.models import RuleSet
from scoring.rules.definition import definition_of
from scoring.rules.draft import start_draft
from scoring.web.figures import name_key
from tests.admin_forms import form_fields
from tests.make import NOON, make_event, make_lead, make_user
from tests.make_rules import MANAGER, PRICING, TRIAL, publish_rules

FORM = "rule-editor"


@pytest.fixture
def live(db):
    return publish_rules([TRIAL, PRICING], fit=[MANAGER])


@pytest.fixture
def browser(admin_user, signed_in):
    return signed_in(admin_user)


def edit(browser, tab="rules", *, htmx=False, **changes):
    fields = {**form_fields(browser.get(f"/scoring/?tab={tab}"), FORM), **changes}
    headers = {"HX-Request": "true"} if htmx else {}
    return browser.post("/scoring/edit/", {k: v for k, v in fields.items() if v is not None}, headers=headers)


def form_fields_of(answer):
    """Return the fields of the form that htmx was sent."""
    page = f'<form id="{FORM}">{answer.content.decode()}</form>'
    return form_fields(HttpResponse(page), FORM)


def draft_of_live() -> RuleSet:
    return RuleSet.objects.get(status="draft")


def test_the_first_change_begins_a_draft_and_leaves_the_live_version(browser, live):
    before = definition_of(live)

    answer = edit(browser, **{"rules-0-points": "20"})

    draft = draft_of_live()
    assert answer.url == f"/scoring/?version={draft.version}&tab=rules"
    assert definition_of(draft)["rules"][0]["points"] == 20
    assert definition_of(RuleSet.objects.get(status="live")) == before


def test_saving_without_a_change_begins_no_draft(browser, live):
    edit(browser)

    assert not RuleSet.objects.filter(status="draft").exists()


def test_the_next_change_goes_to_the_same_draft_and_says_when_it_was_saved(browser, live):
    edit(browser, **{"rules-0-points": "20"})

    page = edit(browser, htmx=True, **{"rules-1-points": "3"}).content.decode()

    assert [rule["points"] for rule in definition_of(draft_of_live())["rules"]] == [20, 3]
    assert "2 changes from live" in page
    assert "Saved " in page
    assert '<s class="text-3 size-12"><span class="screen-reader">was </span>+15</s>' in page


@pytest.mark.parametrize(
    ("do", "names"),
    [
        ("remove:rules:0", ["Viewed pricing"]),
        ("down:rules:0", ["Viewed pricing", "Trial started"]),
        ("up:rules:1", ["Viewed pricing", "Trial started"]),
        ("up:rules:0", ["Trial started", "Viewed pricing"]),
        ("add:rules", ["Trial started", "Viewed pricing", "New 1"]),
    ],
)
def test_rules_are_added_removed_and_moved_by_buttons(browser, live, do, names):
    edit(browser, note="Look", do=do)

    assert [rule["name"] for rule in definition_of(draft_of_live())["rules"]] == names


@pytest.mark.parametrize(("do", "points"), [("more:rules:0", 16), ("less:rules:0", 14), ("less:fit:0", 11)])
def test_a_button_changes_points_by_one(browser, live, do, points):
    edit(browser, do=do)

    section = do.split(":")[1]
    assert definition_of(draft_of_live())[section][0]["points"] == points


@pytest.mark.parametrize(
    ("field", "value", "complaint"),
    [
        ("rules-0-points", "500", "Must be a number from -100 to 100, got 500."),
        ("rules-0-points", "many", "Must be a number from -100 to 100, got 'many'."),
        ("rules-0-points", "", "Must be a number from -100 to 100, got nothing."),
        ("rules-0-half_life_days", "-3", "Must be > 0 days, got -3."),
        ("rules-0-limit_count", "3", "Must be one of day, week, month, ever"),
        ("rules-0-limit_value_of", "properties.webinar", "Only where the limit is “for each”."),
        ("rules-0-name", "", "Must be a text of 1 to 100 characters, got ''."),
        ("rules-1-name", "Trial started", "Is used twice"),
        ("fit-0-field", "shoe_size", "Must be one of email, phone"),
        ("behaviour_limit", "70", "Must be at most 100 together with fit_limit, got 70 + 40."),
    ],
)
def test_a_mistake_stands_beside_its_field_and_nothing_is_saved(browser, live, field, value, complaint):
    answer = edit(browser, **{field: value})

    page = unescape(answer.content.decode())
    assert answer.status_code == 400
    assert complaint.lower() in page.lower()
    assert f'id="id-{field}"' in page
    assert 'aria-invalid="true"' in page
    assert not RuleSet.objects.filter(status="draft").exists()


def test_what_was_typed_is_kept_beside_a_mistake(browser, live):
    page = edit(browser, htmx=True, **{"rules-0-points": "500", "rules-1-points": "7"}).content.decode()

    assert 'value="+500"' in page
    assert 'value="+7"' in page
    assert "Not saved yet: please correct what is marked below." in page


def test_personas_journeys_and_gates_are_edited_in_their_tabs(browser, live):
    edit(browser, "personas", do="add:personas")
    edit(browser, "personas", **{"personas-0-name": "Office", "personas-0-criteria-0-points": "+12"})
    edit(browser, "journeys", do="add:journeys")
    edit(browser, "journeys", do="add:journeys:0:steps")
    edit(
        browser,
        "journeys",
        **{"journeys-0-steps-0-kind": "ebook_downloaded", "journeys-0-steps-1-kind": "Started a trial"},
    )
    edit(browser, "policy", mql_threshold="35", require_persona="Office", direct="on", mql_on_engagement=None)

    definition = definition_of(draft_of_live())
    assert definition["personas"][0]["name"] == "Office"
    assert definition["personas"][0]["criteria"][0]["points"] == 12
    assert [step["kind"] for step in definition["journeys"][0]["steps"]] == ["ebook_downloaded", "trial_started"]
    policy = definition["policy"]
    assert (policy["mql_threshold"], policy["require_persona"]) == (35, "Office")
    assert (policy["direct"], policy["mql_on_engagement"], policy["sql_on_hand_raise"]) == (True, False, True)


def test_conditions_are_added_in_words_and_taken_away(browser, live):
    edit(browser, do="add:rules:0:conditions")
    edit(
        browser,
        do="add:rules:0:conditions",
        **{
            "rules-0-kind": "Asked for a quote",
            "rules-0-conditions-0-field": "seats",
            "rules-0-conditions-0-op": "between",
            "rules-0-conditions-0-value": "50, 250",
        },
    )
    both = definition_of(draft_of_live())["rules"][0]
    edit(browser, do="remove:rules:0:conditions:1")

    seats = {"field": "properties.seats", "op": "between", "value": [50, 250]}
    page_begins = {"field": "properties.path", "op": "starts_with", "value": "/"}
    assert (both["kind"], both["conditions"]) == ("quote_requested", [seats, page_begins])
    assert definition_of(draft_of_live())["rules"][0]["conditions"] == [seats]


def test_what_the_editor_shows_in_words_it_saves_as_it_was(browser, live):
    conditions = [
        {"field": "name", "op": "is", "value": "Demo"},
        {"field": "properties.name", "op": "is_not", "value": "true"},
        {"field": "properties.plan.seats", "op": "exists", "value": False},
        {"field": "properties.path", "op": "in", "value": ["/a, b", "/c"]},
    ]
    fit = [
        {"name": "Staff", "field": "organization.employee_count", "op": "gte", "value": 50, "points": 2.5},
        {"name": "Mail", "field": "email", "op": "business_email", "value": False, "points": -3},
        {"name": "Budget", "field": "attributes.budget_holder", "op": "is", "value": True, "points": 1},
    ]
    limit = {"count": 1, "per": {"value_of": "properties.webinar"}}
    custom = {"name": "Visit", "kind": "machine_tasted", "points": 1, "limit": limit, "conditions": conditions}
    publish_rules([custom], fit=fit)
    before = definition_of(RuleSet.objects.get(status="live"))

    edit(browser, note="Only a note")

    assert definition_of(draft_of_live()) == before


def test_steps_are_moved_and_have_conditions_of_their_own(browser, live):
    edit(browser, "journeys", do="add:journeys")
    edit(browser, "journeys", do="add:journeys:0:steps", **{"journeys-0-steps-0-name": "Guide"})
    edit(browser, "journeys", do="add:journeys:0:steps:1:conditions")
    edit(browser, "journeys", do="up:journeys:0:steps:1")

    steps = definition_of(draft_of_live())["journeys"][0]["steps"]
    assert [(step["name"], len(step["conditions"])) for step in steps] == [("New 1", 1), ("Guide", 0)]


def test_a_mistake_in_a_line_stands_beside_its_field(browser, live):
    edit(browser, do="add:rules:0:conditions")

    answer = edit(browser, **{"rules-0-conditions-0-op": "gt", "rules-0-conditions-0-value": "many"})

    page = unescape(answer.content.decode())
    field = re.search(r'id="id-rules-0-conditions-0-value"[^>]*>.*?field-error[^>]*>(.*?)</p>', page, re.DOTALL)
    assert answer.status_code == 400
    assert "Must be a number or a date such as \"2026-01-31\" for gt, got 'many'." in field[1]


@pytest.mark.parametrize("do", ["remove:rules:1", "remove:rules:1:conditions:0"])
def test_what_was_removed_is_put_back_in_its_place(browser, live, do):
    page = edit(browser, htmx=True, do=do)
    without = definition_of(draft_of_live())["rules"]

    fields = {**form_fields_of(page), "do": "undo"}
    browser.post("/scoring/edit/", fields, headers={"HX-Request": "true"})

    assert without != definition_of(live)["rules"]
    assert definition_of(draft_of_live())["rules"] == definition_of(live)["rules"]


@pytest.mark.parametrize(
    "removed", ["", "{", "[]", '{"path": ["rules"], "number": 0, "row": {"texts": {}, "lists": {}}}']
)
def test_putting_back_what_this_page_did_not_remove_changes_nothing(browser, live, removed):
    answer = edit(browser, do="undo", removed=removed)

    assert answer.status_code == 302
    assert not RuleSet.objects.filter(status="draft").exists()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Engagement", (True, False)),
        ("Score", (False, False)),
        ("Direct pass", (True, True)),
    ],
)
def test_a_ready_made_policy_fills_in_the_fields(browser, live, name, said):
    edit(browser, "policy", mql_threshold="35", mql_on_engagement=None, direct="on")

    page = edit(browser, "policy", htmx=True, do=f"policy:{name}").content.decode()

    policy = definition_of(draft_of_live())["policy"]
    assert (policy["mql_threshold"], policy["mql_on_engagement"], policy["direct"]) == (40, *said)
    assert re.search(rf'value="policy:{name}"[^>]*aria-pressed="true"', page)
    assert page.count('aria-pressed="true"') == 1


def test_the_policy_of_both_gates_needs_a_persona_and_a_journey(browser, live):
    refused = unescape(edit(browser, "policy", do="policy:Persona and journey").content.decode())
    edit(browser, "personas", do="add:personas")
    edit(browser, "journeys", do="add:journeys")
    edit(browser, "policy", do="policy:Persona and journey")

    policy = definition_of(draft_of_live())["policy"]
    assert "Must be empty, as there is no persona, got 'any'." in refused
    assert (policy["require_persona"], policy["require_journey"]) == ("any", "any")


def test_a_policy_that_is_none_of_them_changes_nothing(browser, live):
    edit(browser, "policy", do="policy:Luck")

    assert not RuleSet.objects.filter(status="draft").exists()


def test_the_figures_of_a_version_come_cell_by_cell(browser, live):
    lead = make_lead(last_event_at=timezone.now(), last_event_kind="trial_started")
    make_event(lead, "trial_started", occurred_at=timezone.now())

    editor = browser.get("/scoring/").content.decode()
    cells = browser.get(f"/scoring/figures/?version={live.version}").content.decode()

    cell = f'id="leads-rules-{name_key("Trial started")}"'
    assert cell in editor
    assert re.search(rf'{cell} hx-swap-oob="innerHTML"><span >1</span>', cells)
    assert cells.count("hx-swap-oob") == 3


@pytest.mark.parametrize("version", ["x", "999999"])
def test_of_a_version_that_is_none_there_are_no_figures(browser, live, version):
    answer = browser.get(f"/scoring/figures/?version={version}")

    assert (answer.status_code, answer.content.decode().count("hx-swap-oob")) == (200, 0)


def test_a_gate_that_names_nobody_is_told_beside_the_gate(browser, live):
    page = unescape(edit(browser, "policy", require_persona="Nobody").content.decode())

    assert "Must be empty, as there is no persona, got 'Nobody'." in page


def test_of_two_admins_the_second_is_told_and_nothing_of_theirs_is_saved(browser, live):
    start_draft(live, now=NOON)
    second = form_fields(browser.get("/scoring/"), FORM)
    edit(browser, **{"rules-0-points": "20"})

    answer = browser.post("/scoring/edit/", {**second, "rules-1-points": "9"}, headers={"HX-Request": "true"})

    assert "somebody changed this rule set meanwhile" in answer.content.decode()
    assert [rule["points"] for rule in definition_of(draft_of_live())["rules"]] == [20, 2]


def test_who_starts_from_live_is_told_of_a_draft_that_somebody_started_meanwhile_and_may_still_start_one(
    browser, live, signed_in
):
    mine = {**form_fields(browser.get("/scoring/"), FORM), "rules-1-points": "9"}
    edit(signed_in(make_user("zoe", "admin", first_name="Zoe", last_name="Zander")), **{"rules-0-points": "20"})
    theirs = draft_of_live()

    answer = browser.post("/scoring/edit/", mine, headers={"HX-Request": "true"})

    page = re.sub(r"\s+", " ", answer.content.decode())
    assert f'<span class="medium">Zoe Zander</span> started the draft v{theirs.version} just now' in page
    assert f'href="/scoring/?version={theirs.version}&amp;tab=rules"' in page
    assert re.search(r'name="rules-1-points"[^>]* value="\+?9"|value="\+?9"[^>]* name="rules-1-points"', page)
    assert draft_of_live() == theirs
    # Typing on asks again; only the button starts another draft.
    browser.post("/scoring/edit/", mine, headers={"HX-Request": "true"})
    assert draft_of_live() == theirs
    browser.post("/scoring/edit/", {**mine, "do": "own"}, headers={"HX-Request": "true"})
    own = RuleSet.objects.get(status="draft", version__gt=theirs.version)
    assert [rule["points"] for rule in definition_of(own)["rules"]] == [15, 9]
    assert str(own.created_by) == "Ada Admin"
    assert [rule["points"] for rule in definition_of(theirs)["rules"]] == [20, 2]


def test_who_looks_at_live_beside_a_draft_has_seen_it_and_is_not_asked(browser, live):
    theirs = start_draft(live, now=NOON)
    fields = form_fields(browser.get(f"/scoring/?version={live.version}"), FORM)

    browser.post("/scoring/edit/", {**fields, "rules-1-points": "9"})

    assert RuleSet.objects.filter(status="draft", version__gt=theirs.version).exists()


def test_a_draft_says_who_began_it_and_names_the_others(browser, live, manager):
    other, newest = start_draft(live, by=manager, now=NOON), start_draft(live, now=NOON)

    page = browser.get("/scoring/").content.decode()

    assert f"Draft v{newest.version}" in page
    assert f">Draft v{other.version} by Max Manager</a>" in page


@pytest.mark.parametrize("role", ["marketer", "manager", "sales"])
def test_others_read_and_cannot_change(request, signed_in, live, role):
    client = signed_in(request.getfixturevalue(role))

    page = client.get("/scoring/").content.decode()

    assert "Trial started" in page
    assert 'id="rule-editor"' not in page
    assert client.post("/scoring/edit/", {"version": live.version}).status_code == 403


def test_the_editor_asks_a_fixed_number_of_queries(browser, live, django_assert_max_num_queries):
    with django_assert_max_num_queries(35):
        browser.get("/scoring/")


def test_more_rules_than_one_form_holds_are_refused_and_none_is_lost(browser, live):
    publish_rules([{**TRIAL, "name": f"Trial {number}"} for number in range(251)])

    answer = edit(browser, **{"rules-0-points": "20"})

    assert "this page edits up to 250 rules of a kind, and here are 251." in answer.content.decode()
    assert not RuleSet.objects.filter(status="draft").exists()


def test_a_version_that_is_no_number_is_not_found(browser, live):
    assert browser.get("/scoring/?version=x").status_code == 404
    assert browser.post("/scoring/edit/", {"version": "x"}).status_code == 404
