"""A lead's stages over time: the scoring engine judges each moment as it would have then, and sales does its part.

A life is a generator: it yields a question to the engine and resumes with the answer. So many lives run side by side,
and the engine answers the questions of all of them at once.
"""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from random import Random
from typing import NamedTuple

from leadcrm.demo.chances import Chances
from leadcrm.demo.sales import Rep, claim_time, close_time, ending, orders, sales_work
from leadcrm.demo.story import Step, Story
from leads.events.catalog import is_hand_raise, is_voluntary
from leads.handoff.clock import WorkingHours, respond_by
from leads.models import Stage
from scoring.engine.facts import EventFact, LeadFacts
from scoring.engine.score import CompiledRuleSet, Score, Scores, score_leads
from scoring.qualification.decide import Decisions, decide
from scoring.qualification.rescore import evidence_of
from scoring.qualification.states import LeadState, states_of

FOREVER = float("inf")
# Seconds: the precision with which the moment is found at which inactivity lowered a lead's stage.
FALL_EXACTNESS = 3600.0
JUDGED = (Stage.NEW, Stage.ENGAGED, Stage.MQL, Stage.SQL, Stage.RECYCLED, Stage.DISQUALIFIED)


@dataclass(frozen=True, slots=True)
class World:
    """What is the same for every lead. Times are POSIX seconds.

    eras: the rules of the year, the live ones last; the first began long ago.
    """

    eras: tuple["Era", ...]
    reps: tuple[Rep, ...]
    hours: WorkingHours
    source_id: int
    now: float

    def era(self, at: float) -> "Era":
        """Return the era of a moment."""
        return next(era for era in reversed(self.eras) if era.began_at <= at)

    def era_before(self, at: float) -> "Era":
        """Return the era that a moment ends, or the one in which it is."""
        return next(era for era in reversed(self.eras) if era.began_at < at)


class Era(NamedTuple):
    """A time in which one version of the rules was live. most: points that one event of a kind can be worth."""

    began_at: float
    rules: CompiledRuleSet
    most: Mapping[str, float]

    @property
    def version(self) -> int:
        return self.rules.rule_set.version


class Question(NamedTuple):
    """What a life asks the engine: the facts and state of its lead at a moment, and the rules of that time."""

    facts: LeadFacts
    state: LeadState
    at: float
    rules: CompiledRuleSet


class Answer(NamedTuple):
    """The engine's answer: one row of a batch."""

    scores: Scores
    decisions: Decisions
    row: int

    @property
    def moves(self) -> bool:
        return bool(self.decisions.moves[self.row])

    @property
    def score(self) -> Score:
        return self.scores.of(self.row)


Asking = Generator[Question, Answer, None]
AskingWhether = Generator[Question, Answer, bool]
AskingWhen = Generator[Question, Answer, float]


class Change(NamedTuple):
    """One move from stage to stage."""

    at: float
    from_stage: str
    to_stage: str
    reason: str
    actor_id: int | None
    version: int | None
    score: Score
    evidence: list[Mapping[str, object]]


@dataclass(slots=True)
class Standing:
    """The columns that a life writes to its lead. Times are POSIX seconds."""

    stage: str = Stage.NEW
    stage_changed_at: float = 0.0
    recycled_at: float | None = None
    retry_on: date | None = None
    disqualified_at: float | None = None
    owner_id: int | None = None
    claimed_at: float | None = None
    respond_by: float | None = None
    changes: list[Change] = field(default_factory=list)


