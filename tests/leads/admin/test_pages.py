"""The admin's pages of leads, driven as a browser drives them."""

from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from leads.models import (
    AuditEntry,
    DuplicateCandidate,
    Lead,
    Organization,
    RejectedEvent,
    Role,
    Source,
    Stage,
    StageChange,
    User,
)
from tests.admin_forms import form_fields, send_form
from tests.make import NOON, make_event, make_lead, make_organization, make_source

PAGES = (
    "auditentry", "duplicatecandidate", "event", "lead", "organization", "rejectedevent", "source", "stagechange",
    "user",
)  # fmt: skip
FACTS = ("auditentry", "duplicatecandidate", "event", "rejectedevent", "stagechange")


@pytest.fixture
def browser(admin_user, signed_in) -> Client:
    return signed_in(admin_user)


def page(name: str, what: str = "changelist", *args: int) -> str:
    return reverse(f"admin:leads_{name}_{what}", args=args)


def make_one_of_each(actor: User) -> dict[str, int]:
    """Store a row for every page and return the ids by page."""
    acme = make_organization()
    lead, other = make_lead(organization=acme, owner=actor), make_lead()
    event = make_event(lead)
    moved = {"from_stage": Stage.NEW, "to_stage": Stage.ENGAGED, "reason": "Viewed a page", "changed_at": NOON}
    return {
        "auditentry": AuditEntry.objects.create(actor=actor, action="a", subject="b", created_at=NOON).pk,
        "duplicatecandidate": DuplicateCandidate.objects.create(
            first=lead, second=other, reason="They share a phone number.", created_at=NOON
        ).pk,
        "event": event.pk,
        "lead": lead.pk,
        "organization": acme.pk,
        "rejectedevent": RejectedEvent.objects.create(
            source=make_source(), reason="no event name", body="{}", received_at=NOON
        ).pk,
        "source": make_source().pk,
        "stagechange": StageChange.objects.create(lead=lead, actor=actor, **moved).pk,
        "user": actor.pk,
    }


@pytest.mark.parametrize("name", PAGES)
def test_every_list_and_page_is_shown(browser, admin_user, name):
    row = make_one_of_each(admin_user)[name]

    answers = [browser.get(page(name)), browser.get(page(name, "change", row)), browser.get(page(name) + "?q=maja")]

    assert [answer.status_code for answer in answers] == [200, 200, 200]


@pytest.mark.parametrize("name", PAGES)
def test_a_list_asks_no_more_queries_for_more_rows(browser, admin_user, name, django_assert_max_num_queries):
    for _ in range(4):
        make_one_of_each(admin_user)

    with django_assert_max_num_queries(10):
        browser.get(page(name))


@pytest.mark.parametrize("name", FACTS)
def test_facts_are_only_shown(browser, admin_user, name):
    row = make_one_of_each(admin_user)[name]

    answers = [
        browser.get(page(name, "add")),
        browser.post(page(name, "change", row), {"reason": "other"}),
        browser.post(page(name, "delete", row), {"post": "yes"}),
    ]

    assert [answer.status_code for answer in answers] == [403, 403, 403]


@pytest.mark.parametrize("role", ["marketer", "sales", "manager"])
def test_only_admins_come_in(request, signed_in, role):
    client = signed_in(request.getfixturevalue(role))

    answers = [client.get(page(name)) for name in PAGES]

    assert {answer.status_code for answer in answers} == {302}
    assert all(answer.url.startswith("/admin/login/") for answer in answers)


def test_leads_are_found_by_parts_of_words_in_any_order(browser):
    make_lead("maja@fjall.example", first_name="Maja", last_name="Lindqvist")
    make_lead("tom@acme.example", first_name="Tom")

    answer = browser.get(page("lead"), {"q": "lindq MAJ"})

    assert [lead.first_name for lead in answer.context["cl"].result_list] == ["Maja"]


