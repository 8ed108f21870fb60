"""The results of an import in words."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from leads.channels.imports.outcome import DUPLICATE, NEW, REFUSED, UNCHANGED, UPDATED
from leads.channels.imports.undo import REMOVED, RESTORED
from leads.channels.imports.undo import UNCHANGED as LEFT

_WORDS = {
    NEW: ("New leads", "New leads to come"),
    UPDATED: ("Known leads updated", "Known leads to update"),
    UNCHANGED: ("Known leads, nothing new", "Known leads, nothing new"),
    DUPLICATE: ("Repeated in the file", "Repeated in the file"),
    REFUSED: ("Refused", "To be refused"),
}
_UNDO_WORDS = {
    REMOVED: "Leads removed",
    RESTORED: "Leads set back to what they were",
    LEFT: "Leads that the import had not changed",
    "organizations removed": "Companies removed",
    "organizations restored": "Companies set back to what they were",
}


class Line(NamedTuple):
    """A number with its label. kind: what it counts."""

    kind: str
    label: str
    number: int


def outcome_lines(counts: Mapping[str, Any], *, is_to_come: bool) -> list[Line]:
    """Return a line for each outcome."""
    return [Line(kind, words[is_to_come], counts.get(kind, 0)) for kind, words in _WORDS.items()]


def undo_lines(undo: Mapping[str, int]) -> list[Line]:
    """Return a line for each result of undoing, and for each reason why something was kept."""
    known = [Line(kind, label, undo[kind]) for kind, label in _UNDO_WORDS.items() if undo.get(kind)]
    kept = [Line("kept", f"Kept: {reason}", number) for reason, number in undo.items()
            if reason not in _UNDO_WORDS and number]  # fmt: skip
    return [*known, *kept]