class Life:
    """Runs through a story.

    wait: seconds that sales has left for a lead that should be in the queue now, None otherwise.
    """

    def __init__(
        self, story: Story, attributes: Mapping[str, object], world: World, rng: Random, *, wait: float | None = None
    ) -> None:
        self.story = story
        self.world = world
        self.rng = rng
        self.wait = wait
        self.began_at = story.known_at or world.now
        self.standing = Standing(stage_changed_at=self.began_at)
        self._attributes = attributes
        self._steps = story.ordered_steps()
        self._events = [self._fact(step) for step in self._steps]
        self._chances = {era.version: Chances(era.rules.rule_set, era.most) for era in world.eras}
        self._last_fit: float | None = None
        self._last_behaviour: float | None = None
        self._free_at = self.began_at  # until then sales works on the lead and scoring does not move it

    def live(self) -> Asking:
        """Go through every moment at which the stage may have moved; afterwards `standing` holds the final state."""
        for event in self._events:
            if event.at <= self.began_at:
                self._hear_of(event)
        yield from self._judge(self.began_at)
        later = [event for event in self._events if event.at > self.began_at]
        ends = [*(event.at - 1 for event in later), self.world.now]
        yield from self._pass_time(self.began_at, ends[0])
        for event, end in zip(later, ends[1:], strict=True):
            self._hear_of(event)
            if event.at >= self._free_at and self._may_rise(event):
                yield from self._judge(event.at)
            yield from self._pass_time(event.at, end)

    def _hear_of(self, event: EventFact) -> None:
        for chances in self._chances.values():
            chances.hear_of(event)

    def _may_rise(self, event: EventFact) -> bool:
        era = self.world.era(event.at)
        fit = self._last_fit if self._last_fit is not None else era.rules.rule_set.fit_limit
        return self._chances[era.version].may_rise(self.standing.stage, event, fit)

    def steps(self) -> list[Step]:
        """Return what happened, with what sales did, in time."""
        return sorted(self._steps, key=lambda step: step.at)

    def _pass_time(self, start: float, until: float) -> Asking:
        """Move through a time without events; rules that become live meanwhile judge every lead anew."""
        for era in self.world.eras:
            if start < era.began_at <= until:
                yield from self._let_fade(start, era.began_at - 1)
                if self._free_at <= era.began_at:
                    yield from self._judge(era.began_at)
                start = era.began_at
        yield from self._let_fade(start, until)

    def _let_fade(self, start: float, until: float) -> Asking:
        """Move through a time under the same rules: a rest ends, an engagement leaves the memory, a score fades."""
        standing, start = self.standing, max(start, self._free_at)
        if start > until:
            return
        if standing.stage == Stage.RECYCLED and start < _start_of(standing.retry_on) <= until:
            yield from self._judge(_start_of(standing.retry_on))
        chances = self._chances[self.world.era(until).version]
        may_fall = chances.may_fall(standing.stage, until) and self._free_at <= until
        if may_fall and (yield from self._moves_at(until)):
            yield from self._judge((yield from self._when_it_fell(start, until)))

    def _when_it_fell(self, start: float, until: float) -> AskingWhen:
        """Return the earliest moment in the span at which the lead no longer belongs in its stage."""
        chances = self._chances[self.world.era(until).version]
        forgotten_at = chances.forgotten_at(self.standing.stage) + 1
        if start < forgotten_at < until:
            if (yield from self._moves_at(forgotten_at)):
                return forgotten_at
            start = forgotten_at
        while until - start > FALL_EXACTNESS:
            middle = (start + until) / 2
            start, until = (start, middle) if (yield from self._moves_at(middle)) else (middle, until)
        return until

    def _moves_at(self, at: float) -> AskingWhether:
        return (yield self._question(at)).moves

    def _question(self, at: float) -> Question:
        standing = self.standing
        state = LeadState(
            stage=standing.stage,
            # Everybody is scored soon after a publishing.
            decided_version=self.world.era_before(at).version,
            retry_on=None if standing.retry_on is None else _start_of(standing.retry_on),
            disqualified_at=standing.disqualified_at,
            fit=self._last_fit,
            behaviour=self._last_behaviour,
        )
        facts = LeadFacts(self._attributes, self._events, standing.recycled_at)
        return Question(facts, state, at, self.world.era(at).rules)

    def _judge(self, at: float) -> Asking:
        """Decide the stage as scoring would have at that time."""
        if self.standing.stage not in JUDGED:
            return
        answer = yield self._question(at)
        if answer.moves:
            score, decision = answer.score, answer.decisions.of(answer.row)
            for stage in decision.path:
                self._move(at, stage, decision.reason, score, version=self.world.era(at).version)
        self._last_fit = float(answer.scores.fit[answer.row])
        self._last_behaviour = float(answer.scores.behaviour[answer.row])
        if answer.moves and self.standing.stage == Stage.SQL:
            yield from self._hand_to_sales(at, answer.score)

    def _move(
        self, at: float, stage: str, reason: str, score: Score, *, actor: Rep | None = None, version: int | None = None
    ) -> None:
        standing = self.standing
        evidence = evidence_of(score) if version else []
        actor_id = actor.pk if actor else None
        standing.changes.append(Change(at, standing.stage, stage, reason, actor_id, version, score, evidence))
        standing.stage, standing.stage_changed_at = stage, at
        if stage not in (Stage.SQL, Stage.CLAIMED):
            standing.respond_by = None

    def _hand_to_sales(self, at: float, score: Score) -> Asking:
        standing, rng, now = self.standing, self.rng, self.world.now
        if self.wait is not None:
            standing.respond_by = at + self.wait
            self._free_at = FOREVER
            return
        standing.respond_by = respond_by(datetime.fromtimestamp(at, UTC)).timestamp()
        claimed_at, rep = claim_time(at, self.world.hours, rng), rng.choice(self.world.reps)
        self._free_at = FOREVER
        if claimed_at < now:
            self._move(claimed_at, Stage.CLAIMED, f"{rep.name} claimed the lead.", score, actor=rep)
            standing.owner_id, standing.claimed_at = rep.pk, claimed_at
            yield from self._work(claimed_at, rep)

    def _work(self, claimed_at: float, rep: Rep) -> Asking:
        closed_at = close_time(claimed_at, self.rng)
        self._happen(sales_work(claimed_at, closed_at, rep, self.rng))
        if closed_at < self.world.now:
            yield from self._close(closed_at, rep)

    def _close(self, closed_at: float, rep: Rep) -> Asking:
        standing, story = self.standing, self.story
        kinds = [step.kind for step in self._steps if step.at < closed_at]
        end = ending(closed_at, story.person.fit, story.intent, kinds, rep, self.rng)
        if end.stage == Stage.CUSTOMER:
            self._happen(orders(closed_at, f"H-{100_000 + self.rng.randrange(900_000)}", self.rng))
        score = (yield self._question(closed_at)).score
        self._move(closed_at, end.stage, end.reason, score, actor=rep)
        if end.stage == Stage.CUSTOMER:
            return
        standing.owner_id = standing.claimed_at = None
        self._free_at, self._last_fit, self._last_behaviour = closed_at, None, None
        if end.stage == Stage.RECYCLED:
            standing.recycled_at, standing.retry_on = closed_at, end.retry_on
        else:
            standing.disqualified_at = closed_at

    def _happen(self, steps: list[Step]) -> None:
        happened = [step for step in steps if step.at <= self.world.now]
        self._steps = [*self._steps, *happened]
        self._events = [*self._events, *(self._fact(step) for step in happened)]

    def _fact(self, step: Step) -> EventFact:
        return EventFact(
            step.kind,
            step.at,
            self.world.source_id,
            "",
            step.properties,
            step.signal,
            is_voluntary(step.kind, step.properties),
            is_hand_raise(step.kind),
            step.kind,
        )


def live_through(lives: Sequence[Life], world: World) -> None:
    """Run lives side by side; the engine answers at once all their questions under the same rules."""
    courses = [life.live() for life in lives]
    asked = [(course, question) for course in courses if (question := next(course, None)) is not None]
    while asked:
        answers = [answer for era in world.eras for answer in _answered(asked, era.rules)]
        asked = [(course, question) for course, answer in answers if (question := _go_on(course, answer)) is not None]


def _answered(asked: Sequence[tuple[Asking, Question]], rules: CompiledRuleSet) -> list[tuple[Asking, Answer]]:
    """Answer what is asked about these rules."""
    own = [(course, question) for course, question in asked if question.rules is rules]
    questions = [question for _, question in own]
    scores = score_leads(rules, [question.facts for question in questions], [question.at for question in questions])
    decisions = decide(states_of([question.state for question in questions]), scores)
    return [(course, Answer(scores, decisions, row)) for row, (course, _) in enumerate(own)]


def _go_on(course: Asking, answer: Answer) -> Question | None:
    try:
        return course.send(answer)
    except StopIteration:
        return None


def _start_of(day: date | None) -> float:
    return FOREVER if day is None else datetime.combine(day, time(0), UTC).timestamp()
