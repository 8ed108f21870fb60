"""Personas, journeys and the gates that name them, on a rule set's page in the admin."""

from html import unescape

import pytest
from django.urls import reverse

from scoring.models import Journey, Persona, Policy, RuleSet
from scoring.rules.definition import definition_of
from scoring.rules.draft import import_draft
from tests.admin_forms import form_fields, send_form
from tests.make import NOON

FORM = "ruleset_form"
PERSONA = {
    "name": "Office manager",
    "minimum": 0.5,
    "criteria": [
        {"name": "Role", "field": "title", "op": "contains", "value": "office manager", "points": 12},
        {"name": "Staff", "field": "organization.employee_count", "op": "between", "value": [50, 250], "points": 4},
    ],
}
PRICING = {"field": "properties.path", "op": "starts_with", "value": "/pricing"}
JOURNEY = {
    "name": "Evaluate",
    "window_days": 30,
    "steps": [
        {"name": "Guide", "kind": "ebook_downloaded", "conditions": []},
        {"name": "Pricing", "kind": "page_viewed", "conditions": [PRICING]},
    ],
}
GATED = {"require_persona": "Office manager", "require_journey": "any"}


@pytest.fixture
def draft(db) -> RuleSet:
    return import_draft({"name": "Halden", "personas": [PERSONA], "journeys": [JOURNEY], "policy": GATED}, now=NOON)


@pytest.fixture
def page(draft) -> str:
    return reverse("admin:scoring_ruleset_change", args=[draft.pk])


@pytest.fixture
def browser(admin_user, signed_in):
    return signed_in(admin_user)


def test_they_are_shown_as_lines(browser, page):
    fields = form_fields(browser.get(page), FORM)

    assert fields["personas-0-criteria"].splitlines() == [
        "12 Role: title contains office manager",
        "4 Staff: organization.employee_count between 50, 250",
    ]
    assert fields["journeys-0-steps"].splitlines() == [
        "Guide: ebook_downloaded",
        "Pricing: page_viewed where properties.path starts_with /pricing",
    ]


def test_saving_the_page_as_it_is_changes_nothing(browser, page, draft):
    before = definition_of(draft)

    send_form(browser, page, FORM, _save="1")

    draft.refresh_from_db()
    assert definition_of(draft) == before


def test_they_are_changed_added_and_removed(browser, page, draft):
    fields = {
        "personas-0-criteria": "12 Role: title contains facility",
        "personas-TOTAL_FORMS": "2",
        "personas-1-id": "",
        "personas-1-position": "0",
        "personas-1-rule_set": str(draft.pk),
        "personas-1-name": "Owner",
        "personas-1-minimum": "1",
        "personas-1-criteria": "5 Role: title is Owner",
        "journeys-0-DELETE": "on",
        "policy-0-require_persona": "Owner",
        "policy-0-require_journey": "",
    }

    send_form(browser, page, FORM, _save="1", **fields)

    definition = definition_of(RuleSet.objects.get(pk=draft.pk))
    assert [persona["name"] for persona in definition["personas"]] == ["Office manager", "Owner"]
    assert definition["personas"][0]["criteria"][0]["value"] == "facility"
    assert definition["journeys"] == []
    assert definition["policy"]["require_persona"] == "Owner"
    assert definition["policy"]["require_journey"] is None


@pytest.mark.parametrize(
    ("field", "value", "complaint"),
    [
        ("personas-0-criteria", "12 Role", "Line 1: expected points, a name, a colon and a condition"),
        ("personas-0-criteria", "12 A: title is B\n0 C: title is D", "Line 2: points must be > 0 points, got 0"),
        ("personas-0-criteria", "12 A: shoe_size is 4", "Line 1: field must be one of email"),
        ("personas-0-minimum", "2", "Must be a number from 0 to 1, got 2."),
        ("journeys-0-steps", "Guide ebook", "Line 1: expected a name, a colon and a kind of event"),
        ("journeys-0-steps", "A: page_viewed\nB: call_made", "Line 2: kind call_made is what we did ourselves"),
        ("journeys-0-steps", "A: page_viewed where shoe is 4", "Line 1: conditions[0].field must be name or"),
        ("journeys-0-window_days", "-1", "Must be > 0 days, got -1."),
        ("policy-0-require_persona", "Nobody", "Must be empty, any or one of Office manager, got 'Nobody'."),
        ("personas-0-DELETE", "on", "Must be empty, as there is no persona, got 'Office manager'."),
        ("journeys-0-DELETE", "on", "Must be empty, as there is no journey, got 'any'."),
    ],
)
def test_a_mistake_is_named_and_nothing_is_saved(browser, page, draft, field, value, complaint):
    before = definition_of(draft)

    answer = send_form(browser, page, FORM, _save="1", **{field: value})

    assert complaint in unescape(answer.content.decode())
    assert definition_of(RuleSet.objects.get(pk=draft.pk)) == before
    assert Persona.objects.filter(rule_set=draft).exists()
    assert Journey.objects.filter(rule_set=draft).exists()


def test_a_gate_without_its_persona_is_told_beside_the_gate(browser, page):
    answer = send_form(browser, page, FORM, _save="1", **{"policy-0-require_persona": "Nobody"})

    policy = answer.context["inline_admin_formsets"][0].formset.forms[0]
    assert list(policy.errors) == ["require_persona"]


def test_the_policy_persona_and_journey_sets_both_gates(browser, page, draft):
    Policy.objects.filter(rule_set=draft).update(require_persona="", require_journey="")

    send_form(browser, page, FORM, _save="1", **{"policy-0-ready_made": "Persona and journey"})

    policy = Policy.objects.get(rule_set=draft)
    assert (policy.require_persona, policy.require_journey) == ("any", "any")


def test_the_policy_engagement_takes_gates_away_and_direct_pass_keeps_them(browser, page, draft):
    send_form(browser, page, FORM, _save="1", **{"policy-0-ready_made": "Direct pass"})
    kept = Policy.objects.get(rule_set=draft).require_persona
    send_form(browser, page, FORM, _save="1", **{"policy-0-ready_made": "Engagement"})

    assert kept == "Office manager"
    assert Policy.objects.get(rule_set=draft).require_persona == ""


def test_archived_ones_are_read_as_lines(browser, page, draft):
    RuleSet.objects.filter(pk=draft.pk).update(status="archived")

    shown = unescape(browser.get(page).content.decode())

    assert "12 Role: title contains office manager" in shown
    assert "Pricing: page_viewed where properties.path starts_with /pricing" in shown
