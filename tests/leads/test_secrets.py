"""Secrets at rest: unreadable without SECRET_KEY, readable through a change of it."""

import pytest
from django.core.management import CommandError, call_command

from leads.models import Connector
from leads.secrets import SecretsUnreadable, seal, unseal
from tests.make import make_connector


def test_what_is_sealed_is_not_in_the_text_and_comes_back():
    sealed = seal({"token": "very-secret"})

    assert "very-secret" not in sealed
    assert unseal(sealed) == {"token": "very-secret"}
    assert unseal("") == {}


def test_another_key_opens_nothing_unless_the_earlier_one_is_named(settings):
    sealed = seal({"token": "very-secret"})
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [], "another key"

    with pytest.raises(SecretsUnreadable, match="Enter them again"):
        unseal(sealed)


def test_the_command_seals_anew_so_that_the_earlier_key_can_go(settings, db, capsys):
    make_connector("stripe", secrets={"signing_secret": "very-secret"})
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another key"

    call_command("reseal_secrets")
    settings.SECRET_KEY_FALLBACKS = []

    assert unseal(Connector.objects.get().sealed_secrets) == {"signing_secret": "very-secret"}
    assert "secrets of 1 connector" in capsys.readouterr().out


def test_the_command_names_what_it_cannot_read(settings, db):
    make_connector("stripe", name="Shop", secrets={"signing_secret": "very-secret"})
    settings.SECRET_KEY = "another key"

    with pytest.raises(CommandError, match="Shop"):
        call_command("reseal_secrets")
