"""Which process works on which import: one at a time; another takes over if it dies."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db.models import Q

from leads.channels.imports.check import check_import
from leads.channels.imports.run import run_import
from leads.channels.imports.undo import undo_import
from leads.models import ImportJob, ImportState
from leads.models.import_job import AT_WORK

# A chunk takes a second or two. A worker without a heartbeat for this long is considered dead.
DEAD_AFTER = timedelta(seconds=20)
# Let other tasks run after this long.
SPAN = timedelta(seconds=20)


def waiting_imports(*, now: datetime) -> list[int]:
    """Return the imports that need a worker and have none, the longest waiting first."""
    unheard = Q(heartbeat_at=None) | Q(heartbeat_at__lt=now - DEAD_AFTER)
    waiting = ImportJob.objects.filter(unheard, state__in=AT_WORK).order_by("created_at", "pk")
    return list(waiting.values_list("pk", flat=True))


def work_on_import(job_id: int, *, clock: Callable[[], datetime]) -> bool:
    """Check, run or undo an import (a run for about 20 seconds); return whether there is more to do.

    Does nothing if another worker has it, or if there is nothing to do.
    """
    now = clock()
    unheard = Q(heartbeat_at=None) | Q(heartbeat_at__lt=now - DEAD_AFTER)
    # A conditional update decides which worker gets it.
    if not ImportJob.objects.filter(unheard, pk=job_id, state__in=AT_WORK).update(heartbeat_at=now):
        return False
    state = ImportJob.objects.values_list("state", flat=True).get(pk=job_id)
    if state == ImportState.CHECKING:
        check_import(job_id, clock=clock)
    elif state == ImportState.UNDOING:
        undo_import(job_id, clock=clock)
    elif run_import(job_id, clock=clock, span=SPAN):
        ImportJob.objects.filter(pk=job_id, state=ImportState.RUNNING).update(heartbeat_at=None)
        return True
    return False
