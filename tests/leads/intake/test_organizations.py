"""Companies in events."""

import pytest

from leads.intake.take_in import take_in
from leads.models import (
    Identifier,
    Lead,
    Organization,
)
from leads.people.edit_organization import edit_organization
from tests.leads.intake.inbound import A1, LATER, U1, U2, identify, inbound
from tests.make import NOON

pytestmark = pytest.mark.django_db


def test_a_group_is_the_leads_organization(source):
    group = {"group_id": "acme-1", "name": "Acme", "website": "https://www.acme.example/de", "employees": 50}
    take_in(source, [inbound(U1, kind="grouped", properties=group)], now=NOON)

    organization = Lead.objects.get().organization
    assert (organization.external_id, organization.name, organization.domain) == ("acme-1", "Acme", "acme.example")
    assert organization.employee_count == 50


def test_a_company_is_known_again_by_its_name(source):
    take_in(source, [identify(U1, properties={"company": "ACME Robotics"})], now=NOON)
    take_in(source, [identify(U2, properties={"company": {"name": "Acme robotics", "industry": "Robots"}})], now=NOON)

    organization = Organization.objects.get()
    assert organization.industry == "Robots"
    assert organization.leads.count() == 2


@pytest.mark.parametrize("change", ["renamed", "removed"])
def test_a_visitor_s_company_that_is_no_more_is_there_again_once_the_visitor_is_known(source, marketer, change):
    take_in(source, [identify(A1, properties={"company": {"name": "Acme", "industry": "Robots"}})], now=NOON)
    organization = Organization.objects.get()
    if change == "renamed":
        edit_organization(organization, {"name": "Acme Group"}, by=marketer, now=NOON)
    else:
        organization.delete()

    take_in(source, [inbound(U1, A1, at=LATER)], now=LATER)

    known = Lead.objects.get().organization
    assert (known.name, known.industry) == ("Acme", "Robots")
    assert Organization.objects.count() == (2 if change == "renamed" else 1)


def test_what_changes_a_company_makes_all_its_leads_due(source, heard):
    take_in(
        source, [identify(U1, properties={"company": "Acme"}), identify(U2, properties={"company": "Acme"})], now=NOON
    )
    colleague = Identifier.objects.get(value="u2").lead
    Lead.objects.update(score_due_at=None)
    heard.clear()

    take_in(source, [identify(U1, at=LATER, properties={"company": {"name": "Acme", "employees": 90}})], now=LATER)

    colleague.refresh_from_db()
    assert colleague.score_due_at == LATER
    assert ("facts_changed", {"lead_ids": sorted(Lead.objects.values_list("pk", flat=True))}) in heard


def test_a_domain_that_is_another_companys_is_not_taken_away(source):
    one = {"group_id": "1", "name": "One", "website": "one.example"}
    two = {"group_id": "2", "name": "Two", "website": "one.example"}

    take_in(source, [inbound(U1, kind="grouped", properties=one)], now=NOON)
    take_in(source, [inbound(U2, kind="grouped", properties=two)], now=NOON)

    assert list(Organization.objects.order_by("pk").values_list("name", "domain")) == [
        ("One", "one.example"),
        ("Two", ""),
    ]
