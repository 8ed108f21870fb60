from leads.models import AuditEntry
from leads.people.edit_organization import edit_organization
from tests.make import NOON, make_lead, make_organization


def test_an_edit_makes_the_leads_due_and_findable_by_the_new_name(admin_user):
    acme = make_organization("Acme", employee_count=10, attributes={"tier": "a"})
    lead, other = make_lead("maja@acme.example", organization=acme), make_lead()
    changes = {"name": "Acme Nordic", "employee_count": 140, "attributes": {"tier": "b"}}

    edit_organization(acme, changes, by=admin_user, now=NOON)

    acme.refresh_from_db()
    assert (acme.name, acme.employee_count, acme.attributes) == ("Acme Nordic", 140, {"tier": "b"})
    assert sorted(acme.attribute_times) == ["attributes.tier", "employee_count", "name"]
    lead.refresh_from_db()
    other.refresh_from_db()
    assert (lead.score_due_at, other.score_due_at) == (NOON, None)
    assert lead.search.text == "maja@acme.example acme nordic"
    assert AuditEntry.objects.latest("pk").subject == f"organization {acme.pk}: attributes, employee_count, name"
