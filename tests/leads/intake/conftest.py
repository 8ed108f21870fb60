"""A source of events, and what is announced about them."""

import pytest

from leads import signals
from tests.make import make_source


@pytest.fixture
def source():
    return make_source()


@pytest.fixture
def heard():
    """Every announcement of the test: (name, its words)."""
    told = []
    receivers = []
    for name in ("events_recorded", "lead_created", "leads_merged", "facts_changed"):

        def receive(name=name, **words):
            told.append((name, {key: words[key] for key in words if key not in ("signal", "sender", "now")}))

        receivers.append((getattr(signals, name), receive))
        getattr(signals, name).connect(receive)
    yield told
    for signal, receive in receivers:
        signal.disconnect(receive)
