"""What a workload says: one JSON line."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from statistics import median

from django.conf import settings
from django.db import connection


@dataclass
class Line:
    """One measured thing beside its limit.

    rate and limit_rate: things a second; ratio: ours / limit. p50_ms, p99_ms: of ours. more: further figures.
    """

    name: str
    n: int
    seconds: float
    rate: float | None
    p50_ms: float | None
    p99_ms: float | None
    limit_rate: float | None
    ratio: float | None
    note: str
    more: dict[str, object] = field(default_factory=dict)

    def print(self) -> None:
        """Print it with the database it was measured on."""
        values = asdict(self)
        more, note = values.pop("more"), values.pop("note")
        values = {key: _rounded(value) for key, value in values.items()}
        print(json.dumps({**values, "database": database_name(), "note": note, **more}), flush=True)


def database_name() -> str:
    """Name what is measured on: "PostgreSQL 15.4 + Redis", "SQLite 3.45"."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SHOW server_version")
        else:
            cursor.execute("SELECT sqlite_version()")
        version = str(cursor.fetchone()[0]).split()[0]
    return f"{connection.display_name} {version}{' + Redis' if settings.REDIS_URL else ''}"


def quantile(values: Sequence[float], part: float) -> float:
    """Return the value below which that part of the values lies (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


def middle(values: Sequence[float]) -> float:
    """Return the median: the machine is noisy."""
    return median(values)


def _rounded(value: object) -> object:
    if not isinstance(value, float):
        return value
    return round(value, 1) if value >= 100 else round(value, 3)
