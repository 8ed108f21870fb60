"""Events as scoring reads them: arrays of a whole batch of leads, in one query.

PostgreSQL gathers each column of the batch into one value and sends it in binary, to be taken as it is; SQLite hands
over row by row.
"""

import io
import struct
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson
from django.db import connection
from numpy.typing import NDArray

from leads.events.catalog import BOOKKEEPING, HAND_RAISE_KINDS, KINDS_JUDGED_BY_PROPERTIES, VOLUNTARY_KINDS
from leads.events.catalog import is_voluntary as is_voluntary_event
from leads.rows import fetch, is_among, is_postgresql, is_within, posix_seconds
from scoring.engine.batch import Events, Floats, Ints, object_array
from scoring.engine.facts import SIGNALS, RuleSet, kinds_by_name, needed_details

_SIGNAL_NUMBERS = {signal: number for number, signal in enumerate(SIGNALS)}
# Neither kinds nor signals have one in them.
_SEPARATOR = ","


class TooManyEvents(Exception):
    """Some leads have more events together than were asked for."""


def read_events(lead_ids: Ints, *rule_sets: RuleSet, most: int | None = None) -> Events:
    """Read the events of these leads, given in id order, that can count under any of these rules.

    row: the position of a lead's id. Raises TooManyEvents where there are more than `most`.
    """
    detailed = KINDS_JUDGED_BY_PROPERTIES.union(*map(needed_details, rule_sets))
    named = frozenset[str]().union(*map(kinds_by_name, rule_sets))
    read = _read_at_once if is_postgresql() else _read_each
    columns = read(lead_ids.tolist(), detailed, named, most) if len(lead_ids) else _NOTHING
    if most is not None and len(columns.lead) > most:
        raise TooManyEvents(f"{len(lead_ids)} leads have more than {most} events.")
    row = np.searchsorted(lead_ids, columns.lead)
    kinds, kind = _numbered(columns.kind)
    # The range that was read may hold leads that were not asked for.
    asked = np.flatnonzero(np.isin(columns.lead, lead_ids))
    in_order = asked[np.lexsort((kind[asked], columns.at[asked], row[asked]))]
    events = Events(
        row,
        columns.at,
        kind,
        kinds,
        np.fromiter(map(_SIGNAL_NUMBERS.__getitem__, columns.signal), np.int64, len(row)),
        _voluntary(kinds, kind, columns.properties),
        _flags(kinds, HAND_RAISE_KINDS)[kind],
        object_array(columns.properties),
        object_array(columns.name),
    )
    return events.take(in_order, row[in_order])


@dataclass(frozen=True, slots=True, eq=False)
class _Columns:
    """Events as they are stored, at: POSIX seconds; properties, name: empty where no rule asks for them."""

    lead: Ints
    at: Floats
    kind: Sequence[str]
    signal: Sequence[str]
    properties: Sequence[Any]
    name: Sequence[str]


_NOTHING = _Columns(np.empty(0, np.int64), np.empty(0), [], [], [], [])


def _read_at_once(
    lead_ids: Sequence[int], detailed: Collection[str], named: Collection[str], most: int | None
) -> _Columns:
    events, parameters = _wanted(lead_ids, most)
    properties, of_kinds = _where(detailed, "properties::text", "{}")
    name, of_names = _where(named, "to_json(name)::text", '""')
    sql = f"""
        SELECT array_agg(lead_id), array_agg(occurred_at), string_agg(kind, '{_SEPARATOR}'),
               string_agg(signal, '{_SEPARATOR}'), string_agg({properties}, ','), string_agg({name}, ',')
        FROM {events}
    """  # noqa: S608 - names of our own
    lead, at, kind, signal, properties_json, name_json = _copied(sql, [*of_kinds, *of_names, *parameters])
    if not lead:
        return _NOTHING
    return _Columns(
        _array(lead),
        (_array(at) + _MICROSECONDS_BEFORE_2000) / 1_000_000,
        kind.decode().split(_SEPARATOR),
        signal.decode().split(_SEPARATOR),
        orjson.loads(b"[%b]" % properties_json),
        orjson.loads(b"[%b]" % name_json),
    )


