from datetime import UTC, datetime

import pytest

from leads.channels.imports import values


def at(*parts):
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(
    ("cell", "found", "left"),
    [
        ("Maja@Lund.NO", ["maja@lund.no"], ""),
        ("maja@lund.no; nils@berg.no", ["maja@lund.no", "nils@berg.no"], ""),
        ("maja@lund.no,maja@lund.no", ["maja@lund.no"], ""),
        ("Maja Lund <maja@lund.no>", ["maja@lund.no"], ""),
        ("mailto:maja@lund.no", ["maja@lund.no"], ""),
        ("maja@lund.no, soon", ["maja@lund.no"], "soon"),
        ("nobody", [], "nobody"),
    ],
)
def test_e_mail_addresses_in_a_cell(cell, found, left):
    assert values.emails(cell) == (tuple(found), left)


@pytest.mark.parametrize(
    ("cell", "country", "number"),
    [
        ("+46 (0)70-123 45 67", "", "+46701234567"),
        ("070-123 45 67", "SE", "+46701234567"),
        ("070-123 45 67", "", ""),
        ("46701234567.0", "", "+46701234567"),
        ("46701234567.0", "SE", "+46701234567"),
        ("4.6701234567E+10", "", "+46701234567"),
        ("0046701234567", "", "+46701234567"),
        ("'+46701234567", "", "+46701234567"),
        ("(415) 555-0142", "US", "+14155550142"),
        ("4155550142", "", ""),
        ("tel:+46701234567", "", "+46701234567"),
        ("call me", "SE", ""),
        ("1e99", "SE", ""),
    ],
)
def test_phone_numbers_as_files_write_them(cell, country, number):
    assert values.phone(cell, country) == number


def test_several_phone_numbers_in_a_cell():
    assert values.phones("+46701234567; 070-765 43 21 | ?", "SE") == (("+46701234567", "+46707654321"), "?")


@pytest.mark.parametrize(
    ("cell", "day_first", "expected"),
    [
        ("2026-03-04", True, at(2026, 3, 4)),
        ("2026-03-04 15:30", True, at(2026, 3, 4, 15, 30)),
        ("2026-03-04T15:30:00+02:00", True, at(2026, 3, 4, 13, 30)),
        ("2026-03-04T15:30:00.000Z", True, at(2026, 3, 4, 15, 30)),
        ("04.03.2026", True, at(2026, 3, 4)),
        ("3/4/2026", False, at(2026, 3, 4)),
        ("3/4/2026", True, at(2026, 4, 3)),
        ("13/2/2026", False, at(2026, 2, 13)),
        ("2/13/2026", True, at(2026, 2, 13)),
        ("3/4/26 3:30 PM", False, at(2026, 3, 4, 15, 30)),
        ("4 Mar 2026", True, at(2026, 3, 4)),
        ("March 4, 2026", True, at(2026, 3, 4)),
        ("20260304", True, at(2026, 3, 4)),
        ("46085", True, at(2026, 3, 4)),
        ("46085.5", True, at(2026, 3, 4, 12)),
        ("1772582400", True, at(2026, 3, 4)),
        ("1772582400000", True, at(2026, 3, 4)),
    ],
)
def test_dates_as_files_write_them(cell, day_first, expected):
    assert values.moment(cell, day_first=day_first) == expected


@pytest.mark.parametrize("cell", ["soon", "31.02.2026", "0001-01-01", "12", "99/99/9999", "1e99", ""])
def test_what_is_no_date(cell):
    assert values.moment(cell, day_first=True) is None


@pytest.mark.parametrize(
    ("cell", "expected"),
    [("120", 120), ("1,200", 1200), ("50-100", 50), ("10.0", 10), ("10 000+", 10_000), ("-5", None), ("many", None),
     ("99999999999", None), ("1e30", None)],
)  # fmt: skip
def test_numbers_of_employees(cell, expected):
    assert values.whole_number(cell) == expected


@pytest.mark.parametrize(
    ("name", "parts"),
    [("Maja Lund", ("Maja", "Lund")), ("Lund, Maja", ("Maja", "Lund")), ("Maja", ("Maja", "")),
     ("Maja von der Au", ("Maja", "von der Au"))],
)  # fmt: skip
def test_whole_names(name, parts):
    assert values.name_parts(name) == parts
