"""`manage.py api_token`: the token of a user's programs."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from rest_framework.authtoken.models import Token


def api_token(*arguments):
    out = StringIO()
    call_command("api_token", *arguments, stdout=out)
    return out.getvalue()


def test_the_token_stands_alone_on_a_line_and_opens_the_api(sales, client):
    printed = api_token("sam")

    answer = client.get("/api/leads/", headers={"authorization": f"Token {printed.strip()}"})

    assert printed == f"{Token.objects.get(user=sales).key}\n"
    assert answer.status_code == 200


def test_asking_again_shows_the_same_token(sales):
    assert api_token("sam") == api_token("sam")


def test_a_renewed_token_ends_the_old_one(sales, client):
    old = api_token("sam").strip()

    new = api_token("sam", "--renew").strip()

    assert new != old
    assert client.get("/api/leads/", headers={"authorization": f"Token {old}"}).status_code == 401


def test_a_user_who_is_not_there_is_named(db):
    with pytest.raises(CommandError, match="USERNAME must name a user, got 'nobody'"):
        api_token("nobody")
