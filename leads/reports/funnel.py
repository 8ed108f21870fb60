"""The funnel: how many leads came in and reached each stage."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from leads.models import Lead, Stage, StageChange

REACHED = (Stage.ENGAGED, Stage.MQL, Stage.SQL, Stage.CLAIMED, Stage.CUSTOMER)
SOURCES_SHOWN = 12


@dataclass(frozen=True, slots=True)
class SourceLine:
    """The leads of one channel, and how many of them have reached each stage."""

    source: str
    leads: int
    reached: Mapping[str, int]


def stage_counts(*, since: datetime, until: datetime) -> dict[str, int]:
    """Count new leads ("new") and entries into each stage after `since`, up to `until`; two queries."""
    arrived = Lead.objects.current().filter(created_at__gt=since, created_at__lte=until).count()
    entered = (
        StageChange.objects.filter(
            to_stage__in=REACHED, changed_at__gt=since, changed_at__lte=until, lead__merged_into=None
        )
        .values("to_stage")
        .annotate(leads=Count("lead", distinct=True))
    )
    counts = {line["to_stage"]: line["leads"] for line in entered}
    return {Stage.NEW.value: arrived, **{stage.value: counts.get(stage, 0) for stage in REACHED}}


def sources(*, since: datetime, until: datetime) -> list[SourceLine]:
    """Return the new leads of a period by channel, the largest first, with the stages reached; two queries."""
    arrived = Lead.objects.current().filter(created_at__gt=since, created_at__lte=until)
    totals = arrived.values("source").annotate(leads=Count("id")).order_by("-leads", "source")[:SOURCES_SHOWN]
    entered = (
        StageChange.objects.filter(lead__in=arrived, to_stage__in=REACHED)
        .values("lead__source", "to_stage")
        .annotate(leads=Count("lead", distinct=True))
    )
    counts = {(line["lead__source"], line["to_stage"]): line["leads"] for line in entered}
    return [
        SourceLine(
            line["source"], line["leads"], {stage.value: counts.get((line["source"], stage), 0) for stage in REACHED}
        )
        for line in totals
    ]
