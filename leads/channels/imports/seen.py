"""The people in the rows read so far, for a dry run. Kept in a temporary database, so that memory stays bounded."""

import sqlite3
from collections import defaultdict
from collections.abc import Collection, Mapping
from types import TracebackType
from typing import Self

from leads.identity.keys import Key

# Leads that would be created get numbers from here on, above any real id.
FIRST_NEW = 1 << 60


class Seen:
    """Identifiers with the leads they would belong to; deleted when closed."""

    def __init__(self) -> None:
        # An empty name creates a private file that is deleted with the connection.
        self._base = sqlite3.connect("", isolation_level=None)
        self._base.executescript("""
            PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -16384;
            CREATE TABLE seen (kind TEXT, value TEXT, lead INTEGER, PRIMARY KEY (kind, value)) WITHOUT ROWID;
            CREATE INDEX seen_by_lead ON seen (lead);
            CREATE TABLE touched (lead INTEGER PRIMARY KEY);
        """)
        self._made = 0
        self._merged: dict[int, int] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._base.close()

    def is_new(self, lead_id: int) -> bool:
        """Return whether a lead would be created by the file."""
        return lead_id >= FIRST_NEW

    def new_lead(self) -> int:
        """Return the number of a lead that would be created now."""
        self._made += 1
        return FIRST_NEW + self._made

    def owners(self, keys: Collection[Key]) -> dict[Key, int]:
        """Return the leads these identifiers would belong to, as far as the file has named them."""
        values: dict[str, list[str]] = defaultdict(list)
        for kind, value in keys:
            values[kind].append(value)
        found: dict[Key, int] = {}
        for kind, some in values.items():
            sql = f"SELECT value, lead FROM seen WHERE kind = ? AND value IN ({_places(some)})"  # noqa: S608
            found |= {(kind, value): lead for value, lead in self._base.execute(sql, [kind, *some])}
        return found

    def survivor(self, lead_id: int) -> int:
        """Return the lead that this one would have been merged into."""
        while lead_id in self._merged:
            lead_id = self._merged[lead_id]
        return lead_id

    def kinds(self, lead_ids: Collection[int]) -> dict[int, set[str]]:
        """Return the kinds of identifier that the file would add to these leads."""
        found: dict[int, set[str]] = defaultdict(set)
        sql = f"SELECT DISTINCT lead, kind FROM seen WHERE lead IN ({_places(lead_ids)})"  # noqa: S608
        for lead, kind in self._base.execute(sql, list(lead_ids)):
            found[lead].add(kind)
        return found

    def touched(self, lead_ids: Collection[int]) -> set[int]:
        """Return those of these leads that an earlier row was about."""
        sql = f"SELECT lead FROM touched WHERE lead IN ({_places(lead_ids)})"  # noqa: S608
        return {lead for (lead,) in self._base.execute(sql, list(lead_ids))}

    def touch(self, lead_ids: Collection[int]) -> None:
        """Record that rows were about these leads."""
        self._base.executemany("INSERT OR IGNORE INTO touched VALUES (?)", [(lead,) for lead in lead_ids])

    def learn(self, owners: Mapping[Key, int]) -> None:
        """Record which leads these identifiers would belong to."""
        self._base.execute("BEGIN")
        self._base.executemany(
            "INSERT OR REPLACE INTO seen VALUES (?, ?, ?)", [(*key, lead) for key, lead in owners.items()]
        )
        self._base.execute("COMMIT")

    def merge(self, absorbed: Mapping[int, int]) -> None:
        """Record that leads would have been merged; a row about either was about the survivor."""
        for old, survivor in absorbed.items():
            self._merged[old] = survivor
            self._base.execute("UPDATE seen SET lead = ? WHERE lead = ?", [survivor, old])
            self._base.execute("UPDATE OR REPLACE touched SET lead = ? WHERE lead = ?", [survivor, old])


def _places(values: Collection[object]) -> str:
    return ", ".join("?" * len(values))
