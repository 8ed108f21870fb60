"""The outcomes of a file's rows. Each row has exactly one, so the counts add up."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from leads.channels.imports.read_row import Draft, Refusal

NEW, UPDATED, UNCHANGED, DUPLICATE, REFUSED = "new", "updated", "unchanged", "duplicate", "refused"
OUTCOMES = (NEW, UPDATED, UNCHANGED, DUPLICATE, REFUSED)

# As stored with a job: {"new": 2, ..., "reasons": {"...": 1}, "notes": {"...": 1}}.
Counts = dict[str, Any]


def no_counts() -> Counts:
    """Return counts of zero."""
    return {**dict.fromkeys(OUTCOMES, 0), "reasons": {}, "notes": {}}


def added(counts: Mapping[str, Any], outcomes: Iterable[str], read: Iterable[Draft | Refusal]) -> Counts:
    """Return counts with those of some rows added."""
    found = Counter(outcomes)
    reasons: Counter[str] = Counter(counts.get("reasons", {}))
    notes: Counter[str] = Counter(counts.get("notes", {}))
    for one in read:
        if isinstance(one, Refusal):
            reasons[one.kind] += 1
        elif one.notes:
            notes.update({note.kind for note in one.notes})
    numbers = {name: counts.get(name, 0) + found[name] for name in OUTCOMES}
    return {**numbers, "reasons": dict(reasons), "notes": dict(notes)}
