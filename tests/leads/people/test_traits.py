"""What events say about people, read into the names that leads and conditions use."""

import pytest

from leads.people.traits import EventTraits, domain_of, traits_in


def test_reserved_traits_go_into_columns_in_either_spelling():
    camel = traits_in(
        "identified", {"firstName": "Ada", "lastName": "Lovelace", "jobTitle": "CTO", "createdAt": "2026"}
    )
    snake = traits_in(
        "identified", {"first_name": "Ada", "last_name": "Lovelace", "title": "CTO", "created_at": "2026"}
    )

    expected = {"first_name": "Ada", "last_name": "Lovelace", "title": "CTO", "attributes.created_at": "2026"}
    assert camel == snake == EventTraits(expected, {})


def test_other_traits_keep_the_name_they_were_sent_with():
    assert traits_in("identified", {"favouriteColour": "teal"}).lead == {"attributes.favouriteColour": "teal"}


def test_the_snake_case_spelling_is_taken_where_both_are_sent():
    assert traits_in("identified", {"firstName": "A.", "first_name": "Ada"}).lead == {"first_name": "Ada"}


@pytest.mark.parametrize(
    ("traits", "names"),
    [
        ({"name": "Ada Lovelace"}, {"first_name": "Ada", "last_name": "Lovelace"}),
        ({"name": "Ada King Lovelace"}, {"first_name": "Ada", "last_name": "King Lovelace"}),
        ({"name": "Ada"}, {"first_name": "Ada", "last_name": ""}),
        ({"name": "Ada L.", "lastName": "Lovelace"}, {"first_name": "Ada", "last_name": "Lovelace"}),
        ({"name": ""}, {}),
        ({"name": 7}, {}),
    ],
)
def test_a_whole_name_is_taken_apart(traits, names):
    assert traits_in("identified", traits).lead == names


def test_addresses_and_numbers_are_made_comparable_or_kept_as_they_came():
    good = traits_in("identified", {"email": "Ada@Acme.Example", "phone": "+1 500 555 0006"})
    odd = traits_in("identified", {"email": "ada", "phone": 7})

    assert good.lead == {"email": "ada@acme.example", "phone": "+15005550006"}
    assert odd.lead == {"attributes.email": "ada", "attributes.phone": 7}


def test_null_empties_a_trait():
    assert traits_in("identified", {"email": None, "plan": None}).lead == {"email": None, "attributes.plan": None}


def test_long_texts_are_cut_to_their_columns():
    assert traits_in("identified", {"title": "x" * 200}).lead == {"title": "x" * 150}


def test_the_country_may_stand_in_the_address():
    traits = {"address": {"country": "Sweden", "city": "Lund"}}

    assert traits_in("identified", traits).lead == {"attributes.address": traits["address"], "country": "Sweden"}


def test_a_company_is_an_object_or_a_name():
    company = {"name": "Acme", "id": 7, "employee_count": 240, "website": "https://www.acme.example/", "plan": "pro"}

    assert traits_in("identified", {"company": company}).company == {
        "name": "Acme",
        "external_id": "7",
        "employee_count": 240,
        "domain": "acme.example",
        "attributes.website": "https://www.acme.example/",
        "attributes.plan": "pro",
    }
    assert traits_in("identified", {"company": "Acme"}).company == {"name": "Acme"}


@pytest.mark.parametrize("company", [None, "", 7, [], {}, {"industry": "Robots"}, {"id": True}])
def test_a_company_that_cannot_be_told_from_others_is_none(company):
    assert traits_in("identified", {"company": company}).company == {}


@pytest.mark.parametrize("count", ["many", -1, 2**31, True, 1.5])
def test_a_number_of_employees_is_a_whole_number(count):
    assert traits_in("grouped", {"group_id": "g1", "employees": count}).company == {"external_id": "g1"}


def test_a_form_says_who_filled_it_in():
    fields = {"first_name": "Ada", "jobTitle": "CTO", "title": "The Playbook", "company": "Acme", "country": ""}

    assert traits_in("form_submitted", fields) == EventTraits({"first_name": "Ada", "title": "CTO"}, {"name": "Acme"})


def test_other_events_say_nothing_about_anybody():
    assert traits_in("page_viewed", {"first_name": "Ada", "company": "Acme"}) == EventTraits({}, {})


@pytest.mark.parametrize(
    ("address", "domain"),
    [
        ("https://www.Acme.example/de?x=1", "acme.example"),
        ("acme.example", "acme.example"),
        ("//acme.example", "acme.example"),
        ("http://[::1", ""),
        ("acme", ""),
        ("a b.example", ""),
        (None, ""),
        (7, ""),
    ],
)
def test_a_domain_is_read_out_of_an_address(address, domain):
    assert domain_of(address) == domain
