"""Forms over REST."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.make import make_form

pytestmark = pytest.mark.django_db


def test_a_form_tells_what_it_asks_and_where_it_is_sent_to(api_of, marketer, settings):
    settings.PUBLIC_URL = "https://crm.example"
    form = make_form("Guide", allowed_domains=["halden.example"])

    body = api_of(marketer).get(f"/api/forms/{form.pk}/").json()

    assert (body["name"], body["address"]) == ("Guide", f"https://crm.example/f/{form.key}/")
    assert [(field["name"], field["required"]) for field in body["fields_asked"]] == [("email", True), ("name", False)]
    assert body["consents"][0]["mode"] == "optional"
    assert body["allowed_domains"] == ["halden.example"]


def test_forms_come_in_pages_that_take_as_many_queries_as_one_form(api_of, marketer):
    client = api_of(marketer)
    make_form()
    client.get("/api/forms/")
    with CaptureQueriesContext(connection) as one:
        client.get("/api/forms/")
    for _ in range(60):
        make_form()
    with CaptureQueriesContext(connection) as many:
        body = client.get("/api/forms/").json()

    assert len(body["results"]) == 50
    assert body["next"]
    assert len(many) == len(one)
