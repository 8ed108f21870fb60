"""A company's colour can be read on every form, whatever it is."""

import re

from hypothesis import given
from hypothesis import strategies as st

from leads.channels.forms.colour import DARK_SURFACE, WHITE, contrast, stylesheet_of

CHANNEL = st.integers(0, 255)


def _colours(sheet: str, name: str) -> list[tuple[int, int, int]]:
    values = re.search(rf"--{name}: light-dark\((#\w+), (#\w+)\)", sheet).groups()
    return [(int(value[1:3], 16), int(value[3:5], 16), int(value[5:7], 16)) for value in values]


def test_black_on_white_is_21_and_the_product_s_own_green_stays_as_it_is():
    assert round(contrast((0, 0, 0), WHITE), 2) == 21.0
    assert "--accent: light-dark(#0f6650" in stylesheet_of("#0f6650")


@given(CHANNEL, CHANNEL, CHANNEL)
def test_text_links_and_buttons_of_any_colour_reach_the_contrast_of_wcag_aa(red, green, blue):
    sheet = stylesheet_of(f"#{red:02x}{green:02x}{blue:02x}")

    light, dark = _colours(sheet, "accent-text")
    assert contrast(light, WHITE) >= 4.5
    assert contrast(dark, DARK_SURFACE) >= 4.5
    for button, text in zip(_colours(sheet, "accent"), _colours(sheet, "on-accent"), strict=True):
        assert contrast(button, text) >= 4.5
    assert contrast(_colours(sheet, "side")[0], WHITE) >= 9


def test_what_is_no_colour_gives_no_style():
    assert stylesheet_of("red; } body { display: none") == ""
