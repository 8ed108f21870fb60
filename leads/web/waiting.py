"""How urgent a waiting lead is, and what speaks for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from leads.models import Lead, StageChange

REASONS_SHOWN = 2


@dataclass(frozen=True, slots=True)
class Reason:
    """One line of why to call: an icon's name and words."""

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
    leads: Sequence[Lead], changes: Mapping[int, StageChange], *, now: datetime, soon: timedelta
) -> list[Group]:
    """Group leads by urgency and leave out empty groups. changes: what made each lead an SQL, by lead id."""
    rows = [Row(lead, _reasons(lead, changes.get(lead.pk))) for lead in leads]
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


def _reasons(lead: Lead, change: StageChange | None) -> tuple[Reason, ...]:
    """Return what the stage change names as evidence, then how the lead can be reached."""
    entries = change.evidence[:REASONS_SHOWN] if change else []
    lines = [Reason("zap", str(entry["rule"])) for entry in entries if isinstance(entry, dict) and entry.get("rule")]
    if change and not lines:
        lines = [Reason("zap", change.reason)]
    return (*lines, _reachable(lead))


def _reachable(lead: Lead) -> Reason:
    if lead.phone:
        return Reason("phone", "Phone and e-mail known" if lead.email else "Phone known")
    return Reason("mail", "E-mail known") if lead.email else Reason("circle-help", "Known by a user id only")
