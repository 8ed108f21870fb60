import pytest

from scoring.engine.domains import domain_of, is_free_domain, is_within_domain, mailbox_domain_of


@pytest.mark.parametrize(
    ("text", "domain"),
    [
        ("Maja@Halden.example", "halden.example"),
        ('"who@where"@a.example', "a.example"),
        (" a.example. ", "a.example"),
        ("a.example:8080", "a.example"),
        ("a.example/x/y", "a.example"),
        ("a.example?x=1", "a.example"),
        ("a.example#part", "a.example"),
        ("a.example:8080/at/12:30", "a.example"),
        ("https://a.example?to=b.example?and=c", "a.example"),
        ("https://a.example#part", "a.example"),
        ("https://a.example?to=maja@b.example", "a.example"),
        ("https://a.example/maja@b.example", "a.example"),
        ("https://a.example#maja@b.example", "a.example"),
        ("https://a.example/x?to=http://b.example/", "a.example"),
        ("https://who:word@a.example:8080/x", "a.example"),
        (".example", ""),
        ("localhost", ""),
        ("my company.example", ""),
        ("", ""),
    ],
)
def test_a_domain_is_read_from_an_address_a_link_or_itself(text, domain):
    assert domain_of(text) == domain


@pytest.mark.parametrize(
    ("value", "domain"),
    [
        ("Maja@Halden.example", "halden.example"),
        (" halden.example ", "halden.example"),
        ("maja@1and1.example", "1and1.example"),
        ("v1.2", ""),
        (2.5, ""),
        (["maja@halden.example"], ""),
        ("Maja <maja@halden.example>", ""),
        ("maja@halden.example/x", ""),
        ("maja petersen@halden.example", ""),
        ("maja", ""),
    ],
)
def test_a_mailbox_has_a_domain_and_what_is_no_address_has_none(value, domain):
    assert mailbox_domain_of(value) == domain


@pytest.mark.parametrize(
    ("domain", "is_within"),
    [("halden.example", True), ("shop.halden.example", True), ("nothalden.example", False), ("example", False)],
)
def test_a_domain_holds_itself_and_its_subdomains(domain, is_within):
    assert is_within_domain(domain, "halden.example") is is_within


def test_webmail_and_throw_away_mailboxes_are_free():
    assert [is_free_domain(domain) for domain in ("gmail.com", "mailinator.com", "halden.example")] == [
        True,
        True,
        False,
    ]
