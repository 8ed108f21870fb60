"""The urgency of a waiting lead, and the reasons to call it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from textwrap import shorten
from typing import Any

from leads.models import Lead, StageChange

REASONS_SHOWN = 2
LONGEST_MESSAGE = 200
# Kinds of evidence that are not entries of a score.
PERSONA, JOURNEY = "persona", "journey"


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason to call: an icon and a text."""

    icon: str
    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """A waiting lead with its reasons."""

    lead: Lead
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Waiting leads of one urgency. key: "late", "soon" or "later"."""

    key: str
    title: str
    icon: str
    rows: tuple[Row, ...]


def group_waiting(
    leads: Sequence[Lead],
    changes: Mapping[int, StageChange],
    messages: Mapping[int, str],
    *,
    now: datetime,
    soon: timedelta,
) -> list[Group]:
    """Group leads by urgency; empty groups are left out.

    By lead id, changes: what made each lead an SQL; messages: its message to sales.
    """
    rows = [Row(lead, (*_message(messages.get(lead.pk, "")), *_reasons(lead, changes.get(lead.pk)))) for lead in leads]
    kinds = (
        ("late", "Late", "triangle-alert"),
        ("soon", "Due within 15 minutes", "timer"),
        ("later", "Later", "clock"),
    )
    groups = [
        Group(key, title, icon, tuple(row for row in rows if _urgency(row.lead, now, soon) == key))
        for key, title, icon in kinds
    ]
    return [group for group in groups if group.rows]


def _urgency(lead: Lead, now: datetime, soon: timedelta) -> str:
    if lead.respond_by is None or lead.respond_by >= now + soon:
        return "later"
    return "late" if lead.respond_by < now else "soon"


def _message(text: str) -> list[Reason]:
    return [Reason("message-circle", f"“{shorten(text, LONGEST_MESSAGE, placeholder='…')}”")] if text else []


def _reasons(lead: Lead, change: StageChange | None) -> tuple[Reason, ...]:
    """Return the evidence of the stage change, then how the lead can be reached."""
    evidence = [item for item in change.evidence if isinstance(item, dict) and item.get("rule")] if change else []
    entries = [item for item in evidence if item.get("kind") not in (PERSONA, JOURNEY)]
    lines = [Reason("zap", str(entry["rule"])) for entry in entries[:REASONS_SHOWN]]
    if change and not lines:
        lines = [Reason("zap", change.reason)]
    return (*lines, *_persona(evidence), *_journey(evidence), _reachable(lead))


def _persona(evidence: Sequence[Mapping[str, Any]]) -> list[Reason]:
    """Return the lead's persona, and the open questions about it."""
    found = next((item for item in evidence if item.get("kind") == PERSONA), None)
    if found is None:
        return []
    lines = [Reason("user-round-check", f"{found['rule']}, {round(100 * found.get('match', 0))}% match")]
    if questions := found.get("unknown"):
        lines.append(Reason("circle-help", f"Ask: {', '.join(map(str, questions))}"))
    return lines


def _journey(evidence: Sequence[Mapping[str, Any]]) -> list[Reason]:
    """Return the journey with the most progress."""
    journeys = [item for item in evidence if item.get("kind") == JOURNEY and item.get("steps")]
    if not journeys:
        return []
    best = max(journeys, key=lambda item: (bool(item.get("complete")), item["progress"] / item["steps"]))
    return [Reason("route", f"{best['rule']}, {best['progress']} of {best['steps']} steps")]


def _reachable(lead: Lead) -> Reason:
    if lead.phone:
        return Reason("phone", "Phone and e-mail known" if lead.email else "Phone known")
    return Reason("mail", "E-mail known") if lead.email else Reason("circle-help", "Known by a user id only")
