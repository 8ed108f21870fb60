"""Points for attributes, which do not decay, and the matching persona."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from scoring.engine.batch import Batch, Flags, Floats, Ints
from scoring.engine.conditions import ManyTest, compile_many_test, is_known
from scoring.engine.facts import Criterion, FitRule, Persona

NO_PERSONA = -1
# Tolerance when comparing sums of points with a minimum, so that float errors do not decide.
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class CompiledTrait:
    """A fit rule or a persona's criterion, compiled for batches."""

    name: str
    field: str
    test: ManyTest
    points: float


@dataclass(frozen=True, slots=True, eq=False)
class CompiledPersona:
    """A persona compiled for batches."""

    name: str
    minimum: float
    traits: tuple[CompiledTrait, ...]
    points: Floats


@dataclass(frozen=True, slots=True, eq=False)
class CompiledFit:
    """Fit rules and personas compiled for batches; personas are sorted by name, so that the first one wins ties."""

    rules: tuple[CompiledTrait, ...]
    points: Floats
    personas: tuple[CompiledPersona, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """The result for the leads. met: shape (n_leads, n_rules). traits: for each persona, shape (n_leads, n_criteria).

    persona: position of the best match at or above its minimum, NO_PERSONA if there is none; match: 0..1, its share of
    the persona's points. total: points before the limit, shape (n_leads,).
    """

    met: Flags
    traits: tuple[Flags, ...]
    persona: Ints
    match: Floats
    total: Floats

    def take(self, rows: Ints) -> "Fit":
        """Return these rows; a row may occur several times."""
        traits = tuple(met[rows] for met in self.traits)
        return Fit(self.met[rows], traits, self.persona[rows], self.match[rows], self.total[rows])


def compile_fit(rules: Sequence[FitRule], personas: Sequence[Persona]) -> CompiledFit:
    """Compile fit rules and personas for batches."""
    return CompiledFit(
        tuple(_trait(rule) for rule in rules),
        np.array([rule.points for rule in rules], np.float64),
        tuple(_persona(persona) for persona in sorted(personas, key=lambda persona: persona.name)),
    )


def fit_of(compiled: CompiledFit, batch: Batch) -> Fit:
    """Return the fit rules that each lead meets, and its persona."""
    if batch.original is not None:
        leads, rows = batch.original
        return fit_of(compiled, leads).take(rows)
    met = _met(compiled.rules, batch)
    traits = tuple(_met(persona.traits, batch) for persona in compiled.personas)
    persona = np.full(len(batch), NO_PERSONA)
    match = np.zeros(len(batch))
    total = met @ compiled.points
    gained = np.zeros(len(batch))
    for position, (candidate, has) in enumerate(zip(compiled.personas, traits, strict=True)):
        points = has @ candidate.points
        part = points / candidate.points.sum()
        is_better = (part >= candidate.minimum - _ROUNDING) & ((persona == NO_PERSONA) | (part > match + _ROUNDING))
        persona = np.where(is_better, position, persona)
        match = np.where(is_better, part, match)
        gained = np.where(is_better, points, gained)
    return Fit(met, traits, persona, match, total + gained)


def unknown_traits(
    persona: CompiledPersona, met: Sequence[bool], attributes: Mapping[str, Sequence[object]], row: int
) -> list[str]:
    """Return the criteria with unknown attributes, which are neither met nor failed: the questions to ask.

    met: for each criterion, whether the lead meets it; `exists: false` is met by an unknown value and asks nothing.
    """
    traits = zip(persona.traits, met, strict=True)
    return [trait.name for trait, is_met in traits if not is_met and not is_known(attributes[trait.field][row])]


def _met(traits: Sequence[CompiledTrait], batch: Batch) -> Flags:
    met = np.empty((len(batch), len(traits)), np.bool_)
    for position, trait in enumerate(traits):
        met[:, position] = trait.test(batch.attributes[trait.field])
    return met


def _persona(persona: Persona) -> CompiledPersona:
    traits = tuple(_trait(criterion) for criterion in persona.criteria)
    return CompiledPersona(persona.name, persona.minimum, traits, np.array([trait.points for trait in traits]))


def _trait(rule: FitRule | Criterion) -> CompiledTrait:
    return CompiledTrait(rule.name, rule.field, compile_many_test(rule.op, rule.value), float(rule.points))
