"""A configuration that would fail later is named at start."""

import os
import sqlite3
import subprocess
import sys

import pytest
from django.conf import settings as configured
from django.core.checks import run_checks

from scoring.models import RuleSet, RuleSetStatus


def ids(**arguments):
    return {message.id for message in run_checks(**arguments) if (message.id or "").startswith("leadcrm.")}


def test_the_usual_configuration_is_sound():
    assert ids() == set()


@pytest.mark.parametrize(
    ("name", "value", "expected", "words"),
    [
        ("PUBLIC_URL", "crm.example.com", "leadcrm.E001", "got 'crm.example.com'"),
        ("PUBLIC_URL", "https://crm.example.com/leads", "leadcrm.E001", "without a path"),
        ("ALLOWED_HOSTS", ["crm.example.com", "*"], "leadcrm.E002", "got '*'"),
        ("SALES_DAY_STARTS", 18, "leadcrm.E003", "got '18 and 18'"),
        ("SALES_DAY_ENDS", 25, "leadcrm.E003", "got '8 and 25'"),
        ("SALES_TIME_ZONE", "Europe/Hamburg", "leadcrm.E004", "got 'Europe/Hamburg'"),
        ("TRUSTED_PROXIES", ["10.0.0.0/8", "proxy.local"], "leadcrm.E005", "got 'proxy.local'"),
        ("REDIS_URL", "http://:s3cret@redis", "leadcrm.E007", "got 'http'"),
        ("EMAIL_URL", "smtp+tls://", "leadcrm.E008", "got 'smtp+tls'"),
        ("CLAIM_TARGET_MINUTES", 0, "leadcrm.E009", "got 0"),
    ],
)
def test_a_mistake_is_named_with_its_value(settings, name, value, expected, words):
    setattr(settings, name, value)

    (message,) = [message for message in run_checks() if (message.id or "").startswith("leadcrm.")]

    assert message.id == expected
    assert words in message.msg
    assert "s3cret" not in message.msg


def test_an_old_sqlite_is_named(settings, monkeypatch):
    settings.IS_SQLITE = True
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 34, 1))

    assert ids() == {"leadcrm.E006"}


@pytest.mark.parametrize(
    ("address", "is_https", "expected"),
    [
        ("http://crm.example.com", False, {"leadcrm.W001"}),
        ("https://crm.example.com", True, set()),
        ("http://127.0.0.1:8000", False, set()),
        ("http://localhost:8000", False, set()),
    ],
)
def test_plain_http_is_warned_of_where_others_reach_it(settings, address, is_https, expected):
    settings.PUBLIC_URL, settings.IS_HTTPS = address, is_https

    assert ids(include_deployment_checks=True) == expected


def test_a_database_without_live_rules_is_warned_of(db):
    RuleSet.objects.filter(status=RuleSetStatus.LIVE).update(status=RuleSetStatus.ARCHIVED)

    assert "leadcrm.W002" in ids(databases=["default"])


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"DATABASE_URL": "postgres://db/leadcrm"}, "SECRET_KEY must be set"),
        ({"PORT": "eighty"}, "PORT"),
        ({"ALLOWED_HOSTS": "*"}, "leadcrm.E002"),
    ],
)
def test_the_program_does_not_start_with_a_mistake(environment, words, tmp_path):
    given = {"PATH": os.environ["PATH"], "LEADCRM_VAR_DIR": str(tmp_path), **environment}

    done = subprocess.run(
        [sys.executable, "manage.py", "check"], env=given, cwd=configured.BASE_DIR, capture_output=True, text=True
    )

    assert done.returncode != 0
    assert words in done.stderr
