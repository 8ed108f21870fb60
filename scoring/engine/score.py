"""The score of leads: fit plus behaviour, 0..100, a pure function of facts, rules and time."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from scoring.engine.batch import Batch, Flags, Floats, batch_of
from scoring.engine.behaviour import Behaviour, CompiledRules, behaviour_of, compile_rules
from scoring.engine.definition import ANY
from scoring.engine.explain import BEHAVIOUR, FIT, Entry, JourneyProgress, PersonaMatch, adjustments
from scoring.engine.facts import LeadFacts, RuleSet, needed_lead_fields
from scoring.engine.fit import NO_PERSONA, CompiledFit, Fit, compile_fit, fit_of, unknown_traits
from scoring.engine.journey import CompiledJourney, Progress, compile_journeys, progress_on
from scoring.engine.machine import held
from scoring.engine.memory import Memory, recall


@dataclass(frozen=True, slots=True, eq=False)
class CompiledRuleSet:
    """A rule set compiled for batches. fields: the lead fields that it uses."""

    rule_set: RuleSet
    behaviour: CompiledRules
    fit: CompiledFit
    journeys: tuple[CompiledJourney, ...]
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Score:
    """One lead's score at a time. The entries' points_now sum to `score`."""

    score: float
    fit: float
    behaviour: float
    entries: tuple[Entry, ...]
    persona: PersonaMatch | None = None
    journeys: tuple[JourneyProgress, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """The scores of a batch; arrays of shape (n_leads,), points.

    did, fits, journeys, memory: the parts they consist of.
    """

    compiled: CompiledRuleSet
    batch: Batch
    score: Floats
    fit: Floats
    behaviour: Floats
    did: Behaviour
    fits: Fit
    journeys: tuple[Progress, ...]
    memory: Memory

    def of(self, row: int) -> Score:
        """Return one lead's score with its explanation."""
        return Score(
            float(self.score[row]),
            float(self.fit[row]),
            float(self.behaviour[row]),
            self.entries(row),
            self.persona(row),
            self.progress(row),
        )

    def entries(self, row: int) -> tuple[Entry, ...]:
        """Return the entries of one lead's score: behaviour rules and fit rules in order, each with its adjustments."""
        rule_set = self.compiled.rule_set
        did = self._behaviour_lines(row)
        fits = self._fit_lines(row)
        return (
            *did,
            *adjustments(BEHAVIOUR, math.fsum(line.points_now for line in did), rule_set.behaviour_limit),
            *fits,
            *adjustments(FIT, math.fsum(line.points_now for line in fits), rule_set.fit_limit),
        )

    def persona_names(self) -> list[str]:
        """Return the name of each lead's best matching persona, "" if there is none."""
        names = ["", *(persona.name for persona in self.compiled.fit.personas)]
        return [names[position - NO_PERSONA] for position in self.fits.persona.tolist()]

    def persona(self, row: int) -> PersonaMatch | None:
        """Return one lead's best matching persona, or None."""
        position = int(self.fits.persona[row])
        if position == NO_PERSONA:
            return None
        persona, has = self.compiled.fit.personas[position], self.fits.traits[position][row].tolist()
        met = tuple(trait.name for trait, is_met in zip(persona.traits, has, strict=True) if is_met)
        unknown = tuple(unknown_traits(persona, has, self.batch.attributes, row))
        return PersonaMatch(persona.name, float(self.fits.match[row]), met, unknown)

    def progress(self, row: int) -> tuple[JourneyProgress, ...]:
        """Return one lead's progress on every journey."""
        return tuple(
            JourneyProgress(
                journey.name,
                len(journey.steps),
                int(progress.steps[row]),
                bool(progress.complete[row]),
                progress.reached.get(row, ()),
            )
            for journey, progress in zip(self.compiled.journeys, self.journeys, strict=True)
        )

    def _behaviour_lines(self, row: int) -> list[Entry]:
        did, names = self.did, self.compiled.behaviour.names
        return [
            Entry(
                names[rule],
                BEHAVIOUR,
                float(did.given[row, rule]),
                float(did.now[row, rule]),
                int(did.number[row, rule]),
                float(did.last_at[row, rule]),
            )
            for rule in np.flatnonzero(did.number[row]).tolist()
        ]

    def _fit_lines(self, row: int) -> list[Entry]:
        has = zip(self.compiled.fit.rules, self.fits.met[row].tolist(), strict=True)
        met = [(rule.name, rule.points) for rule, is_met in has if is_met]
        return [Entry(name, FIT, points, points, 1, None) for name, points in [*met, *self.persona_traits(row)]]

    def persona_traits(self, row: int) -> list[tuple[str, float]]:
        """Return the entries, name and points, that one lead's persona adds to its fit."""
        position = int(self.fits.persona[row])
        if position == NO_PERSONA:
            return []
        persona = self.compiled.fit.personas[position]
        has = zip(persona.traits, self.fits.traits[position][row].tolist(), strict=True)
        return [(f"{persona.name}: {trait.name}", trait.points) for trait, is_met in has if is_met]


def compile_rule_set(rule_set: RuleSet) -> CompiledRuleSet:
    """Compile a rule set for batches; call it once per version."""
    return CompiledRuleSet(
        rule_set,
        compile_rules(rule_set.rules),
        compile_fit(rule_set.fit, rule_set.personas),
        compile_journeys(rule_set.journeys),
        tuple(needed_lead_fields(rule_set)),
    )


def score_batch(compiled: CompiledRuleSet, batch: Batch, counts: Flags | None = None) -> Scores:
    """Score leads at their times; later events are ignored.

    counts: the result of `counting` for the batch, for callers that score it under several rule sets.
    """
    rule_set = compiled.rule_set
    counts = counting(batch) if counts is None else counts
    did = behaviour_of(compiled.behaviour, batch, counts)
    fits = fit_of(compiled.fit, batch)
    behaviour = np.clip(did.now.sum(axis=1), 0.0, rule_set.behaviour_limit)
    fit = np.clip(fits.total, 0.0, rule_set.fit_limit)
    journeys = tuple(progress_on(journey, batch, counts) for journey in compiled.journeys)
    return Scores(compiled, batch, fit + behaviour, fit, behaviour, did, fits, journeys, recall(batch, counts))


def without_ungated_journeys(compiled: CompiledRuleSet) -> CompiledRuleSet:
    """Return rules with the same scores and SQLs, without the journeys that no gate needs."""
    required = compiled.rule_set.policy.require_journey
    asked = tuple(journey for journey in compiled.journeys if required in (ANY, journey.name))
    return replace(compiled, journeys=asked)


def score_lead(compiled: CompiledRuleSet, facts: LeadFacts, as_of: float) -> Score:
    """Score a lead as of a time (POSIX seconds)."""
    return score_leads(compiled, [facts], as_of).of(0)


def score_leads(compiled: CompiledRuleSet, leads: Sequence[LeadFacts], as_of: float | Sequence[float]) -> Scores:
    """Score leads given as plain facts, as of one time or each of its own (POSIX seconds)."""
    return score_batch(compiled, batch_of(leads, as_of, compiled.fields))


def counting(batch: Batch) -> Flags:
    """Return for each event whether it counts: it has happened, is later than the last recycle, and is not held."""
    row, at = batch.events.row, batch.events.at
    flags: Flags = (at > batch.begins[row]) & (at <= batch.as_of[row]) & ~held(batch)
    return flags
