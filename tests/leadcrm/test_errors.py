"""What people and programs are told when something goes wrong."""

import re

import pytest
from django.test import Client
from django.urls import path

from leadcrm import urls
from tests.make import make_sql


def fail(request):
    raise RuntimeError("a mistake of ours")


class Failing:
    """The product's addresses, and two where a mistake of ours waits."""

    urlpatterns = [path("fail/", fail), path("api/fail/", fail), *urls.urlpatterns]
    handler400, handler403 = urls.handler400, urls.handler403
    handler404, handler500 = urls.handler404, urls.handler500


@pytest.fixture
def patient(settings):
    """Return a client that gets the answer instead of the exception."""
    settings.ROOT_URLCONF = Failing
    return Client(raise_request_exception=False)


def test_people_are_told_on_a_page_that_there_is_nothing(client, db):
    response = client.get("/no/such/page/")

    assert response.status_code == 404
    assert "There is nothing at this address" in response.content.decode()


def test_programs_are_told_in_json(client, db):
    response = client.get("/api/no/such/")

    assert (response.status_code, response.json()) == (404, {"detail": "There is nothing at /api/no/such/."})


def test_a_mistake_of_ours_is_a_page_that_names_the_request(patient, db):
    response = patient.get("/fail/")

    page = response.content.decode()
    assert response.status_code == 500
    assert "Something went wrong on our side" in page
    assert re.search(r"<code>[0-9a-f-]{36}</code>", page)
    assert "a mistake of ours" not in page


def test_a_mistake_of_ours_is_json_for_programs(patient, db):
    response = patient.get("/api/fail/")

    assert (response.status_code, list(response.json())) == (500, ["detail"])
    assert "a mistake of ours" not in response.content.decode()


def test_a_form_without_its_token_is_refused_on_a_page_of_ours(sales):
    lead = make_sql()
    client = Client(enforce_csrf_checks=True)
    client.force_login(sales, backend="django.contrib.auth.backends.ModelBackend")

    response = client.post(f"/leads/{lead.pk}/claim/")

    lead.refresh_from_db()
    assert response.status_code == 403
    assert "The page was open for too long" in response.content.decode()
    assert lead.owner is None


def test_another_hosts_name_is_refused_on_a_page(client, db):
    response = client.get("/leads/", headers={"host": "evil.example"})

    assert response.status_code == 400
    assert "evil.example" not in response.content.decode()


@pytest.mark.parametrize("path", ["/imports/", "/accounts/login/"])
def test_a_body_larger_than_any_that_is_taken_is_refused_unread(client, db, settings, path):
    settings.MOST_BYTES_OF_A_REQUEST = 5_000_000

    response = client.post(path, b"x", content_type="multipart/form-data; boundary=x", CONTENT_LENGTH="9000000")

    assert response.status_code == 413
    assert "It has 9 MB; at most 5 MB are taken." in response.content.decode()


def test_a_body_that_is_too_large_is_refused_in_json_for_programs(client, db, settings):
    settings.MOST_BYTES_OF_A_REQUEST = 5_000_000

    response = client.post("/api/leads/", b"x", content_type="application/json", CONTENT_LENGTH="9000000")

    assert response.status_code == 413
    assert response.json()["detail"].startswith("It has 9 MB; at most 5 MB")
