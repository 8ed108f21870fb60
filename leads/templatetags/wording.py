"""Formatting of numbers, times and names on the screens."""

from datetime import datetime, timedelta

from django import template
from django.utils import timezone

from leads.events.catalog import label_of

register = template.Library()


@register.filter
def count(number: int) -> str:
    """Write a whole number with thousands apart: 2,418."""
    return f"{number:,}"


@register.filter
def capped(number: int, cap: int) -> str:
    """Write a count that stopped at cap + 1: 418, or 1,000+."""
    return f"{cap:,}+" if number > cap else f"{number:,}"


@register.filter
def percent(share: float | None) -> str:
    """Write a share, 0..1, as whole percent without the sign: 34; what is less than one and not nothing: <1."""
    return "<1" if share and share < 0.005 else f"{100 * (share or 0):.0f}"


@register.filter
def whole(points: float | None) -> int:
    """Round a score for showing; half a point goes up."""
    return int((points or 0) + 0.5)


@register.filter
def points(value: float | None, digits: int = 0) -> str:
    """Write points with their sign: +15, −3, +6.6."""
    rounded = round(value or 0, digits)
    sign = "−" if rounded < 0 else "+" if rounded > 0 else ""
    return f"{sign}{abs(rounded):.{digits}f}"


@register.filter
def short_points(value: float | None) -> str:
    """Write points with their sign and no more digits than they have: +15, +2.5."""
    sign = "−" if (value or 0) < 0 else "+" if value else ""
    return f"{sign}{abs(value or 0):g}"


@register.filter
def ago(moment: datetime | None) -> str:
    """Say how long ago within a day ("18 min ago"), then the day ("Tue 17 Nov")."""
    if moment is None:
        return ""
    passed = timezone.now() - moment
    if passed < timedelta(0) or passed >= timedelta(days=1):
        return day(moment)
    minutes = int(passed.total_seconds() // 60)
    if minutes < 1:
        return "just now"
    return f"{minutes} min ago" if minutes < 60 else f"{minutes // 60} h ago"


@register.filter
def day(moment: datetime | None) -> str:
    """Name a day: "Today", "Yesterday", "Tue 17 Nov", and with its year when that is not this year's."""
    if moment is None:
        return ""
    local, today = timezone.localtime(moment), timezone.localdate()
    if local.date() == today:
        return "Today"
    if local.date() == today - timedelta(days=1):
        return "Yesterday"
    return f"{local:%a} {local.day} {local:%b}" if local.year == today.year else f"{local.day} {local:%b %Y}"


@register.filter
def day_short(moment: datetime | None) -> str:
    """Name a day without its weekday; today with the time: "3 Nov", "today 09:42"."""
    if moment is None:
        return ""
    local, today = timezone.localtime(moment), timezone.localdate()
    if local.date() == today:
        return f"today {local:%H:%M}"
    return f"{local.day} {local:%b}" if local.year == today.year else f"{local.day} {local:%b %Y}"


@register.filter
def exactly(moment: datetime | None) -> str:
    """Give the exact local time and its zone for a title: "Tue 17 Nov 2026, 11:20 CET"."""
    if moment is None:
        return ""
    local = timezone.localtime(moment)
    return f"{local:%a} {local.day} {local:%b %Y, %H:%M %Z}"


@register.filter
def clock_time(moment: datetime) -> str:
    """Give the local time of day: "09:42"."""
    return f"{timezone.localtime(moment):%H:%M}"


@register.filter
def clock_seconds(moment: datetime) -> str:
    """Give the local time of day to the second: "09:42:07"."""
    return f"{timezone.localtime(moment):%H:%M:%S}"


@register.filter
def city(time_zone: str) -> str:
    """Name a time zone by its city alone: "Oslo" for "Europe/Oslo"."""
    return time_zone.rpartition("/")[2].replace("_", " ")


@register.filter
def duration(seconds: float | None) -> str:
    """Say a span of time: "11 min", "3 h 20 min", "5 days"."""
    if seconds is None:
        return "–"
    minutes = int(seconds // 60)
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 48 * 60:
        return f"{minutes // 60} h {minutes % 60} min" if minutes % 60 else f"{minutes // 60} h"
    return f"{minutes // 1440} days"


@register.filter
def initials(name: str) -> str:
    """Give the first letters of the first and the last word."""
    words = [word for word in name.replace("@", " ").split() if word]
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


@register.filter
def kind_label(kind: str, name: str = "") -> str:
    """Say what an event of this kind was."""
    return label_of(kind, name) if kind else ""
