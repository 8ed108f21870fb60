"""A lead that somebody met is added by hand."""

import pytest

from leads.models import AuditEntry, Identifier, Lead, LeadKind, Organization, Stage
from leads.people.add import add_lead
from leads.people.edit import InvalidField
from tests.make import NOON, make_lead, make_organization


def test_a_lead_is_stored_with_what_is_known_and_is_due_for_scoring(sales):
    lead = add_lead(
        {
            "email": " Maja.Lind@Acme.example ",
            "phone": "+46 70 555 01 42",
            "first_name": "Maja",
            "title": "Office manager",
            "source": "event",
            "attributes": {"budget": 5000},
        },
        by=sales,
        now=NOON,
    )

    assert (lead.email, lead.phone) == ("maja.lind@acme.example", "+46705550142")
    assert (lead.first_name, lead.title, lead.source) == ("Maja", "Office manager", "event")
    assert (lead.stage, lead.kind, lead.attributes) == (Stage.NEW, LeadKind.PERSON, {"budget": 5000})
    assert (lead.created_at, lead.score_due_at, lead.owner) == (NOON, NOON, None)
    assert lead.search.text == "maja maja.lind@acme.example +46705550142"
    assert AuditEntry.objects.get(action="lead added").actor == sales


def test_it_is_recognised_by_its_address_and_its_number(sales):
    lead = add_lead({"email": "ann@acme.example", "phone": "+46705550142"}, by=sales, now=NOON)

    known = set(Identifier.objects.filter(lead=lead).values_list("kind", "value"))
    assert known == {("email", "ann@acme.example"), ("phone", "+46705550142")}


def test_a_company_is_found_by_its_name_or_made(sales):
    acme = make_organization("Acme")

    found = add_lead({"email": "ann@acme.example", "company": "ACME"}, by=sales, now=NOON)
    made = add_lead({"email": "ben@umbrella.example", "company": "Umbrella"}, by=sales, now=NOON)

    assert found.organization == acme
    assert made.organization == Organization.objects.get(name="Umbrella")
    assert made.search.text == "ben@umbrella.example umbrella"


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"first_name": "Ann"}, "email", "an e-mail address or a phone number"),
        ({"email": "ann at acme"}, "email", "got 'ann at acme'"),
        ({"email": "ann@acme.example", "phone": "070 555"}, "phone", "country's code"),
        ({"email": "ann@acme.example", "kind": "robot"}, "kind", "got 'robot'"),
        ({"email": "ann@acme.example", "score": 100}, "score", "can't be changed by hand"),
        ({"email": "taken@acme.example", "company": "Umbrella"}, "email", "is that of lead"),
    ],
)
def test_what_cant_be_stored_is_named_and_nothing_is(sales, fields, field, words):
    make_lead("taken@acme.example")

    with pytest.raises(InvalidField, match=words) as refusal:
        add_lead(fields, by=sales, now=NOON)

    assert refusal.value.field == field
    assert Lead.objects.count() == 1
    assert not Organization.objects.exists()
