"""`manage.py serve`: what it refuses before it starts anything."""

import socket

import pytest
from django.core.management import CommandError, call_command

from leadcrm.management.commands.serve import Command


def test_an_unknown_part_is_refused_with_the_known_ones():
    with pytest.raises(CommandError, match=r"^PART must be one of web, worker.*, got sales\.$"):
        call_command("serve", "sales")


def test_a_taken_port_is_refused_with_its_number(settings):
    with socket.create_server(("127.0.0.1", 0)) as other:
        settings.PORT = other.getsockname()[1]

        with pytest.raises(CommandError, match=rf"Cannot listen on 127\.0\.0\.1 port {settings.PORT}"):
            call_command("serve", "web")


@pytest.mark.parametrize(
    ("redis_url", "parts"), [("", ["web", "worker"]), ("redis://127.0.0.1/0", ["web", "worker", "beat"])]
)
def test_the_parts_follow_from_whether_there_is_a_broker(settings, redis_url, parts):
    settings.REDIS_URL = redis_url

    chosen = Command()._chosen({"parts": [], "host": "127.0.0.1", "web_processes": 1, "web_threads": 1})

    assert list(chosen) == parts
