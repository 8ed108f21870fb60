"""Measure two things in turns, so that what disturbs the machine disturbs both."""

import gc
from collections.abc import Callable
from typing import TypeVar

Ours = TypeVar("Ours")
Limit = TypeVar("Limit")
ROUNDS = 5


def alternate(
    ours: Callable[[int], Ours], limit: Callable[[int], Limit], rounds: int = ROUNDS
) -> tuple[list[Ours], list[Limit]]:
    """Run both once a round, taking turns in who is first; each hears the number of its round."""
    found_ours, found_limit = [], []
    gc.collect()
    for number in range(rounds):
        if number % 2:
            found_limit.append(limit(number))
            found_ours.append(ours(number))
        else:
            found_ours.append(ours(number))
            found_limit.append(limit(number))
    return found_ours, found_limit
