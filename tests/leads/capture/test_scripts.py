"""The snippet as it is sent."""

from leads.capture.scripts import read_script

MOST_BYTES = 5 * 1024


def test_the_snippet_is_smaller_than_five_kilobytes_on_the_wire(client):
    response = client.get("/c.js", headers={"accept-encoding": "gzip"})

    assert 1024 < len(response.content) < MOST_BYTES


def test_the_snippet_is_sent_without_what_only_its_readers_need(client):
    lines = client.get("/c.js").content.decode().splitlines()

    assert len(lines) > 100
    assert [line for line in lines if line != line.strip() or line.startswith("//")] == []


def test_a_changed_script_has_another_tag():
    assert read_script("c.js").tag != read_script("analytics-next/standalone.js").tag
