"""The pages of rule sets in the admin, driven as a browser drives them."""

from datetime import timedelta
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from leads.models import AuditEntry, Lead
from scoring.models import FitRule, Policy, Rule, RuleSet, RuleSetStatus
from scoring.rules.definition import definition_of
from scoring.rules.draft import import_draft
from scoring.rules.full_rescore import waiting_leads
from tests.admin_forms import form_fields, send_form
from tests.make import NOON, make_lead

FORM = "ruleset_form"
RULE_SET = {
    "name": "Halden",
    "rules": [
        {"name": "Trial started", "kind": "trial_started", "points": 15, "half_life_days": 14},
        {
            "name": "Viewed pricing",
            "kind": "page_viewed",
            "points": 2,
            "half_life_days": 14,
            "limit": {"count": 3, "per": "week"},
            "conditions": [{"field": "properties.path", "op": "starts_with", "value": "/pricing"}],
        },
        {
            "name": "Webinar",
            "kind": "webinar_attended",
            "points": 8,
            "limit": {"count": 1, "per": {"value_of": "properties.webinar"}},
        },
    ],
    "fit": [
        {"name": "Business e-mail", "field": "email", "op": "business_email", "value": True, "points": 4},
        {"name": "Staff", "field": "organization.employee_count", "op": "between", "value": [50, 250], "points": 10},
    ],
}


def change_page(rule_set: RuleSet) -> str:
    return reverse("admin:scoring_ruleset_change", args=[rule_set.pk])


@pytest.fixture
def draft(db) -> RuleSet:
    return import_draft(RULE_SET, now=NOON)


@pytest.fixture
def live(draft) -> RuleSet:
    RuleSet.objects.filter(status=RuleSetStatus.LIVE).update(status=RuleSetStatus.ARCHIVED)
    RuleSet.objects.filter(pk=draft.pk).update(status=RuleSetStatus.LIVE, published_at=NOON)
    draft.refresh_from_db()
    return draft


@pytest.fixture
def browser(admin_user, signed_in) -> Client:
    return signed_in(admin_user)


def test_saving_keeps_the_old_version_and_counts_up_once(browser, live, admin_user):
    before = definition_of(live)

    page = send_form(browser, change_page(live), FORM, **{"rules-0-points": "20", "note": "Trials weigh more"})

    assert "Default v3 is live" not in page.content.decode()
    live.refresh_from_db()
    assert (live.version, live.status, live.note) == (3, RuleSetStatus.LIVE, "Trials weigh more")
    assert live.published_by == admin_user
    assert live.rules.get(name="Trial started").points == 20
    kept = RuleSet.objects.get(version=2)
    assert kept.status == RuleSetStatus.ARCHIVED
    assert definition_of(kept) == before
    entry = AuditEntry.objects.latest("pk")
    assert (entry.action, entry.subject, entry.actor) == ("rule set published", "Halden v3", admin_user)


def test_saving_makes_every_lead_due(browser, live):
    later = NOON + timedelta(days=300)
    leads = [make_lead(score_due_at=due, scored_at=NOON) for due in (None, later)]

    send_form(browser, change_page(live), FORM, **{"rules-0-points": "20"})

    assert list(waiting_leads().order_by("pk")) == leads


def test_saving_without_a_change_makes_no_version(browser, live, django_capture_on_commit_callbacks):
    lead = make_lead(scored_at=NOON)

    with django_capture_on_commit_callbacks(execute=True):
        page = send_form(browser, change_page(live), FORM, note="Only a note")

    assert "Nothing was changed, so Halden v2 stays live." in page.content.decode()
    live.refresh_from_db()
    assert (live.version, live.note) == (2, "")
    assert RuleSet.objects.count() == 2
    lead.refresh_from_db()
    assert lead.facts_version == 0


def test_a_rule_is_added_and_another_removed_in_one_version(browser, live):
    fields = {
        "rules-TOTAL_FORMS": "4",
        "rules-1-DELETE": "on",
        "rules-3-id": "",
        "rules-3-position": "0",
        "rules-3-rule_set": str(live.pk),
        "rules-3-name": "Quote",
        "rules-3-kind": "Quote Requested",
        "rules-3-points": "20",
        "rules-3-limit_count": "2",
        "rules-3-limit_per": "month",
        "rules-3-conditions": "properties.amount between 10, 50\nname in Quote, Offer",
    }

    send_form(browser, change_page(live), FORM, **fields)

    live.refresh_from_db()
    assert live.version == 3
    definition = definition_of(live)
    assert [rule["name"] for rule in definition["rules"]] == ["Trial started", "Webinar", "Quote"]
    assert definition["rules"][-1] == {
        "name": "Quote",
        "kind": "quote_requested",
        "points": 20,
        "half_life_days": None,
        "cap": None,
        "limit": {"count": 2, "per": "month"},
        "conditions": [
            {"field": "properties.amount", "op": "between", "value": [10, 50]},
            {"field": "name", "op": "in", "value": ["Quote", "Offer"]},
        ],
    }
    assert Rule.objects.filter(rule_set__version=2).count() == 3


