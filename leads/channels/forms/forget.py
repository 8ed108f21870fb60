"""Retention: delete blocked submissions that nobody took in, and old mails."""

from datetime import datetime, timedelta

from leads.models import FormMail, FormSubmission

KEPT = timedelta(days=90)
AT_ONCE = 5_000


def forget_old_submissions(*, now: datetime) -> None:
    """Delete submissions and mails older than 90 days. Submissions that were taken in remain as events."""
    for rows in (
        FormSubmission.objects.filter(received_at__lt=now - KEPT),
        FormMail.objects.filter(made_at__lt=now - KEPT),
    ):
        while ids := list(rows.values_list("pk", flat=True)[:AT_ONCE]):
            rows.filter(pk__in=ids).delete()
