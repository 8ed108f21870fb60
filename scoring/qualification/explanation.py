"""The stored explanation of a lead's score: one JSON value, the same while time passes and nothing else happens.

A line is kept as of its latest event, [rule, kind, points given, worth, number, last at, half-life, cap], times in
POSIX seconds; from that its points at any later moment follow. What never fades has no half-life.
"""

import hashlib
import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import orjson

from scoring.engine.batch import Ints
from scoring.engine.explain import BEHAVIOUR, FIT, Entry, adjustments
from scoring.engine.facts import RuleSet
from scoring.engine.fit import NO_PERSONA
from scoring.engine.score import CompiledRuleSet, Scores

# Odd multipliers of a multiplicative hash; drawn once, they may be any.
_MIXERS = np.random.default_rng(20261128).integers(1, 2**62, 4096) * 2 + 1

Line = tuple[str, str, float, float, int, float | None, float | None, float | None]


def digests(scores: Scores) -> Ints:
    """Return a number for each lead that changes when its explanation does, shape (n_leads,).

    It is made of all that the stored lines are made of, and costs a tenth of writing those.
    """
    did, fits = scores.did, scores.fits
    parts = [did.number, did.last_at.view(np.int64), did.worth.view(np.int64)]
    parts += [flags.astype(np.int64) for flags in (fits.met, *fits.traits)]
    facts = np.hstack([*parts, fits.persona[:, None]])
    mixed: Ints = (facts * np.resize(_MIXERS, facts.shape[1])).sum(axis=1) ^ _seed(scores.compiled)
    return mixed


def lasting_lines(scores: Scores, rows: Sequence[int]) -> list[str]:
    """Return the explanations of these leads as JSON."""
    rules, did, fit = scores.compiled.behaviour, scores.did, scores.compiled.fit
    half_life, cap = _finite(rules.half_life.tolist()), _finite(rules.cap.tolist())
    columns = [column[rows].tolist() for column in (did.number, did.given, did.worth, did.last_at, scores.fits.met)]
    fit_lines = [_fit_line(rule.name, rule.points) for rule in fit.rules]
    written = []
    for row, number, given, worth, last_at, met in zip(rows, *columns, strict=True):
        lines: list[Line] = [
            (rules.names[i], BEHAVIOUR, given[i], worth[i], count, last_at[i], half_life[i], cap[i])
            for i, count in enumerate(number)
            if count
        ]
        lines += [line for line, is_met in zip(fit_lines, met, strict=True) if is_met]
        if scores.fits.persona[row] != NO_PERSONA:
            lines += [_fit_line(*trait) for trait in scores.persona_traits(row)]
        written.append(orjson.dumps(lines).decode())
    return written


def entries_as_of(stored: Sequence[Sequence[Any]], rule_set: RuleSet, as_of: float) -> tuple[Entry, ...]:
    """Return a stored explanation as of a moment not before its scoring; the lines' points now sum to the score."""
    lines = [_entry(*line, as_of=as_of) for line in stored]
    did, fits = ([line for line in lines if line.kind == part] for part in (BEHAVIOUR, FIT))
    return (
        *did,
        *adjustments(BEHAVIOUR, math.fsum(line.points_now for line in did), rule_set.behaviour_limit),
        *fits,
        *adjustments(FIT, math.fsum(line.points_now for line in fits), rule_set.fit_limit),
    )


def _entry(
    rule: str,
    kind: str,
    given: float,
    worth: float,
    number: int,
    last_at: float | None,
    half_life: float | None,
    cap: float | None,
    *,
    as_of: float,
) -> Entry:
    points = worth if half_life is None or last_at is None else worth * 2.0 ** (-(as_of - last_at) / half_life)
    return Entry(rule, kind, given, points if cap is None else max(-cap, min(cap, points)), number, last_at)


def _fit_line(name: str, points: float) -> Line:
    return name, FIT, points, points, 1, None, None, None


def _finite(values: Sequence[float]) -> list[float | None]:
    return [None if math.isinf(value) else value for value in values]


@lru_cache(maxsize=4)
def _seed(compiled: CompiledRuleSet) -> int:
    """Return a number of the rules alone: a new version that changes nothing leaves explanations as they are."""
    rule_set = compiled.rule_set
    rules = repr((rule_set.rules, rule_set.fit, rule_set.personas))
    return int.from_bytes(hashlib.blake2b(rules.encode(), digest_size=8).digest(), "big", signed=True)