def test_conditions_and_values_are_shown_as_people_write_them(browser, live):
    fields = form_fields(browser.get(change_page(live)), FORM)

    assert fields["rules-1-conditions"] == "properties.path starts_with /pricing"
    assert fields["rules-0-points"] == "15"
    assert fields["fit_rules-0-value"] == "true"
    assert fields["fit_rules-1-value"] == "50, 250"


@pytest.mark.parametrize(
    ("field", "value", "complaint"),
    [
        ("rules-0-half_life_days", "0", "Must be > 0 days, got 0."),
        ("rules-0-half_life_days", "-3", "Must be > 0 days, got -3."),
        ("rules-0-points", "500", "Must be a number from -100 to 100, got 500."),
        ("rules-0-cap", "-1", "Must be > 0 points"),
        ("rules-0-kind", "call_made", "call_made is what we did ourselves and never scores."),
        ("rules-0-limit_count", "3", "Must be one of day, week, month, ever"),
        ("rules-0-limit_value_of", "properties.webinar", "Only where the limit is per"),
        ("rules-2-limit_value_of", "webinar", "Must be properties.<name>, got 'webinar'."),
        ("rules-0-conditions", "amount gt 3", "Line 1: field must be name or properties.<name>"),
        ("rules-0-conditions", "name is Demo\nproperties.amount over 3", "Line 2: op must be one of is, "),
        ("rules-0-conditions", "properties.amount between 50, 10", "Line 1: value must be [low, high]"),
        ("rules-0-conditions", "properties.amount", "Line 1: expected a field, how it is compared, and a value"),
        ("rules-1-name", "Trial started", "Two rules are called 'Trial started'; each needs a name of its own."),
        ("fit_rules-0-field", "shoe_size", "Must be one of email, phone"),
        ("fit_rules-0-value", "maybe", "Must be true or false for business_email, got 'maybe'."),
        ("fit_rules-1-value", "250, 50", "Must be [low, high], both numbers or both dates, low first"),
        ("policy-0-mql_threshold", "80", "Must be below sql_threshold, got 80 and 70."),
        ("policy-0-margin", "60", "Must be at most mql_threshold 40, got 60."),
        ("policy-0-engagement_memory_days", "0", "Must be > 0 days, got 0."),
        ("behaviour_limit", "70", "Must be at most 100 together with fit_limit, got 70 + 40."),
        ("name", "", "This field is required."),
    ],
)
def test_a_mistake_is_named_and_nothing_is_saved(browser, live, field, value, complaint):
    before = definition_of(live)

    page = send_form(browser, change_page(live), FORM, **{"rules-0-points": "20", field: value})

    assert complaint in unescape(page.content.decode())
    live.refresh_from_db()
    assert (live.version, definition_of(live)) == (2, before)
    assert RuleSet.objects.count() == 2


def test_a_mistake_stands_beside_its_field(browser, live):
    page = send_form(browser, change_page(live), FORM, **{"rules-0-half_life_days": "-3"})

    forms = page.context["inline_admin_formsets"][1].formset.forms
    assert forms[0].errors == {"half_life_days": ["Must be > 0 days, got -3."]}


def test_two_new_rules_of_one_name_are_refused(browser, live):
    row = {"id": "", "position": "0", "rule_set": str(live.pk), "name": "Chat", "kind": "chat_engaged", "points": "3"}
    rows = {f"rules-{number}-{name}": value for number in (3, 4) for name, value in row.items()}

    page = send_form(browser, change_page(live), FORM, **{"rules-TOTAL_FORMS": "5"}, **rows)

    assert "Two rules are called 'Chat'" in unescape(page.content.decode())
    assert Rule.objects.filter(rule_set=live).count() == 3


def test_rules_take_each_others_names(browser, live):
    names = {"rules-0-name": "Viewed pricing", "rules-1-name": "Trial started", "rules-2-DELETE": "on"}
    fit = {"fit_rules-0-name": "Staff", "fit_rules-1-DELETE": "on"}

    send_form(browser, change_page(live), FORM, **names, **fit)

    definition = definition_of(live)
    assert [(rule["name"], rule["points"]) for rule in definition["rules"]] == [
        ("Viewed pricing", 15),
        ("Trial started", 2),
    ]
    assert [(rule["name"], rule["points"]) for rule in definition["fit"]] == [("Staff", 4)]


