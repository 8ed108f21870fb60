"""How much CPU and memory a part of the product has used.

CPU says more than seconds do on a machine that others use as well.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from django.db import connection

T = TypeVar("T")

PROC = Path("/proc")
TICKS = os.sysconf("SC_CLK_TCK")


def process_seconds(pid: int) -> float:
    """Return the CPU seconds of a process and all it started; 0 where the system does not tell."""
    return sum(_own_seconds(one) for one in _family(pid))


def database_seconds() -> float:
    """Return the CPU seconds of this database's connections, where its server runs on this machine."""
    name = str(connection.settings_dict["NAME"])
    if connection.vendor != "postgresql" or not PROC.exists():
        return 0.0
    return sum(_own_seconds(pid) for pid in _pids() if f" {name} " in _title(pid))


def peak_memory(pid: int) -> float:
    """Return the most memory that a process, or one it started, ever held, MB; 0 where the system does not tell."""
    return max(_own_peak(one) for one in _family(pid))


class Costs:
    """Adds up what a web server, a worker and the database use while something is measured."""

    def __init__(self, web_pid: int, worker_pid: int) -> None:
        self._web_pid = web_pid
        self._worker_pid = worker_pid
        self._used = dict.fromkeys(("web", "worker", "database"), 0.0)

    def of(self, measured: Callable[[], T]) -> T:
        """Do what is measured and add what it cost."""
        before = self._now()
        result = measured()
        for part, seconds in self._now().items():
            self._used[part] += seconds - before[part]
        return result

    def per_thing(self, things: int) -> dict[str, int]:
        """Return microseconds of CPU a thing, by part."""
        return {part: round(1e6 * seconds / things) for part, seconds in self._used.items()}

    def _now(self) -> dict[str, float]:
        web, worker = process_seconds(self._web_pid), process_seconds(self._worker_pid)
        return {"web": web, "worker": worker, "database": database_seconds()}


def _family(pid: int) -> Iterator[int]:
    yield pid
    try:
        children = (PROC / str(pid) / "task" / str(pid) / "children").read_text().split()
    except OSError:
        return
    for child in children:
        yield from _family(int(child))


def _own_seconds(pid: int) -> float:
    try:
        fields = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / TICKS


def _own_peak(pid: int) -> float:
    try:
        lines = (PROC / str(pid) / "status").read_text().splitlines()
    except OSError:
        return 0.0
    return max((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:")), default=0.0)


def _pids() -> Iterator[int]:
    return (int(entry.name) for entry in PROC.iterdir() if entry.name.isdecimal())


def _title(pid: int) -> str:
    try:
        return (PROC / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""
