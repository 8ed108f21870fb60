"""`manage.py write_key NAME`."""

import pytest
from django.core.management import CommandError, call_command

from leads.models import Source

pytestmark = pytest.mark.django_db


def key_of(name, capsys):
    call_command("write_key", name)
    return capsys.readouterr().out


def test_a_key_is_made_once_and_printed_alone_on_a_line(capsys):
    first = key_of("Website", capsys)

    assert first == f"{Source.objects.get(name='Website').write_key}\n"
    assert first.startswith("wk_")
    assert key_of("Website", capsys) == first
    assert key_of("App", capsys) != first


@pytest.mark.parametrize("name", ["", "  ", "x" * 101])
def test_a_name_has_1_to_100_characters(name):
    with pytest.raises(CommandError, match="NAME must have 1 to 100 characters"):
        call_command("write_key", name)
