"""What one rule set changes against another, in words, one line a change."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from leads.events.catalog import label_of
from scoring.rules.words import condition_words, criterion_words, field_words, step_words

Part = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. section: a key of the JSON, or ""; name: of the rule, persona or journey, or "".

    what: in words, such as "points 2 → 3".
    """

    section: str
    name: str
    what: str

    def __str__(self) -> str:
        return f"{self.name}: {self.what}" if self.name else self.what


# Where a section's changes have no name of their own to stand behind, the words say what they are about.
SECTION_WORDS = {"rules": "rule", "fit": "fit rule", "personas": "persona", "journeys": "journey"}
RULE_SET_WORDS = {"name": "name", "behaviour_limit": "behaviour limit", "fit_limit": "fit limit"}
POLICY_WORDS = {
    "mql_threshold": "MQL threshold",
    "sql_threshold": "SQL threshold",
    "margin": "margin",
    "mql_on_engagement": "MQL on engagement",
    "engagement_memory_days": "engagement memory (days)",
    "sql_on_hand_raise": "SQL on hand-raise",
    "gate_hand_raise": "gates hold back hand-raises",
    "require_persona": "required persona",
    "require_journey": "required journey",
    "direct": "direct pass",
    "reopen_disqualified": "reopen disqualified",
}


def changes(before: Part, after: Part) -> list[Change]:
    """Compare two complete definitions; equal ones have no changes."""
    return [
        *_values("", "", before, after, RULE_SET_WORDS),
        *(change for section in SECTION_WORDS for change in _parts(section, before[section], after[section])),
        *_values("policy", "", before["policy"], after["policy"], POLICY_WORDS),
    ]


def _parts(section: str, before: Sequence[Part], after: Sequence[Part]) -> list[Change]:
    """Compare parts by name. One that changed nothing but its name, at its place, was renamed."""
    old, new = {part["name"]: part for part in before}, {part["name"]: part for part in after}
    renamed = _renamed(before, after)
    found = []
    for name, part in new.items():
        if name in old:
            found += _COMPARE[section](section, old[name], part)
        elif name in renamed:
            found.append(Change(section, name, f"renamed, was {renamed[name]}"))
        else:
            found.append(Change(section, name, f"{SECTION_WORDS[section]} added, {_COMPARE_WORDS[section](part)}"))
    gone = [name for name in old if name not in new and name not in renamed.values()]
    found += [Change(section, name, f"{SECTION_WORDS[section]} removed") for name in gone]
    return found + _order(section, list(old), list(new))


def _renamed(before: Sequence[Part], after: Sequence[Part]) -> dict[str, str]:
    old, new = {part["name"] for part in before}, {part["name"] for part in after}
    gone = [part for part in before if part["name"] not in new]
    found: dict[str, str] = {}
    for part in after:
        if part["name"] in old:
            continue
        same = next((was for was in gone if {**was, "name": ""} == {**part, "name": ""}), None)
        if same is not None:
            gone.remove(same)
            found[part["name"]] = same["name"]
    return found


def _order(section: str, old: list[str], new: list[str]) -> list[Change]:
    """Say that the parts which both have stand in another order; it is only for reading."""
    stayed = [name for name in new if name in old]
    moved = stayed != [name for name in old if name in new]
    return [Change(section, "", f"{SECTION_WORDS[section]}s in another order")] if moved else []


def _values(section: str, name: str, before: Part, after: Part, words: Mapping[str, str]) -> list[Change]:
    return [
        Change(section, name, f"{word} {_word(before[key])} → {_word(after[key])}")
        for key, word in words.items()
        if before[key] != after[key]
    ]


def _rule(section: str, before: Part, after: Part) -> list[Change]:
    words = {"points": "points", "half_life_days": "half-life (days)", "cap": "most points"}
    found = _values(section, after["name"], before, after, words)
    if before["kind"] != after["kind"]:
        found.insert(0, Change(section, after["name"], f"{label_of(before['kind'])} → {label_of(after['kind'])}"))
    if before["limit"] != after["limit"]:
        what = f"at most {limit_words(before['limit'])} → {limit_words(after['limit'])}"
        found.append(Change(section, after["name"], what))
    return found + _lines(
        section, after["name"], "condition", before["conditions"], after["conditions"], condition_words
    )


def _fit_rule(section: str, before: Part, after: Part) -> list[Change]:
    found = _values(section, after["name"], before, after, {"points": "points"})
    old, new = condition_words(before), condition_words(after)
    return found if old == new else [*found, Change(section, after["name"], f"{old} → {new}")]


def _persona(section: str, before: Part, after: Part) -> list[Change]:
    found = _values(section, after["name"], before, after, {"minimum": "match needed"})
    return found + _lines(section, after["name"], "criterion", before["criteria"], after["criteria"], criterion_words)


def _journey(section: str, before: Part, after: Part) -> list[Change]:
    found = _values(section, after["name"], before, after, {"window_days": "to be completed within (days)"})
    return found + _lines(section, after["name"], "step", before["steps"], after["steps"], step_words)


def _lines(
    section: str, name: str, word: str, before: Sequence[Part], after: Sequence[Part], write: Callable[[Any], str]
) -> list[Change]:
    old, new = [write(part) for part in before], [write(part) for part in after]
    found = [Change(section, name, f"{word} added: {line}") for line in new if line not in old]
    found += [Change(section, name, f"{word} removed: {line}") for line in old if line not in new]
    return found or ([Change(section, name, f"{word} order changed")] if old != new else [])


def limit_words(limit: Part | None) -> str:
    """Return a limit as people say it: "3 a week", "once", "1 for each webinar", "any number"."""
    if limit is None:
        return "any number"
    count, per = limit["count"], limit["per"]
    if isinstance(per, Mapping):
        return f"{count} for each {field_words(per['value_of'])}"
    if per == "ever":
        return "once" if count == 1 else f"{count} ever"
    return f"{count} a {per}"


def _word(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return "none" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


_COMPARE: Mapping[str, Callable[[str, Part, Part], list[Change]]] = {
    "rules": _rule,
    "fit": _fit_rule,
    "personas": _persona,
    "journeys": _journey,
}
_COMPARE_WORDS: Mapping[str, Callable[[Part], str]] = {
    "rules": lambda part: f"points {_word(part['points'])}",
    "fit": lambda part: f"points {_word(part['points'])}",
    "personas": lambda part: f"{len(part['criteria'])} criteria",
    "journeys": lambda part: f"{len(part['steps'])} steps",
}
