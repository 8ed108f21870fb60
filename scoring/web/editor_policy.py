"""The fields of the policy as the rule editor shows them: when a lead becomes an MQL and an SQL."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from scoring.engine.definition import ANY
from scoring.web.editor_fields import Spec

# The part that a gate names one of.
GATES: Mapping[str, str] = {"require_persona": "personas", "require_journey": "journeys"}
_GATE_CHOICES: Mapping[str, tuple[tuple[str, str], ...]] = {
    "require_persona": (("", "Not required"), (ANY, "Any persona")),
    "require_journey": (("", "Not required"), (ANY, "Any journey")),
}


@dataclass(frozen=True, slots=True)
class Group:
    """Fields that belong together."""

    title: str
    specs: tuple[Spec, ...]


GROUPS = (
    Group(
        "When a lead becomes an MQL",
        (
            Spec("mql_threshold", "Score from which a lead is an MQL", "number"),
            Spec("mql_on_engagement", "Any engagement makes an MQL", "flag"),
        ),
    ),
    Group(
        "When a lead becomes an SQL",
        (
            Spec("sql_threshold", "Score from which a lead is an SQL", "number"),
            Spec("sql_on_hand_raise", "Asking for sales makes an SQL", "flag"),
            Spec("direct", "Pass every MQL straight to sales", "flag"),
        ),
    ),
    Group(
        "What else an SQL must be",
        (
            Spec("require_persona", "Matches a persona", "choice"),
            Spec("require_journey", "Has completed a journey", "choice"),
            Spec("gate_hand_raise", "Required even of leads that ask for sales", "flag"),
        ),
    ),
    Group(
        "How long a lead stays",
        (
            Spec("margin", "Safety margin (points)", "number"),
            Spec("engagement_memory_days", "Engagement counts for (days)", "number"),
            Spec("reopen_disqualified", "Reopen disqualified leads that ask for sales", "flag"),
        ),
    ),
)
POLICY_SPECS = tuple(spec for group in GROUPS for spec in group.specs)


def with_choices(spec: Spec, definition: Mapping[str, Any], chosen: str) -> Spec:
    """Give a gate's field the personas or journeys that there are; whatever is chosen already can be seen."""
    if spec.key not in GATES:
        return spec
    names = [part["name"] for part in definition[GATES[spec.key]]]
    known = _GATE_CHOICES[spec.key][: 2 if names else 1]
    choices = [*known, *((name, name) for name in names)]
    is_there = any(chosen == value for value, _ in choices)
    return replace(spec, choices=tuple(choices if is_there else [*choices, (chosen, chosen)]))