def test_a_lead_is_changed_through_the_action_that_makes_it_due(browser, admin_user):
    lead = make_lead("maja@acme.example", score=30)

    send_form(browser, page("lead", "change", lead.pk), "lead_form", title="Office manager", email="Maja@Fjall.example")

    lead.refresh_from_db()
    assert (lead.title, lead.email, lead.score, lead.facts_version) == ("Office manager", "maja@fjall.example", 30, 1)
    assert lead.identifiers.filter(value="maja@fjall.example").exists()


def test_a_lead_that_is_saved_unchanged_is_not_due(browser):
    lead = make_lead("maja@acme.example", attributes={"plan": "team"})

    send_form(browser, page("lead", "change", lead.pk), "lead_form")

    lead.refresh_from_db()
    assert (lead.facts_version, lead.attributes) == (0, {"plan": "team"})


def test_a_mistake_in_a_lead_stands_beside_its_field(browser):
    make_lead("taken@acme.example")
    lead = make_lead("maja@acme.example")
    address = page("lead", "change", lead.pk)

    answer = send_form(browser, address, "lead_form", email="taken@acme.example", title="Owner")

    assert answer.context["adminform"].form.errors["email"][0].startswith("E-mail taken@acme.example is that of lead")
    assert Lead.objects.get(pk=lead.pk).title == ""


def test_what_scoring_and_sales_write_is_not_in_the_form(browser):
    lead = make_lead()

    fields = form_fields(browser.get(page("lead", "change", lead.pk)), "lead_form")

    editable = {"kind", "email", "phone", "first_name", "last_name", "title", "country", "organization", "attributes"}
    assert {name for name in fields if not name.startswith(("identifiers-", "initial-", "csrf", "_"))} == editable


def test_an_organization_is_changed_and_its_leads_are_due(browser):
    acme = make_organization("Acme")
    lead = make_lead(organization=acme)

    send_form(browser, page("organization", "change", acme.pk), "organization_form", employee_count="140")

    assert Organization.objects.get(pk=acme.pk).employee_count == 140
    assert Lead.objects.get(pk=lead.pk).facts_version == 1


def test_a_source_gets_a_write_key_of_its_own(browser):
    send_form(browser, page("source", "add"), "source_form", name="Shop")
    send_form(browser, page("source", "add"), "source_form", name="App")

    keys = list(Source.objects.filter(name__in=["Shop", "App"]).values_list("write_key", flat=True))
    assert len(set(keys)) == 2
    assert all(key.startswith("wk_") and len(key) == 35 for key in keys)


def test_a_renewed_write_key_is_another(browser):
    source = make_source("Shop")
    chosen = {"action": "renew_write_keys", "_selected_action": [source.pk]}

    browser.post(page("source"), chosen)

    renewed = Source.objects.get(pk=source.pk).write_key
    assert renewed != source.write_key
    assert AuditEntry.objects.latest("pk").subject == "Shop"


def test_a_source_is_switched_off_not_deleted(browser):
    source = make_source("Shop")

    send_form(browser, page("source", "change", source.pk), "source_form", is_active=None)

    assert not Source.objects.get(pk=source.pk).is_active
    assert browser.post(page("source", "delete", source.pk), {"post": "yes"}).status_code == 403


def test_a_user_is_made_with_a_role(browser):
    fields = {"username": "nora", "role": "admin", "password1": "correct-horse-battery"}

    send_form(
        browser, page("user", "add"), "user_form", **fields, password2="correct-horse-battery", email="n@x.example"
    )

    nora = User.objects.get(username="nora")
    assert (nora.role, nora.is_staff, nora.is_superuser) == (Role.ADMIN, True, True)
    assert nora.check_password("correct-horse-battery")


def test_the_only_admin_is_told_why_the_role_stays(browser, admin_user):
    answer = send_form(browser, page("user", "change", admin_user.pk), "user_form", role="sales")

    assert "Nothing was saved. Ada Admin is the only admin who can sign in" in unescape(answer.content.decode())
    admin_user.refresh_from_db()
    assert admin_user.role == Role.ADMIN
