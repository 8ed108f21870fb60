"""Signing in and out, the lockout after wrong guesses, and passwords."""

import re

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.hashers import identify_hasher, make_password
from django.core import mail
from django.test import Client
from django.utils import timezone
from rest_framework.authtoken.models import Token

from leads.models import Role, User
from tests.make import PASSWORD, make_user


def sign_in(client, name="sam", password=PASSWORD, address="192.0.2.1"):
    return client.post("/accounts/login/", {"username": name, "password": password}, REMOTE_ADDR=address)


def test_the_right_password_signs_in_and_goes_where_one_wanted_to(client, sales):
    response = client.post(
        "/accounts/login/?next=/queue/", {"username": "sam", "password": PASSWORD, "next": "/queue/"}
    )

    assert (response.status_code, response["Location"]) == (302, "/queue/")


def test_the_way_back_never_leads_to_another_site(client, sales):
    response = client.post(
        "/accounts/login/", {"username": "sam", "password": PASSWORD, "next": "https://evil.example"}
    )

    assert response["Location"] == "/"


def test_a_wrong_password_is_told_without_telling_whether_the_name_exists(client, sales):
    known = sign_in(client, "sam", "wrong").content.decode()
    unknown = sign_in(client, "nobody", "wrong").content.decode()

    assert "don't match" in known
    assert re.sub('sam|nobody|value="[^"]*"', "", known) == re.sub('sam|nobody|value="[^"]*"', "", unknown)


def test_after_five_wrong_guesses_the_name_rests_for_that_address(client, sales):
    statuses = [sign_in(client, password=f"guess {number}").status_code for number in range(5)]

    right = sign_in(client)

    assert statuses == [200, 200, 200, 200, 429]
    assert right.status_code == 429
    assert "Too many wrong tries" in right.content.decode()
    assert "_auth_user_id" not in client.session


def test_the_lockout_spares_other_names_and_other_addresses(sales, other_sales):
    for number in range(5):
        sign_in(Client(), password=f"guess {number}")

    assert sign_in(Client(), "olga").status_code == 302
    assert sign_in(Client(), "sam", address="192.0.2.2").status_code == 302


def test_the_lockout_ends_after_a_quarter_of_an_hour(client, sales, time_machine):
    time_machine.move_to(timezone.now(), tick=False)
    for number in range(5):
        sign_in(client, password=f"guess {number}")

    time_machine.shift(14 * 60)
    early = sign_in(client).status_code
    time_machine.shift(31 * 60)
    late = sign_in(client).status_code

    assert (early, late) == (429, 302)


def test_a_forged_forwarded_address_gets_nobody_around_the_lockout(sales):
    for number in range(5):
        Client().post(
            "/accounts/login/",
            {"username": "sam", "password": f"guess {number}"},
            REMOTE_ADDR="192.0.2.1",
            headers={"x-forwarded-for": f"198.51.100.{number}"},
        )

    assert sign_in(Client()).status_code == 429


def test_programs_with_a_token_go_on_while_the_name_rests(sales, api_of):
    for number in range(6):
        sign_in(Client(), password=f"guess {number}")

    response = api_of(sales).get("/api/leads/")

    assert response.status_code == 200


def test_wrong_tokens_lock_nobody_out(client, sales):
    for number in range(8):
        client.get("/api/leads/", headers={"authorization": f"Token {number}"})

    assert not AccessAttempt.objects.exists()
    assert sign_in(client).status_code == 302


def test_a_right_password_forgets_the_wrong_ones(client, sales):
    for number in range(4):
        sign_in(client, password=f"guess {number}")
    sign_in(client)

    assert sign_in(Client(), password="one more guess").status_code == 200


def test_signing_out_needs_a_post_and_ends_the_session(sales, signed_in):
    browser = signed_in(sales)

    assert browser.get("/accounts/logout/").status_code == 405
    assert browser.post("/accounts/logout/").status_code == 302
    assert "_auth_user_id" not in browser.session


def test_the_admins_own_sign_in_leads_to_the_one_with_the_lockout(client, sales):
    response = client.get("/admin/login/?next=/admin/")

    assert (response.status_code, response["Location"]) == (302, "/accounts/login/?next=%2Fadmin%2F")


def test_whom_the_admin_does_not_let_in_hears_who_can(sales, signed_in):
    boss = make_user("ada", Role.ADMIN)

    response = signed_in(sales).get("/admin/", follow=True)

    assert response.status_code == 403
    assert f"You are signed in as {sales} (Sales)" in response.content.decode()
    assert f"{boss}" in response.content.decode()


def test_a_forgotten_password_is_set_anew_by_the_link_in_the_mail_once(client, sales):
    sales.email = "sam@example.com"
    sales.save()
    client.post("/accounts/password_reset/", {"email": "sam@example.com"})
    link = re.search(r"http://testserver(/accounts/reset/\S+)", mail.outbox[0].body).group(1)

    form = client.get(link, follow=True)
    chosen = {"new_password1": "a-new-long-word", "new_password2": "a-new-long-word"}
    client.post(form.request["PATH_INFO"], chosen)

    sales.refresh_from_db()
    assert sales.check_password("a-new-long-word")
    assert "sam@example.com" not in form.content.decode()
    assert "new_password1" not in Client().get(link, follow=True).content.decode()


def test_asking_for_an_unknown_address_tells_nothing_and_mails_nobody(client, sales):
    sales.email = "sam@example.com"
    sales.save()

    known = client.post("/accounts/password_reset/", {"email": "sam@example.com"}, follow=True)
    unknown = client.post("/accounts/password_reset/", {"email": "nobody@example.com"}, follow=True)

    assert known.content == unknown.content
    assert len(mail.outbox) == 1


def test_passwords_are_kept_by_argon2(settings):
    settings.PASSWORD_HASHERS = settings.PASSWORD_HASHERS[1:]  # without the quick one of tests

    assert identify_hasher(make_password("a-long-way-to-go")).algorithm == "argon2"


@pytest.mark.parametrize("password", ["short", "password1234", "1234567890"])
def test_a_weak_new_password_is_refused(sales, signed_in, password):
    browser = signed_in(sales)
    given = {"old_password": PASSWORD, "new_password1": password, "new_password2": password}

    response = browser.post("/accounts/password_change/", given)

    sales.refresh_from_db()
    assert response.status_code == 200
    assert sales.check_password(PASSWORD)


def test_a_users_token_goes_with_the_user(sales, api_of):
    api = api_of(sales)

    User.objects.get(pk=sales.pk).delete()

    assert not Token.objects.exists()
    assert api.get("/api/leads/").status_code == 401
