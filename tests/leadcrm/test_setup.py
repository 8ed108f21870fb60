"""The first admin: once, with the token from the log, by whichever web process answers."""

import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from leadcrm.setup import AlreadySetUp, create_first_admin, setup_token, setup_url_if_needed
from leads.models import AuditEntry, Role, User
from tests.make import NOON, PASSWORD

GIVEN = {
    "username": "ada",
    "email": "ada@example.com",
    "password1": "a-long-way-to-go",
    "password2": "a-long-way-to-go",
}


def test_the_first_visit_leads_to_the_setup(client, db):
    response = client.get("/accounts/login/")

    assert response.status_code == 302
    assert response["Location"] == "/setup/"


def test_the_tokens_address_stands_in_the_log_while_nobody_exists(client, db, caplog):
    response = client.get("/setup/")

    assert response.status_code == 200
    assert setup_token() not in response.content.decode()
    assert f"{settings.PUBLIC_URL}/setup/?token={setup_token()}" in caplog.text


def test_the_address_with_the_token_fills_it_in(client, db):
    page = client.get(setup_url_if_needed()).content.decode()

    assert f'value="{setup_token()}"' in page


def test_the_first_admin_is_made_signed_in_and_kept_in_the_audit_log(client, db):
    response = client.post("/setup/", {**GIVEN, "token": setup_token()})

    admin = User.objects.get()
    assert (response.status_code, client.session["_auth_user_id"]) == (302, str(admin.pk))
    assert (admin.username, admin.email, admin.role) == ("ada", "ada@example.com", Role.ADMIN)
    assert (admin.is_staff, admin.is_superuser, admin.check_password("a-long-way-to-go")) == (True, True, True)
    assert AuditEntry.objects.get(action="first admin made").actor == admin


def test_a_wrong_token_makes_nobody(client, db):
    response = client.post("/setup/", {**GIVEN, "token": "0" * 40})

    assert response.status_code == 400
    assert "not the token" in response.content.decode()
    assert not User.objects.exists()


@pytest.mark.parametrize(
    ("password", "words"), [("short", "too short"), ("password1234", "too common"), ("ada@example", "too similar")]
)
def test_a_weak_password_is_refused_with_the_reason(client, db, password, words):
    given = {**GIVEN, "password1": password, "password2": password}

    response = client.post("/setup/", {**given, "token": setup_token()})

    assert response.status_code == 400
    assert words in response.content.decode()
    assert not User.objects.exists()


def test_a_mistyped_password_is_noticed(client, db):
    response = client.post("/setup/", {**GIVEN, "token": setup_token(), "password2": "a-long-way-to-goo"})

    assert response.status_code == 400
    assert not User.objects.exists()


def test_nothing_given_is_refused_field_by_field(client, db):
    response = client.post("/setup/", {})

    assert response.status_code == 400
    assert response.content.decode().count("This field is required.") >= 3


def test_the_address_is_gone_once_anybody_exists(client, marketer):
    assert setup_url_if_needed() is None
    assert client.get(f"/setup/?token={setup_token()}").status_code == 404
    assert client.post("/setup/", {**GIVEN, "token": setup_token()}).status_code == 404
    assert list(User.objects.all()) == [marketer]


def test_a_second_first_admin_is_refused(db):
    create_first_admin("ada", email="", password=PASSWORD, now=NOON)

    with pytest.raises(AlreadySetUp):
        create_first_admin("eve", email="", password=PASSWORD, now=NOON)

    assert User.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_who_send_the_form_at_once_one_becomes_the_admin():
    token = setup_token()

    def send(name):
        try:
            return Client().post("/setup/", {**GIVEN, "username": name, "token": token}).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        statuses = sorted(pool.map(send, ["ada", "eve", "ann", "eva"]))

    assert statuses == [302, 404, 404, 404]
    assert User.objects.count() == 1


def test_the_token_is_the_same_in_every_process_and_follows_the_secret_key(settings):
    program = "import django; django.setup(); from leadcrm.setup import setup_token; print(setup_token())"
    environment = {"DJANGO_SETTINGS_MODULE": "leadcrm.settings", "SECRET_KEY": settings.SECRET_KEY}

    done = subprocess.run(
        [sys.executable, "-c", program],
        env=environment,
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=True,
    )
    token = setup_token()
    settings.SECRET_KEY = "another"

    assert done.stdout.strip() == token
    assert re.fullmatch(r"[0-9a-f]{40}", token)
    assert setup_token() != token
