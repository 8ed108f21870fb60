"""Addresses and numbers made comparable."""

import pytest

from leads.identity.keys import normal_email, normal_phone


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("Ada@Acme.Example", "ada@acme.example"),
        (" ada+news@mail.acme.co.uk ", "ada+news@mail.acme.co.uk"),
        ("o'hara@x.example", "o'hara@x.example"),
        ("ada@bücher.example", "ada@xn--bcher-kva.example"),
        ("ada", ""),
        ("ada@", ""),
        ("@acme.example", ""),
        ("ada@acme", ""),
        ("ada@acme..example", ""),
        ("a..da@acme.example", ""),
        (".ada@acme.example", ""),
        ("ada@-acme.example", ""),
        ("ada love@acme.example", ""),
        ("ada@acme.example, bob@acme.example", ""),
        ("a" * 65 + "@acme.example", ""),
        ("ada@" + "x" * 64 + ".example", ""),
        ("", ""),
    ],
)
def test_addresses_are_lower_case_or_nothing(text, address):
    assert normal_email(text) == address


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("+15005550006", "+15005550006"),
        ("+49 (0) 731 / 12 34 56", "+49731123456"),
        ("+1 500-555-0006", "+15005550006"),
        ("0731 123456", ""),
        ("+1", ""),
        ("+999999999999999", ""),
        ("+" + "1" * 50, ""),
        ("call me", ""),
        ("", ""),
    ],
)
def test_numbers_are_e164_or_nothing(text, number):
    assert normal_phone(text) == number