def test_a_ready_made_policy_replaces_the_values(browser, live):
    Policy.objects.filter(rule_set=live).update(mql_threshold=20)

    send_form(browser, change_page(live), FORM, **{"policy-0-ready_made": "Direct pass"})

    policy = Policy.objects.get(rule_set=live)
    assert (policy.direct, policy.mql_threshold, policy.mql_on_engagement) == (True, 40, True)


def test_of_two_admins_the_second_is_told_and_nothing_of_theirs_is_saved(browser, live):
    address = change_page(live)
    second = form_fields(browser.get(address), FORM)
    send_form(browser, address, FORM, **{"rules-1-DELETE": "on"})

    page = browser.post(address, {**second, "rules-0-points": "99", "behaviour_limit": "50"}, follow=True)

    assert "somebody changed this rule set meanwhile; it is Halden v3 (Live) now" in page.content.decode()
    live.refresh_from_db()
    assert (live.version, live.behaviour_limit) == (3, 60)
    assert list(live.rules.order_by("position").values_list("name", "points")) == [
        ("Trial started", 15),
        ("Webinar", 8),
    ]


def test_a_rule_set_archived_meanwhile_is_not_saved(browser, live):
    address = change_page(live)
    fields = form_fields(browser.get(address), FORM)
    RuleSet.objects.filter(pk=live.pk).update(status=RuleSetStatus.ARCHIVED)

    page = browser.post(address, {**fields, "rules-0-points": "99"}, follow=True)

    assert "it is Halden v2 (Archived) now" in page.content.decode()
    assert live.rules.get(name="Trial started").points == 15


def test_an_archived_rule_set_is_read_only(browser, db, live):
    archived = RuleSet.objects.get(status=RuleSetStatus.ARCHIVED)

    page = browser.get(change_page(archived)).content.decode()

    assert "Version 1 is archived" in page
    assert "Save and publish" not in page
    assert "properties.path starts_with /pricing" in page
    assert browser.post(change_page(archived), {"name": "Other"}).status_code == 403


def test_a_draft_is_saved_without_publishing(browser, draft):
    page = send_form(browser, change_page(draft), FORM, **{"rules-0-points": "20"}, _save="1")

    assert "Halden v2 is saved as a draft" in page.content.decode()
    draft.refresh_from_db()
    assert (draft.version, draft.status, draft.rules.get(name="Trial started").points) == (2, "draft", 20)
    assert RuleSet.objects.get(status=RuleSetStatus.LIVE).version == 1


def test_a_draft_is_published_with_the_changes_on_its_page(browser, draft, admin_user):
    page = send_form(browser, change_page(draft), FORM, **{"rules-0-points": "20"}, _publish="1")

    assert "Halden v2 is live. Every lead will be scored by it." in page.content.decode()
    draft.refresh_from_db()
    assert (draft.status, draft.published_by) == (RuleSetStatus.LIVE, admin_user)
    assert RuleSet.objects.get(version=1).status == RuleSetStatus.ARCHIVED
    assert definition_of(draft)["rules"][0]["points"] == 20


def test_only_drafts_can_be_deleted(browser, live):
    other = import_draft(RULE_SET, now=NOON)

    statuses = [
        browser.post(reverse("admin:scoring_ruleset_delete", args=[rule_set.pk]), {"post": "yes"}).status_code
        for rule_set in (live, other)
    ]

    assert statuses == [403, 302]
    assert not FitRule.objects.filter(rule_set_id=other.pk).exists()


def test_the_panel_follows_the_rescoring_and_then_rests(browser, live):
    leads = [make_lead(score_due_at=None) for _ in range(5)]
    Lead.objects.filter(pk__in=[lead.pk for lead in leads[:3]]).update(score_due_at=NOON)
    address = reverse("admin:scoring_ruleset_rescoring")

    during = browser.get(address).content.decode()
    Lead.objects.update(score_due_at=None)
    after = browser.get(address).content.decode()

    assert "Rescoring: 2 of 5 leads" in during
    assert 'value="2"' in during
    assert f'hx-get="{address}"' in during
    assert "All 5 leads have the score" in after
    assert "hx-get" not in after


@pytest.mark.parametrize("role", ["marketer", "sales", "manager"])
def test_only_admins_see_rule_sets(request, signed_in, live, role):
    client = signed_in(request.getfixturevalue(role))

    response = client.get(change_page(live))

    assert response.status_code == 302
    assert response.url.startswith("/admin/login/")


def test_the_list_asks_a_fixed_number_of_queries(browser, live, django_assert_max_num_queries):
    for _ in range(10):
        import_draft(RULE_SET, now=NOON)

    with django_assert_max_num_queries(12):
        browser.get(reverse("admin:scoring_ruleset_changelist"))
