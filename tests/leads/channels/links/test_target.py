"""Where a tracked link may lead, and what it takes along."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads.channels.campaign import CAMPAIGN, campaign_of
from leads.channels.links.target import read_target, with_parameters
from leads.people.edit import InvalidField

PAGE = "https://www.halden.example/offer"


@pytest.mark.parametrize(
    "address",
    [
        PAGE,
        "http://127.0.0.1:8000/x?a=1&b#part",
        "https://bücher.example/%C3%BC?q=a+b%20c",
        "https://www.halden.example",
        "https://user.example:8443/a/b;c=1?d[]=1",
    ],
)
def test_a_web_address_is_taken_to_the_letter(address):
    assert read_target(f"  {address}\n".strip("\n")) == address


@pytest.mark.parametrize(
    "address",
    [
        "",
        "www.halden.example",
        "/offer",
        "//evil.example",
        "https:///offer",
        "https://",
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,hello",
        "ftp://halden.example/",
        "https://halden.example@evil.example/",
        "https://halden.example\\@evil.example/",
        "https://halden.example/\r\nSet-Cookie: a=b",
        "https://halden.example/a b",
        "https://halden.example/\x00",
        "https://[::1/",
        "https://halden.example:99999/",
        "https://halden.example/" + "a" * 2000,
    ],
)
def test_anything_else_is_refused_and_named(address):
    with pytest.raises(InvalidField) as refusal:
        read_target(address)

    assert refusal.value.field == "target"


def test_the_scheme_is_written_small():
    assert read_target("HTTPS://www.halden.example/") == "https://www.halden.example/"


def test_what_a_click_brings_replaces_what_the_target_says():
    target = f"{PAGE}?utm_source=old&page=2#prices"

    assert with_parameters(target, {"utm_source": "news"}, {}) == f"{PAGE}?page=2&utm_source=news#prices"


def test_the_links_own_campaign_only_fills_what_the_target_leaves_open():
    target = f"{PAGE}?utm_source=old&utm_medium="

    followed = with_parameters(target, {}, {"utm_source": "link", "utm_medium": "cpc"})

    assert followed == f"{PAGE}?utm_source=old&utm_medium=cpc"


def test_nothing_to_add_changes_nothing():
    assert with_parameters(f"{PAGE}?a&b=%20&a#x?y", {}, {}) == f"{PAGE}?a&b=%20&a#x?y"


@given(st.dictionaries(st.sampled_from([*CAMPAIGN, "target", "url", "next"]), st.text(max_size=30)))
def test_nothing_that_a_click_says_leads_elsewhere(query):
    followed = with_parameters(PAGE, campaign_of(query), {})

    assert followed.partition("?")[0] == PAGE
    assert followed.isprintable()
    assert followed.isascii()
    assert " " not in followed
    assert not any(name in followed for name in ("target=", "url=", "next="))
