"""Retention of import files."""

from datetime import datetime, timedelta

from django.core.files.storage import default_storage

from leads.models import ImportJob
from leads.models.import_job import AT_WORK


def remove_old_files(*, kept: timedelta, now: datetime) -> int:
    """Delete the files, and the sample rows, of imports older than `kept`; return how many."""
    old = ImportJob.objects.filter(created_at__lt=now - kept).exclude(file="").exclude(state__in=AT_WORK)
    removed = 0
    for job in old.order_by("pk"):
        default_storage.delete(job.file)
        removed += ImportJob.objects.filter(pk=job.pk).update(file="", first_rows=[])
    return removed
