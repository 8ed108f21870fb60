"""Events as scoring reads them: arrays of a whole batch of leads, in two queries.

The first reads every event's lead, time and kind; the second the details of those whose rules ask for them. What
PostgreSQL sends in binary to be taken as it is, SQLite hands over row by row.
"""

import io
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
import orjson
from django.db import connection
from numpy.typing import NDArray

from leads.events.catalog import BOOKKEEPING, BY_KEY, HAND_RAISE_KINDS, KINDS_JUDGED_BY_PROPERTIES, VOLUNTARY_KINDS
from leads.events.catalog import is_voluntary as is_voluntary_event
from leads.rows import fetch, is_among, is_postgresql, is_within, posix_seconds
from scoring.engine.batch import Events, Ints, object_array
from scoring.engine.facts import SIGNALS, RuleSet, known_kinds, needed_details

# What a row of the first query is; the kinds it can't number, custom ones without a rule, come with the second.
_FIELDS = ("id", "lead", "at", "kind", "signal")
_ROW = np.dtype([("id", np.int64), ("lead", np.int64), ("at", np.float64), ("kind", np.int64), ("signal", np.int64)])
_COPIED = np.dtype(
    [("fields", ">i2"), *((f"{name}{part}", kind) for name in _FIELDS for part, kind in
     (("_length", ">i4"), ("", ">f8" if name == "at" else ">i8")))]
)  # fmt: skip
_COPY_HEADER, _COPY_TRAILER = 19, 2
_NO_DETAILS: Mapping[str, object] = {}
# Properties come again and again: those that were read last are remembered.
_REMEMBERED = 50_000


def read_events(lead_ids: Ints, *rule_sets: RuleSet) -> Events:
    """Read the events of these leads, given in id order, that can count under any of these rules.

    row: the position of a lead's id.
    """
    known = _known_kinds(rule_sets)
    rows = _read(lead_ids.tolist(), known) if len(lead_ids) else np.empty(0, _ROW)
    rows = rows[np.isin(rows["lead"], lead_ids)]
    rows = rows[np.lexsort((rows["kind"], rows["at"], rows["lead"]))]
    needed = frozenset[str]().union(*map(needed_details, rule_sets))
    detailed = (needed | KINDS_JUDGED_BY_PROPERTIES) & set(known)
    position, details = _details(lead_ids.tolist(), detailed, known, rows)
    return _events(lead_ids, rows, known, position, details)


def _known_kinds(rule_sets: Collection[RuleSet]) -> tuple[str, ...]:
    """Return the kinds that the first query numbers, from 1."""
    return tuple(sorted(frozenset(BY_KEY).union(*map(known_kinds, rule_sets))))


def _read(lead_ids: Sequence[int], known: Sequence[str]) -> NDArray[Any]:
    condition, parameters = is_within("event.lead_id", lead_ids)
    signal = " ".join(f"WHEN '{name}' THEN {number}" for number, name in enumerate(SIGNALS))
    columns = ["event.id", "event.lead_id", posix_seconds("event.occurred_at")]
    columns += [_number("coalesce(known.number, 0)"), _number(f"CASE event.signal {signal} END")]
    sql = f"""
        SELECT {", ".join(columns)}
        FROM leads_event event LEFT JOIN {_numbered_kinds()} ON known.kind = event.kind
        WHERE {condition}
    """  # noqa: S608 - names of our own
    arguments = [orjson.dumps(known).decode(), *parameters]
    rows = _copy(sql, arguments) if is_postgresql() else np.array(fetch(sql, arguments), _ROW)
    bookkeeping = [number for number, kind in enumerate(known, 1) if kind in BOOKKEEPING]
    return rows[~np.isin(rows["kind"], bookkeeping)]


def _number(expression: str) -> str:
    return f"({expression})::bigint" if is_postgresql() else expression


def _numbered_kinds() -> str:
    """Return a table of the kinds, given as a JSON list, and their numbers from 1."""
    if is_postgresql():
        return "jsonb_array_elements_text(%s) WITH ORDINALITY AS known(kind, number)"
    return "(SELECT value AS kind, key + 1 AS number FROM json_each(%s)) AS known"


