"""Criteria of personas and steps of journeys as text, one per line.

A criterion: points, a name, and a condition on the lead: `12 Role: title contains office manager`. A step: a name, the
kind of event, and its conditions: `Pricing: page_viewed where properties.path starts_with /pricing and properties.seats
gte 5`. A name with a colon, and a value with the word `and`, are put in double quotes.
"""

import re
from collections.abc import Callable, Sequence
from math import isfinite
from typing import Any

from scoring.rules.definition import plain
from scoring.rules.lines import LineError, format_condition, parse_condition, quoted, unquoted

Part = dict[str, Any]

_QUOTED = r'"(?:[^"\\]|\\.)*"'
_CRITERION = re.compile(rf"(?P<points>\S+)\s+(?P<name>{_QUOTED}|[^\":][^:]*):(?P<condition>.*)")
_STEP = re.compile(rf"(?P<name>{_QUOTED}|[^\":][^:]*):\s*(?P<kind>{_QUOTED}|\S+)(?P<rest>.*)")
_WHERE = re.compile(r"\s+where\s+(?P<conditions>\S.*)")
_AND = re.compile(r"\s+and(?:\s+|$)")
_QUOTED_WORD = re.compile(rf"(?<=[\s,]){_QUOTED}")


def parse_criteria(text: str) -> list[Part]:
    """Parse a persona's criteria; empty lines are ignored. Raises LineError, which names the line."""
    return _parse_lines(text, _parse_criterion)


def format_criteria(criteria: Sequence[Part]) -> str:
    """Write criteria so that `parse_criteria` returns the same."""
    return "\n".join(map(format_criterion, criteria))


def format_criterion(criterion: Part) -> str:
    """Write one criterion."""
    return f"{plain(criterion['points'])!r} {_format_name(criterion['name'])}: {format_condition(criterion)}"


def parse_steps(text: str) -> list[Part]:
    """Parse a journey's steps; empty lines are ignored. Raises LineError, which names the line."""
    return _parse_lines(text, _parse_step)


def format_steps(steps: Sequence[Part]) -> str:
    """Write steps so that `parse_steps` returns the same."""
    return "\n".join(map(format_step, steps))


def _parse_lines(text: str, parse: Callable[[str], Part]) -> list[Part]:
    parts = []
    for number, line in enumerate(filter(str.strip, text.splitlines()), start=1):
        try:
            parts.append(parse(line.strip()))
        except LineError as error:
            raise LineError(f"Line {number}: {error}") from error
    return parts


def _parse_criterion(line: str) -> Part:
    match = _CRITERION.fullmatch(line)
    if match is None:
        raise LineError(f"expected points, a name, a colon and a condition, as in 12 Role: title is CEO; got {line!r}")
    return {"name": _name(match["name"]), **parse_condition(match["condition"]), "points": _number(match["points"])}


def _parse_step(line: str) -> Part:
    match = _STEP.fullmatch(line)
    if match is None:
        raise LineError(f"expected a name, a colon and a kind of event, as in Pricing: page_viewed; got {line!r}")
    kind = unquoted(match["kind"]) if match["kind"].startswith('"') else match["kind"]
    conditions = [] if not match["rest"].strip() else _parse_conditions(match["rest"])
    return {"name": _name(match["name"]), "kind": kind, "conditions": conditions}


def _parse_conditions(rest: str) -> list[Part]:
    match = _WHERE.fullmatch(rest)
    if match is None:
        raise LineError(f"expected the word where and a condition after the kind, got {rest.strip()!r}")
    return [parse_condition(condition) for condition in _split(match["conditions"])]


def _split(text: str) -> list[str]:
    """Split a text at each `and` outside double quotes."""
    # Quoted text is masked by the same number of other characters, so that positions stay valid.
    masked = _QUOTED_WORD.sub(lambda word: "x" * len(word[0]), f" {text}")[1:]
    parts, start = [], 0
    for joint in _AND.finditer(masked):
        parts.append(text[start : joint.start()])
        start = joint.end()
    return [*parts, text[start:]]


def format_step(step: Part) -> str:
    """Write one step."""
    kind = step["kind"]
    shown = quoted(kind) if re.search(r'\s|^"', kind) or not kind.isprintable() else kind
    line = f"{_format_name(step['name'])}: {shown}"
    conditions = " and ".join(format_condition(condition, is_joined=True) for condition in step["conditions"])
    return f"{line} where {conditions}" if conditions else line


def _format_name(name: str) -> str:
    is_plain = name == name.strip() and name.isprintable() and ":" not in name and not name.startswith('"')
    return name if is_plain and name else quoted(name)


def _name(text: str) -> str:
    return unquoted(text) if text.startswith('"') else text.strip()


def _number(text: str) -> float:
    try:
        number = float(text)
    except ValueError as error:
        raise LineError(f"points must be a number, got {text!r}") from error
    if not isfinite(number):
        raise LineError(f"points must be a number, got {text!r}")
    return int(number) if number.is_integer() else number
