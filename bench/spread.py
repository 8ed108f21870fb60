"""A full rescore spread over the processes of Celery's worker, as publishing sets it off."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.utils import timezone

from bench.cpu import peak_memory
from bench.servers import worker
from leadcrm.celery import app
from leads.models import Lead
from scoring.models import RuleSet
from scoring.rules.full_rescore import is_rescoring
from scoring.rules.publish import publish

SETTLES_WITHIN = 1800.0  # seconds
LOOK_EVERY = 0.05


class Spread:
    """Measures one process against two. memory: the most that any of them held, MB. versions: to be published."""

    def __init__(self, versions: Iterator[int]) -> None:
        self.memory = 0.0
        self._versions = versions

    def seconds(self, processes: int) -> float:
        """Return how long so many take from the publishing of a rule set to the last lead."""
        with _ready_worker(processes) as pid:
            started = time.perf_counter()
            publish(RuleSet.objects.get(version=next(self._versions)), by=None, now=timezone.now())
            while not _is_settled():
                if time.perf_counter() - started > SETTLES_WITHIN:
                    raise SystemExit(f"Every lead must be scored within {SETTLES_WITHIN:.0f} s, some are not.")
                time.sleep(LOOK_EVERY)
            seconds = time.perf_counter() - started
            self.memory = max(self.memory, peak_memory(pid))
        return seconds


@contextmanager
def _ready_worker(processes: int) -> Iterator[int]:
    with worker(processes) as pid:
        while not app.control.ping(timeout=0.5):
            pass
        yield pid


def _is_settled() -> bool:
    return not is_rescoring() and not Lead.objects.due_for_scoring(timezone.now()).exists()
