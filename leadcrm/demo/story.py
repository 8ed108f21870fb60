"""What one visitor did, written down in the order in which it is made up."""

from collections.abc import Mapping
from random import Random
from typing import NamedTuple

from leadcrm.demo.clock import DemoClock
from leadcrm.demo.people import Person


class Step(NamedTuple):
    """Something that happened. at: POSIX seconds. signal: as the event's."""

    kind: str
    at: float
    properties: dict[str, object]
    signal: str = ""


class Story:
    """A visitor's steps so far.

    at: where the story is, POSIX seconds. age: the same in days before now. intent: how much they want to buy, about
    -2..2. known_at: when they first gave their e-mail address, None before.
    """

    def __init__(self, person: Person, intent: float, rng: Random, clock: DemoClock) -> None:
        self.person = person
        self.intent = intent
        self.rng = rng
        self.clock = clock
        self.steps: list[Step] = []
        self.known_at: float | None = None
        self.age = 0.0
        self.at = clock.now

    def go_to(self, age: float) -> None:
        """Go on at another visit, later than all that was told yet."""
        self.age = age
        self.at = max(self.clock.moment(age), self.at + 60 if self.steps else 0.0)

    def add(
        self,
        kind: str,
        also: Mapping[str, object] | None = None,
        *,
        identifies: bool = False,
        signal: str = "",
        **properties: object,
    ) -> None:
        """Let something happen a moment later; nothing happens in the future. also: more properties."""
        at = self.at + 15 + self.rng.random() * 150
        if at > self.clock.now:
            at = self.at + (self.clock.now - self.at) * 0.5
        self.at = at
        self.steps.append(Step(kind, at, {**properties, **(also or {})}, signal))
        if identifies and self.known_at is None:
            self.known_at = at

    def add_later(self, days: float, kind: str, **properties: object) -> None:
        """Let something happen days later, unless that lies in the future."""
        age = self.age - days
        if age > 0:
            self.steps.append(Step(kind, self.clock.moment(age), properties))

    def ordered_steps(self) -> list[Step]:
        """Return everything in time."""
        return sorted(self.steps, key=_time_of)


def _time_of(step: Step) -> float:
    return step.at
