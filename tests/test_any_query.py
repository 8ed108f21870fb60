"""Every address that is looked at, asked with what no page of ours would ever send."""

import re

import pytest
from django.test import Client

from leads.models import Role
from tests.make import make_user
from tests.test_access import ROUTES, TABLE, thing_for

# What views read, and a few names that nobody does.
NAMES = re.findall(
    r"\w+",
    "after as_of at back before below channel cursor days email error form kind known lead limit next "
    "older_than open ordering owner page page_size pass persona place policy q sample score score_max "
    "score_min show sort source stage state step survivor tab token updated_since version when ",
)
BAD = ("%00", "a%0d%0ab", "%ff%ed%a0%80", "9" * 30, "nan")
LOOKED_AT = [route for route in ROUTES if route in TABLE and TABLE[route].method == "get"]


@pytest.mark.parametrize("route", LOOKED_AT)
def test_no_query_is_a_mistake_of_ours(db, route):
    row, client = TABLE[route], Client(raise_request_exception=False)
    client.force_login(make_user("admin", Role.ADMIN), backend="django.contrib.auth.backends.ModelBackend")
    path = row.path or "/" + re.sub(r"<[^>]+>", str(thing_for(route, "admin")), route)

    answers = {bad: client.get(f"{path}?" + "&".join(f"{name}={bad}" for name in NAMES)).status_code for bad in BAD}

    assert {bad: status for bad, status in answers.items() if status >= 500} == {}


NUMBERED = [route for route in TABLE if "<int:" in route]


@pytest.mark.parametrize("number", [2**63 - 1, 2**63])
@pytest.mark.parametrize("route", NUMBERED)
def test_a_number_that_nothing_has_is_no_mistake_of_ours(db, route, number):
    client = Client(raise_request_exception=False)
    client.force_login(make_user("admin", Role.ADMIN), backend="django.contrib.auth.backends.ModelBackend")
    path = "/" + re.sub("<slug:[^>]+>", "none", re.sub("<int:[^>]+>", str(number), route))

    status = getattr(client, TABLE[route].method)(path).status_code

    assert status in (302, 400, 404, 409, 415)
