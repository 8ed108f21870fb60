"""Daily counts of what happens to links, downloads and kiosks."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta

from django.db.models import Sum

from leads.models import Counted, Tally
from leads.rows import run


def count_one(what: Counted, thing_id: int, *, now: datetime) -> None:
    """Add one to today's count. Call last in the counted transaction: it locks the day's row until the end."""
    sql = """
        INSERT INTO leads_tally (what, thing_id, date, number) VALUES (%s, %s, %s, 1)
        ON CONFLICT (what, thing_id, date) DO UPDATE SET number = leads_tally.number + 1
    """
    run(sql, [what.value, thing_id, now.date()])


def totals(
    kinds: Collection[Counted], thing_ids: Collection[int], *, since: date | None = None
) -> Mapping[int, Mapping[str, int]]:
    """Return for each thing how often each kind was counted, ever or from a day on; one query.

    A thing that nothing was counted of has 0 of each.
    """
    found: dict[int, dict[str, int]] = defaultdict(lambda: dict.fromkeys(map(str, kinds), 0))
    days = Tally.objects.filter(what__in=kinds, thing_id__in=thing_ids)
    if since is not None:
        days = days.filter(date__gte=since)
    for thing_id, what, number in days.values_list("thing_id", "what").annotate(number=Sum("number")):
        found[thing_id][what] = number
    return found


def by_day(what: Counted, thing_id: int, *, days: int, today: date) -> list[tuple[date, int]]:
    """Return the counts of the last days, oldest first, including days with none."""
    first = today - timedelta(days=days - 1)
    known = dict(Tally.objects.filter(what=what, thing_id=thing_id, date__gte=first).values_list("date", "number"))
    return [(day, known.get(day, 0)) for day in (first + timedelta(days=number) for number in range(days))]
