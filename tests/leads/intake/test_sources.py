"""Where events come from."""

from leads.intake.sources import channel_source
from tests.make import NOON, make_source


def test_a_channels_source_is_made_at_its_first_use_and_found_again(db):
    first = channel_source("Links", now=NOON)

    assert channel_source("Links", now=NOON) == first
    assert first.is_active
    assert first.write_key.startswith("wk_")


def test_a_channels_source_has_a_key_of_its_own(db):
    website = make_source("Website")

    assert channel_source("Links", now=NOON).write_key not in (
        website.write_key,
        channel_source("Forms", now=NOON).write_key,
    )
