"""A lead's persona and journeys in detail, as screens show them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from scoring.engine.explain import JourneyProgress, PersonaMatch
from scoring.engine.facts import Journey, RuleSet
from scoring.engine.score import Score


@dataclass(frozen=True, slots=True)
class Trait:
    """A criterion of a lead's persona. state: "met", "unknown" (a question to ask) or "unmet"; points: if met."""

    name: str
    state: str
    points: float


@dataclass(frozen=True, slots=True)
class StepTaken:
    """A step of a journey, and when the lead took it; None if it has not."""

    name: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class JourneyShown:
    """A journey that a lead is on. progress: steps taken."""

    name: str
    progress: int
    is_complete: bool
    steps: tuple[StepTaken, ...]


def persona_traits(match: PersonaMatch, rule_set: RuleSet) -> list[Trait]:
    """Return the criteria of the lead's persona: met ones first, then the questions to ask."""
    states = {**dict.fromkeys(match.unknown, "unknown"), **dict.fromkeys(match.met, "met")}
    criteria = [one for persona in rule_set.personas if persona.name == match.name for one in persona.criteria]
    traits = [Trait(one.name, states.get(one.name, "unmet"), one.points) for one in criteria]
    return sorted(traits, key=lambda trait: ("met", "unknown", "unmet").index(trait.state))


def journeys_shown(score: Score, rule_set: RuleSet) -> list[JourneyShown]:
    """Return the journeys on which a lead has taken a step, the furthest first."""
    by_name = {journey.name: journey for journey in rule_set.journeys}
    begun = [one for one in score.journeys if one.progress and one.name in by_name]
    return [
        JourneyShown(one.name, one.progress, one.complete, tuple(_steps(one, by_name[one.name])))
        for one in sorted(begun, key=lambda one: -one.progress / one.steps)
    ]


def _steps(progress: JourneyProgress, journey: Journey) -> Iterator[StepTaken]:
    moments: Mapping[int, float] = dict(enumerate(progress.reached_at))
    zone = timezone.get_current_timezone()
    for position, step in enumerate(journey.steps):
        moment = moments.get(position)
        yield StepTaken(step.name, None if moment is None else datetime.fromtimestamp(moment, zone))
