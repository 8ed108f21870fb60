"""The steps of one visitor, in the order in which they are made up."""

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

    at: the current time in the story, POSIX seconds. age: the same in days before now. intent: how much they want to
    buy, about -2..2. known_at: when they first gave their e-mail address, None before.
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
        """Move on to another visit, later than every step so far."""
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
        """Add an event a moment later, never in the future. also: more properties."""
        at = self.at + 15 + self.rng.random() * 150
        if at > self.clock.now:
            at = self.at + (self.clock.now - self.at) * 0.5
        self.at = at
        self.steps.append(Step(kind, at, {**properties, **(also or {})}, signal))
        if identifies and self.known_at is None:
            self.known_at = at

    def add_later(self, days: float, kind: str, **properties: object) -> None:
        """Add an event days later, unless that would be in the future."""
        age = self.age - days
        if age > 0:
            self.steps.append(Step(kind, self.clock.moment(age), properties))

    def ordered_steps(self) -> list[Step]:
        """Return the steps in order of time."""
        return sorted(self.steps, key=_time_of)


def _time_of(step: Step) -> float:
    return step.at