def _copy(sql: str, parameters: Sequence[Any]) -> NDArray[Any]:
    """Read rows of fixed width as PostgreSQL sends them: a header, then for each row and field its length and bytes."""
    received = io.BytesIO()
    with connection.cursor() as cursor:
        query = cursor.mogrify(sql, parameters).decode()
        cursor.copy_expert(f"COPY ({query}) TO STDOUT (FORMAT binary)", received)
    length = received.tell() - _COPY_HEADER - _COPY_TRAILER
    copied = np.frombuffer(received.getbuffer(), _COPIED, length // _COPIED.itemsize, _COPY_HEADER)
    rows = np.empty(len(copied), _ROW)
    for name in _FIELDS:
        rows[name] = copied[name]
    return rows


def _details(
    lead_ids: Sequence[int], detailed: Collection[str], known: Sequence[str], rows: NDArray[Any]
) -> tuple[Ints, list[tuple[Any, ...]]]:
    """Return positions of events in `rows`, and the kind, name and properties of each."""
    condition, parameters = is_within("lead_id", lead_ids)
    of_kinds, kinds = is_among("kind", sorted(detailed))
    if (rows["kind"] == 0).any():
        is_known, numbered = is_among("kind", known)
        of_kinds, kinds = f"({of_kinds} OR NOT {is_known})", [*kinds, *numbered]
    text = "properties::text" if is_postgresql() else "properties"
    sql = f"""
        SELECT id, kind, name, {text} FROM leads_event
        WHERE {condition} AND {of_kinds}
    """  # noqa: S608 - names of our own
    details = fetch(sql, [*parameters, *kinds])
    ids = np.array([detail[0] for detail in details], np.int64)
    by_id = np.argsort(rows["id"])
    found = np.minimum(np.searchsorted(rows["id"], ids, sorter=by_id), max(len(rows) - 1, 0))
    position = by_id[found] if len(rows) else found
    # An event that came in between the two queries makes its lead due again; it waits until then.
    is_there = rows["id"][position] == ids if len(rows) else np.zeros(len(ids), np.bool_)
    return position[is_there], [details[number] for number in np.flatnonzero(is_there).tolist()]


class _Parsed(dict[str, Mapping[str, object]]):
    """Properties by their JSON text."""

    def __missing__(self, text: str) -> Mapping[str, object]:
        if len(self) >= _REMEMBERED:
            self.clear()
        value = self[text] = orjson.loads(text)
        return value


_parsed = _Parsed()


def _events(
    lead_ids: Ints, rows: NDArray[Any], known: Sequence[str], position: Ints, details: Sequence[tuple[Any, ...]]
) -> Events:
    properties, names = np.full(len(rows), _NO_DETAILS, np.object_), np.full(len(rows), "", np.object_)
    properties[position] = object_array([_parsed[detail[3]] for detail in details])
    names[position] = object_array([detail[2] for detail in details])
    kind, kinds = _with_custom_kinds(rows["kind"] - 1, known, position, details)
    voluntary = _flags(kinds, VOLUNTARY_KINDS)[kind]
    judged = position[_flags(kinds, KINDS_JUDGED_BY_PROPERTIES)[kind[position]]]
    for event in judged.tolist():
        voluntary[event] = is_voluntary_event(kinds[kind[event]], properties[event])
    return Events(
        np.searchsorted(lead_ids, rows["lead"]),
        rows["at"],
        kind,
        kinds,
        rows["signal"],
        voluntary,
        _flags(kinds, HAND_RAISE_KINDS)[kind],
        properties,
        names,
    )


def _with_custom_kinds(
    kind: Ints, known: Sequence[str], position: Ints, details: Sequence[tuple[Any, ...]]
) -> tuple[Ints, tuple[str, ...]]:
    """Number the kinds that have no rule as well: what a lead did last is told by its kind."""
    unknown = np.flatnonzero(kind[position] < 0).tolist()
    custom = sorted({details[number][1] for number in unknown})
    numbers = {name: len(known) + number for number, name in enumerate(custom)}
    for number in unknown:
        kind[position[number]] = numbers[details[number][1]]
    return kind, (*known, *custom)


def _flags(kinds: Sequence[str], wanted: Collection[str]) -> NDArray[np.bool_]:
    return np.fromiter((kind in wanted for kind in kinds), np.bool_, len(kinds))