def _read_each(
    lead_ids: Sequence[int], detailed: Collection[str], named: Collection[str], most: int | None
) -> _Columns:
    """The portable twin."""
    events, parameters = _wanted(lead_ids, most)
    properties, of_kinds = _where(detailed, "properties", "{}")
    name, of_names = _where(named, "name", "")
    sql = f"""
        SELECT lead_id, {posix_seconds("occurred_at")}, kind, signal, {properties}, {name}
        FROM {events}
    """  # noqa: S608 - names of our own
    rows = fetch(sql, [*of_kinds, *of_names, *parameters])
    if not rows:
        return _NOTHING
    lead, at, kind, signal, properties_json, names = zip(*rows, strict=True)
    properties_of = orjson.loads(f"[{','.join(properties_json)}]")
    return _Columns(np.array(lead, np.int64), np.array(at, np.float64), kind, signal, properties_of, names)


def _wanted(lead_ids: Sequence[int], most: int | None) -> tuple[str, list[Any]]:
    """Return the table of the events, no more than one too many, and its parameters."""
    condition, parameters = is_within("lead_id", lead_ids)
    is_bookkeeping, kinds = is_among("kind", sorted(BOOKKEEPING))
    limit = "" if most is None else f"LIMIT {most + 1:d}"
    events = f"(SELECT * FROM leads_event WHERE {condition} AND NOT {is_bookkeeping} {limit}) AS event"  # noqa: S608
    return events, [*parameters, *kinds]


def _where(kinds: Collection[str], value: str, otherwise: str) -> tuple[str, list[Any]]:
    """Return the expression for a value of events of these kinds, another constant elsewhere, and its parameters."""
    if not kinds:
        return f"'{otherwise}'", []
    condition, parameters = is_among("kind", sorted(kinds))
    return f"CASE WHEN {condition} THEN {value} ELSE '{otherwise}' END", parameters


def _numbered(words: Sequence[str]) -> tuple[tuple[str, ...], Ints]:
    """Return the different words in order, and the position of each word among them."""
    different = tuple(sorted(set(words)))
    position = {word: number for number, word in enumerate(different)}
    return different, np.fromiter(map(position.__getitem__, words), np.int64, len(words))


def _voluntary(kinds: Sequence[str], kind: Ints, properties: Sequence[Any]) -> NDArray[np.bool_]:
    voluntary = _flags(kinds, VOLUNTARY_KINDS)[kind]
    for event in np.flatnonzero(_flags(kinds, KINDS_JUDGED_BY_PROPERTIES)[kind]).tolist():
        voluntary[event] = is_voluntary_event(kinds[kind[event]], properties[event])
    return voluntary


def _flags(kinds: Sequence[str], wanted: Collection[str]) -> NDArray[np.bool_]:
    return np.fromiter((kind in wanted for kind in kinds), np.bool_, len(kinds))


# How PostgreSQL sends things in binary: https://www.postgresql.org/docs/current/sql-copy.html, "Binary Format", and
# array_send() in its source: dimensions, flags, type, size and lower bound, then each item behind its length.
_COPY_HEADER, _ARRAY_HEADER = 19, 20
_ITEM = np.dtype([("length", ">i4"), ("value", ">i8")])
# Its times count microseconds from 2000-01-01.
_MICROSECONDS_BEFORE_2000 = 946_684_800_000_000


def _copied(sql: str, parameters: Sequence[Any]) -> list[bytes]:
    """Run a query that returns one row and return its fields in binary, empty for NULL."""
    received = io.BytesIO()
    with connection.cursor() as cursor:
        query = cursor.mogrify(sql, parameters).decode()
        cursor.copy_expert(f"COPY ({query}) TO STDOUT (FORMAT binary)", received)
    return list(_fields(received.getvalue()))


def _fields(row: bytes) -> Iterator[bytes]:
    (count,) = struct.unpack_from(">h", row, _COPY_HEADER)
    begin = _COPY_HEADER + 2
    for _ in range(count):
        (length,) = struct.unpack_from(">i", row, begin)
        begin += 4
        yield row[begin : begin + max(length, 0)]
        begin += max(length, 0)


def _array(field: bytes) -> Ints:
    items: Ints = np.frombuffer(field, _ITEM, offset=_ARRAY_HEADER)["value"].astype(np.int64)
    return items
