"""Who may be one person by what is known of them, and who not."""

import pytest

from leads.identity.likeness import Person, compare, keys_of, plain_email, plain_name, plain_phone


def person(name="", company="", emails=(), phones=(), kind="person", companies=None):
    companies = {f"={plain_name(company)}"} if company and companies is None else companies or ()
    return Person(1, kind, name, company, frozenset(companies), tuple(emails), tuple(phones))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("maja.lind@gmail.com", "majalind@gmail.com"),
        ("maja.lind@gmail.com", "Maja.Lind+news@googlemail.com"),
        ("maja@halden.example", "maja+fair@halden.example"),
    ],
)
def test_an_address_is_the_same_however_it_is_written(one, other):
    doubt = compare(person(emails=[one]), person(emails=[other]))

    assert doubt == (f"Same e-mail address, differently written: {one} and {other}.", 95)
    assert keys_of(person(emails=[one])) & keys_of(person(emails=[other]))


@pytest.mark.parametrize(
    ("one", "other"),
    [("maja.lind@halden.example", "majalind@halden.example"), ("maja@gmail.com", "maja@gmx.de")],
)
def test_dots_and_domains_tell_mailboxes_apart_elsewhere(one, other):
    assert plain_email(one) != plain_email(other)
    assert compare(person(emails=[one]), person(emails=[other])) is None


@pytest.mark.parametrize("other", ["0705550142", "070-555 01 42", "0046705550142", "705550142", "+46 (0)70 555 01 42"])
def test_a_number_is_the_same_with_and_without_its_country(other):
    doubt = compare(person(phones=["+46705550142"]), person(phones=[other]))

    assert doubt == (f"Same phone number, differently written: +46705550142 and {other}.", 90)
    assert keys_of(person(phones=["+46705550142"])) & keys_of(person(phones=[other]))


@pytest.mark.parametrize("other", ["+47705550142", "0705550143", "42", ""])
def test_another_country_or_number_is_another(other):
    assert compare(person(phones=["+46705550142"]), person(phones=[other])) is None
    assert plain_phone("42") == ""


@pytest.mark.parametrize("other", ["Maja Lind", "LIND, Maja", "Mája  Lînd"])
def test_the_same_name_at_the_same_company(other):
    doubt = compare(person("Maja Lind", "Halden"), person(other, "HALDEN"))

    assert doubt == ("Same name at the same company, Halden.", 80)
    assert keys_of(person("Maja Lind", "Halden")) & keys_of(person(other, "HALDEN"))


@pytest.mark.parametrize(
    ("one", "other"),
    [("Maja Lindqvist", "Maja Lindkvist"), ("Jon Smith", "John Smith"), ("Søren Ørsted", "Soren Orstedt")],
)
def test_close_names_at_the_same_company(one, other):
    doubt = compare(person(one, "Halden"), person(other, "Halden"))

    assert doubt.reason == f"Close names at the same company, Halden: {one} and {other}."
    assert 60 <= doubt.strength < 80
    assert keys_of(person(one, "Halden")) & keys_of(person(other, "Halden"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (person("Maja Lind", "Halden"), person("Maria Lind", "Halden")),
        (person("Maja Lind", "Halden"), person("Maja Lind", "Talgo")),
        (person("Maja Lind"), person("Maja Lind")),
        (person("Maja", "Halden"), person("Maja", "Halden")),
        (person("Maja Lind", "Halden"), person("Maja Lind", "Halden", kind="organization")),
        (person("Maja Lind", emails=["maja.lind@a.example"]), person("Maja Lind", emails=["maja.lind@b.example"])),
        (person("Ann Lee", emails=["info@a.example"]), person("Ann Lee", emails=["info@gmail.com"])),
    ],
)
def test_too_little_speaks_for_one_person(one, other):
    assert compare(one, other) is None


def test_the_same_name_in_front_of_two_private_domains():
    one, other = person("Maja Lind", emails=["maja.lind@gmail.com"]), person("Maja Lind", emails=["majalind@gmx.de"])

    assert compare(one, other) == ("Same name, and alike addresses: maja.lind@gmail.com and majalind@gmx.de.", 65)
    assert keys_of(one) & keys_of(other)


def test_the_strongest_reason_is_given():
    one = person("Maja Lind", "Halden", emails=["maja+a@gmail.com"], phones=["+46705550142"])
    other = person("Maja Lind", "Halden", emails=["maja@gmail.com"], phones=["0705550142"])

    assert compare(one, other).strength == 95
