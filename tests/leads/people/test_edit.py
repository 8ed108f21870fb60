from datetime import timedelta

import pytest

from leads.errors import InvalidValue
from leads.models import AuditEntry, Identifier, Lead
from leads.people.edit import InvalidField, check_edit, edit_lead
from tests.make import NOON, make_lead, make_organization


def test_an_edit_stores_its_fields_and_makes_the_lead_due(admin_user):
    acme = make_organization("Acme")
    lead = make_lead("maja@acme.example", last_name="Lind", attributes={"plan": "free", "seats": 5, "city": "Umeå"})
    changes = {"first_name": "Maja", "organization": acme, "attributes": {"plan": "team", "seats": 5}}

    edit_lead(lead, changes, by=admin_user, now=NOON)

    lead.refresh_from_db()
    assert (lead.first_name, lead.organization, lead.attributes) == ("Maja", acme, {"plan": "team", "seats": 5})
    assert (lead.score_due_at, lead.facts_version) == (NOON, 1)
    assert sorted(lead.attribute_times) == ["attributes.city", "attributes.plan", "first_name", "organization"]
    assert lead.search.text == "maja lind maja@acme.example acme"
    assert AuditEntry.objects.latest("pk").subject == f"lead {lead.pk}: attributes, first_name, organization"


def test_a_new_address_identifies_the_lead_and_so_does_the_old_one(admin_user):
    lead = make_lead("maja@acme.example")

    edit_lead(lead, {"email": " Maja.Lind@Acme.example ", "phone": "+46 70 555 01 42"}, by=admin_user, now=NOON)

    lead.refresh_from_db()
    assert (lead.email, lead.phone) == ("maja.lind@acme.example", "+46705550142")
    assert set(lead.identifiers.values_list("kind", "value")) == {
        ("email", "maja@acme.example"),
        ("email", "maja.lind@acme.example"),
        ("phone", "+46705550142"),
    }


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("email", "maja", "email must be an e-mail address, got 'maja'."),
        ("phone", "0705", "phone must be a phone number with the country's code, such as +46705550142, got '0705'."),
        ("title", "x" * 151, "title must be at most 150 characters, got 151."),
        ("kind", "robot", "kind must be one of person, organization, got 'robot'."),
        ("score", 100, "score can't be changed by hand; expected one of email, phone, "),
        ("attributes", "plan", "attributes must be an object of names and values, got 'plan'."),
    ],
)
def test_what_cannot_be_stored_is_named_and_nothing_is_stored(admin_user, field, value, message):
    lead = make_lead(first_name="Maja")

    with pytest.raises(InvalidField) as refusal:
        edit_lead(lead, {"first_name": "Mia", field: value}, by=admin_user, now=NOON)

    assert str(refusal.value).startswith(message)
    assert refusal.value.field == field
    lead.refresh_from_db()
    assert (lead.first_name, lead.facts_version) == ("Maja", 0)


def test_an_address_of_another_lead_is_refused(admin_user):
    make_lead("taken@acme.example")
    lead = make_lead("maja@acme.example")
    changes = {"first_name": "Maja", "email": "Taken@acme.example"}

    with pytest.raises(InvalidField, match=r"E-mail taken@acme.example is that of lead \d+ already"):
        check_edit(lead, changes)
    with pytest.raises(InvalidValue, match=r"E-mail taken@acme.example is that of lead \d+ already"):
        edit_lead(lead, changes, by=admin_user, now=NOON)

    assert Lead.objects.get(pk=lead.pk).first_name == ""
    assert Identifier.objects.filter(lead=lead).count() == 1


def test_an_edit_stands_against_what_was_said_of_a_time_to_come(admin_user):
    later = (NOON + timedelta(days=1)).isoformat()
    lead = make_lead(title="Owner", attribute_times={"title": f"{later}|message"})

    edit_lead(lead, {"title": "Office manager"}, by=admin_user, now=NOON)

    assert Lead.objects.get(pk=lead.pk).title == "Office manager"


def test_a_merged_lead_is_not_edited(admin_user):
    survivor = make_lead()
    lead = make_lead(merged_into=survivor)

    with pytest.raises(InvalidValue, match=f"was merged into lead {survivor.pk}"):
        edit_lead(lead, {"title": "Owner"}, by=admin_user, now=NOON)
