"""Headers, cookies and logs: what protects users whatever page they are on."""

import json
import logging
import os
import subprocess
import sys

import pytest
from django.conf import settings as configured
from django.db import IntegrityError
from django.test import Client
from django.urls import path

from leadcrm import urls
from leadcrm.logs import json_formatter
from tests.make import PASSWORD, make_lead

STRICT = {
    "default-src": "'self'",
    "script-src": "'self'",
    "style-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}


def policy(response):
    directives = (
        part.strip().partition(" ") for part in response["Content-Security-Policy"].split(";") if part.strip()
    )
    return {name: value for name, _, value in directives}


@pytest.mark.parametrize(
    "path", ["/accounts/login/", "/accounts/password_reset/", "/api/leads/", "/nothing/here/", "/"]
)
def test_pages_allow_no_script_or_style_but_our_own(admin_user, signed_in, path):
    response = signed_in(admin_user).get(path)

    assert policy(response).items() >= STRICT.items()
    assert "unsafe" not in response["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["/admin/", "/api/docs/"])
def test_the_policy_is_looser_where_a_third_partys_pages_need_it(admin_user, signed_in, path):
    response = signed_in(admin_user).get(path)

    assert response.status_code == 200
    assert policy(response)["script-src"] == "'self' 'unsafe-eval' 'unsafe-inline'"
    assert policy(response)["default-src"] == "'self'"
    assert policy(response)["frame-ancestors"] == "'none'"


def test_pages_carry_the_headers_that_keep_others_out(client, marketer):
    response = client.get("/accounts/login/")

    assert response["X-Frame-Options"] == "DENY"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"


def settings_of(public_url, tmp_path):
    """Return the safety settings of a process with this PUBLIC_URL."""
    names = ["SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_SSL_REDIRECT", "SECURE_HSTS_SECONDS"]
    names += ["SECURE_HSTS_INCLUDE_SUBDOMAINS", "CSRF_TRUSTED_ORIGINS", "ALLOWED_HOSTS", "PASSWORD_HASHERS"]
    program = (
        f"import json; from django.conf import settings as s; print(json.dumps({{n: getattr(s, n) for n in {names}}}))"
    )
    environment = {
        "DJANGO_SETTINGS_MODULE": "leadcrm.settings",
        "LEADCRM_VAR_DIR": str(tmp_path),
        "PUBLIC_URL": public_url,
    }
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={"PATH": os.environ["PATH"], **environment},
        cwd=configured.BASE_DIR,
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def test_behind_https_cookies_are_secure_and_browsers_stay_on_https(sales, settings, tmp_path):
    for name, value in settings_of("https://crm.example.com", tmp_path).items():
        setattr(settings, name, value)
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    client = Client(headers={"host": "crm.example.com"})

    plain = client.get("/accounts/login/")
    page = client.get("/accounts/login/", secure=True)
    signed_in = client.post(
        "/accounts/login/", {"username": "sam", "password": PASSWORD, "next": "/queue/"}, secure=True
    )

    assert (plain.status_code, plain["Location"]) == (301, "https://crm.example.com/accounts/login/")
    assert "max-age=31536000" in page["Strict-Transport-Security"]
    assert "includeSubDomains" in page["Strict-Transport-Security"]
    assert page.cookies["csrftoken"]["secure"]
    assert signed_in.cookies["sessionid"]["secure"]
    assert signed_in.cookies["sessionid"]["httponly"]
    assert signed_in.cookies["sessionid"]["samesite"] == "Lax"


def test_on_plain_http_nothing_is_sent_that_only_works_behind_https(tmp_path):
    found = settings_of("http://127.0.0.1:8000", tmp_path)

    assert not any(found[name] for name in ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_SSL_REDIRECT"))
    assert found["SECURE_HSTS_SECONDS"] == 0
    assert found["PASSWORD_HASHERS"][0].endswith("Argon2PasswordHasher")


def test_another_host_is_refused(client, db):
    assert client.get("/accounts/login/", headers={"host": "evil.example"}).status_code == 400


class Lines(logging.Handler):
    """Keeps log lines as they would be printed."""

    def __init__(self):
        super().__init__()
        self.setFormatter(json_formatter())
        self.lines = []

    def emit(self, record):
        self.lines.append(self.format(record))


@pytest.fixture
def log_lines():
    handler, root = Lines(), logging.getLogger()
    root.addHandler(handler)
    levels = {name: logging.getLogger(name).level for name in ("", "django", "leads", "leadcrm", "scoring")}
    for name in levels:
        logging.getLogger(name).setLevel(logging.INFO)
    yield handler.lines
    root.removeHandler(handler)
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


PERSONAL = ["ann@example.com", "ann%40example.com", "+4915112345678", "Annabel"]


def test_logs_of_good_and_bad_requests_hold_nothing_about_people(marketer, api_of, log_lines):
    api = api_of(marketer)
    make_lead("ann@example.com")
    body = {"email": "ann@example.com", "phone": "+4915112345678", "first_name": "Annabel", "stage": "ann@example.com"}

    api.get("/api/leads/?email=ann@example.com&q=Annabel")
    api.get("/api/leads/?owner=ann@example.com")
    api.post("/api/leads/", body, format="json")
    api.get("/ann@example.com/")
    api.post("/accounts/login/", {"username": "ann@example.com", "password": "Annabel"}, format="multipart")

    text = "\n".join(log_lines)
    assert '"request_id"' in text
    assert [value for value in PERSONAL if value in text] == []


def refusals(log_lines):
    """Return the lines of the level that a new installation logs."""
    return [line for line in map(json.loads, log_lines) if line["level"] != "info"]


@pytest.mark.parametrize(
    ("address", "code"), [("/nothing/", 404), ("/api/leads/", 401), ("/v1/nothing", 404), ("/v1/track", 405)]
)
def test_a_refused_request_is_logged_once(client, db, log_lines, address, code):
    assert client.get(address).status_code == code

    assert [line["level"] for line in refusals(log_lines)] == ["warning"]


def fail(request):
    raise IntegrityError("duplicate key\nDETAIL: Key (email, phone)=(ann@example.com, +4915112345678) already exists.")


class Failing:
    """The product's addresses, and one where a mistake of ours waits."""

    urlpatterns = [path("fail/", fail), *urls.urlpatterns]
    handler500 = urls.handler500


def test_a_mistake_of_ours_is_logged_once_with_the_id_that_its_page_shows_and_nothing_about_people(settings, log_lines):
    settings.ROOT_URLCONF = Failing

    response = Client(raise_request_exception=False).get("/fail/?email=ann@example.com&name=Annabel")

    [line] = refusals(log_lines)
    assert response.status_code == 500
    assert "IntegrityError" in line["exception"]
    assert line["request_id"] in response.content.decode()
    assert [value for value in PERSONAL if value in "".join(log_lines)] == []


@pytest.mark.parametrize(("peer", "status"), [("10.0.0.7", 200), ("203.0.113.9", 301), ("", 301)])
def test_only_a_trusted_proxy_is_believed_that_a_request_came_over_https(client, settings, sales, peer, status):
    settings.TRUSTED_PROXIES = ["10.0.0.0/8"]
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.SECURE_SSL_REDIRECT = True

    response = client.get("/accounts/login/", headers={"x-forwarded-proto": "https"}, REMOTE_ADDR=peer)

    assert response.status_code == status
