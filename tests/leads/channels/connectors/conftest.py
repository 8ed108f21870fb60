"""The vendors' own APIs, played by a real HTTP server; and workers that take what requests leave."""

from collections.abc import Iterator

import pytest
from django.utils import timezone

from leads.channels.connectors.process import process_due
from tests.leads.channels.connectors.apis import VendorApis, vendor_apis


@pytest.fixture
def apis(settings) -> Iterator[VendorApis]:
    """Return Graph and LinkedIn on a port of this machine, which the product now asks."""
    with vendor_apis() as played:
        for name, address in played.settings.items():
            setattr(settings, name, address)
        yield played


@pytest.fixture(autouse=True)
def no_broker(settings) -> None:
    """Let the tests themselves be the worker."""
    settings.REDIS_URL = ""


@pytest.fixture
def work():
    """Return what a worker does: process all that is due."""
    return lambda: process_due(clock=timezone.now)
