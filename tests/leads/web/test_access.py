"""Who may use which screen."""

import re

import pytest

from tests.make import PASSWORD, make_sql

PAGES = ["/", "/leads/", "/queue/", "/scoring/"]


@pytest.mark.parametrize("page", PAGES)
def test_strangers_are_asked_to_sign_in_and_come_back(client, db, page):
    response = client.get(page)

    assert response.status_code == 302
    assert response["Location"] == f"/accounts/login/?next={page}"


def test_a_fragment_sends_the_whole_window_to_sign_in(client, db):
    response = client.get("/queue/", headers={"HX-Request": "true"})

    assert response["HX-Redirect"] == "/accounts/login/"


@pytest.mark.parametrize("role", ["marketer", "sales", "manager", "admin_user"])
@pytest.mark.parametrize("page", PAGES)
def test_every_role_may_read(request, db, signed_in, role, page):
    assert signed_in(request.getfixturevalue(role)).get(page).status_code == 200


def test_a_claim_by_a_stranger_changes_nothing(client, db):
    lead = make_sql()

    response = client.post(f"/leads/{lead.pk}/claim/")

    lead.refresh_from_db()
    assert response.status_code == 302
    assert lead.owner is None


def test_settings_are_offered_to_admins_only(signed_in, admin_user, manager):
    assert "/admin/" in signed_in(admin_user).get("/").content.decode()
    assert "/admin/" not in signed_in(manager).get("/").content.decode()


def test_an_error_page_names_the_request_that_the_log_keeps(browser):
    page = browser.get("/leads/999999/").content.decode()

    assert "There is nothing at this address" in page
    assert re.search(r"<code>[0-9a-f-]{36}</code>", page)


def test_a_user_changes_their_password(browser, marketer):
    new = "a quite new password"

    response = browser.post(
        "/accounts/password_change/",
        {"old_password": PASSWORD, "new_password1": new, "new_password2": new},
        follow=True,
    )

    marketer.refresh_from_db()
    assert "Password changed" in response.content.decode()
    assert marketer.check_password(new)
