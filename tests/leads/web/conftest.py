"""A fixed time, at which the screens are looked at, and the browsers of each role."""

import pytest
import time_machine

from tests.make import NOON


@pytest.fixture(autouse=True)
def at_noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def browser(marketer, signed_in):
    """A marketer's browser."""
    return signed_in(marketer)


@pytest.fixture
def rep_browser(sales, signed_in):
    """A sales rep's browser."""
    return signed_in(sales)
