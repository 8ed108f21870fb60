"""Adding a lead by hand."""

import pytest

from leads.models import Lead
from tests.make import make_lead


def test_a_lead_is_added_and_shown(browser):
    given = {
        "first_name": "Ada",
        "last_name": "Berg",
        "email": "Ada@Talgo.example",
        "company": "Talgo",
        "source": "event",
    }

    response = browser.post("/leads/add/", {**given, "kind": "person"}, follow=True)

    lead = Lead.objects.get()
    page = response.content.decode()
    assert (lead.display_name, lead.email, lead.source) == ("Ada Berg", "ada@talgo.example", "event")
    assert lead.organization.name == "Talgo"
    assert response.redirect_chain == [(f"/leads/{lead.pk}/", 302)]
    assert "Ada Berg is added." in page


def test_it_is_found_by_its_name_at_once(browser):
    browser.post("/leads/add/", {"first_name": "Zelda", "phone": "+46 70 555 01 42", "kind": "person"})

    assert "Zelda" in browser.get("/leads/?q=zelda").content.decode()


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"first_name": "Ada"}, "A lead needs an e-mail address or a phone number."),
        ({"email": "not an address"}, "Enter a valid email address."),
        ({"phone": "12"}, "phone must be a phone number with the country"),
        ({"email": "taken@example.com"}, "taken@example.com"),
        ({"email": "a@b.example", "kind": "robot"}, "Select a valid choice."),
        ({"email": "a@b.example", "first_name": "A\0"}, "Null characters are not allowed."),
    ],
)
def test_a_mistake_is_named_and_what_was_typed_stays(browser, given, message):
    make_lead("taken@example.com")

    response = browser.post("/leads/add/", {"kind": "person", "last_name": "Kept", **given})

    page = response.content.decode()
    assert response.status_code == 400
    assert message in page
    assert 'value="Kept"' in page
    assert Lead.objects.count() == 1
