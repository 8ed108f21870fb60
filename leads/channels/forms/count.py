"""Count how far visitors get in a form. The database adds, so that simultaneous counts are not lost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.db.models import Sum

from leads.channels.forms.answers import clean_text
from leads.channels.forms.fields import HIDDEN, Field, fields_of
from leads.channels.forms.guard import PageToken
from leads.models import Form, FormCount
from leads.rows import run

VIEW, START, SENT, ELSEWHERE, BLOCKED = "view", "start", "sent", "elsewhere", "blocked"
FIELD = "field:"
DAYS = 30
# The input that tells that the page's script reports the steps itself.
COUNTS_ITSELF = "_s"
ONCE_FOR = 24 * 3600  # seconds


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a form and how many visitors reached it. share: of those who saw the form, 0..1."""

    label: str
    count: int
    share: float

    @property
    def percent(self) -> int:
        """The share in whole percent."""
        return round(100 * self.share)


@dataclass(frozen=True, slots=True)
class Funnel:
    """A form's recent figures.

    sent: from our own pages; elsewhere: from other sites and programs. steps: first to last.
    """

    views: int
    sent: int
    elsewhere: int
    blocked: int
    steps: tuple[Step, ...]

    @property
    def leads(self) -> int:
        """All submissions."""
        return self.sent + self.elsewhere

    @property
    def completion(self) -> float | None:
        """The share of views that ended in a submission, None without views."""
        return min(self.sent / self.views, 1.0) if self.views else None


def count_step(form: Form, step: str, *, now: datetime) -> None:
    """Add one to a step of today."""
    count_steps(form, [step], now=now)


def count_steps(form: Form, steps: Sequence[str], *, now: datetime) -> None:
    """Add one to each of these (distinct) steps of today, in one statement."""
    if not steps:
        return
    rows = ", ".join(["(%s, %s, %s, 1)"] * len(steps))
    today = now.date().isoformat()
    sql = f"""
        INSERT INTO leads_formcount (form_id, on_date, step, count) VALUES {rows}
        ON CONFLICT (form_id, on_date, step) DO UPDATE SET count = leads_formcount.count + 1
    """  # noqa: S608 - names of our own
    run(sql, [value for step in sorted(steps) for value in (form.pk, today, step)])


def count_seen(form: Form, steps: Sequence[str], token: PageToken, *, now: datetime) -> None:
    """Count the steps reported by one of our pages, each once per page; unknown steps are ignored."""
    known = {START, *(FIELD + field.name for field in _counted(form))}
    new = [step for step in dict.fromkeys(steps) if step in known and _is_first(token, step)]
    count_steps(form, new, now=now)


def count_sent(form: Form, typed: Mapping[str, Any], token: PageToken | None, *, now: datetime) -> None:
    """Count a submission. For a page without JavaScript this counts the earlier steps as well."""
    if token is None:
        count_step(form, ELSEWHERE, now=now)
        return
    steps = [START, *(FIELD + field.name for field in _counted(form) if clean_text(typed.get(field.name)))]
    if clean_text(typed.get(COUNTS_ITSELF)):
        steps = [step for step in steps if _is_first(token, step)]
    count_steps(form, [*steps, SENT], now=now)


def funnel_of(form: Form, *, now: datetime) -> Funnel:
    """Return a form's figures of the last 30 days; one query."""
    counts = counts_of([form.pk], now=now).get(form.pk, {})
    views = counts.get(VIEW, 0)
    places = [("Saw form", VIEW), ("Started", START)]
    places += [(field.label, FIELD + field.name) for field in _milestones(form)]
    places.append(("Sent", SENT))
    steps = tuple(
        Step(label, counts.get(step, 0), min(counts.get(step, 0) / views, 1.0) if views else 0.0)
        for label, step in places
    )
    return Funnel(views, counts.get(SENT, 0), counts.get(ELSEWHERE, 0), counts.get(BLOCKED, 0), steps)


def counts_of(form_ids: Sequence[int], *, now: datetime) -> dict[int, dict[str, int]]:
    """Return the counts of the last 30 days by form and step; one query."""
    since = (now - timedelta(days=DAYS - 1)).date()
    rows = FormCount.objects.filter(form__in=form_ids, on_date__gte=since)
    counts: dict[int, dict[str, int]] = {}
    for form_id, step, total in rows.values_list("form_id", "step").annotate(total=Sum("count")).order_by():
        counts.setdefault(form_id, {})[step] = total
    return counts


def _milestones(form: Form) -> list[Field]:
    """Return the fields shown in the funnel: the first one and the last required one."""
    required = [field for field in _counted(form) if field.required]
    return required[:1] + required[1:][-1:]


def _counted(form: Form) -> list[Field]:
    return [field for field in fields_of(form) if field.type != HIDDEN and not field.later]


def _is_first(token: PageToken, step: str) -> bool:
    try:
        return cache.add(f"form-step:{token.nonce}:{step}", 1, ONCE_FOR)
    except Exception:
        # The cache is down. Counting a step twice is better than failing the form.
        return True
