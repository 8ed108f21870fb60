"""How a link in a mail knows whom the mail went to."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.core import signing

from leads.channels.links.token import Recipient, address_for, read_token
from leads.models import Link


def token_of(lead_id, message=""):
    address = address_for(Link(slug="news"), lead_id=lead_id, message=message)
    return parse_qs(urlsplit(address).query)["l"][0]


def test_a_token_names_the_lead_and_the_mail():
    assert read_token(token_of(7, "grounds-march")) == Recipient(7, "grounds-march")


@pytest.mark.parametrize("token", ["", "7", "a" * 5000, signing.Signer(salt="other").sign_object([7, "m"]), "\0"])
def test_what_we_did_not_sign_names_nobody(token):
    assert read_token(token) is None


def test_a_changed_token_names_nobody():
    first, second = token_of(7), token_of(8)

    assert read_token(first.partition(":")[0] + ":" + second.partition(":")[2]) is None
