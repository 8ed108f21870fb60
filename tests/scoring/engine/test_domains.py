import pytest

from scoring.engine.domains import domain_of


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
