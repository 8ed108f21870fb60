"""Let go of what forms kept for a while: blocked answers nobody wanted, and mails that went out long ago."""

from datetime import datetime, timedelta

from leads.models import FormMail, FormSubmission

KEPT = timedelta(days=90)
AT_ONCE = 5_000


def forget_old_submissions(*, now: datetime) -> None:
    """Delete submissions and mails that are older than 90 days. What was taken in is an event and stays."""
    for rows in (
        FormSubmission.objects.filter(received_at__lt=now - KEPT),
        FormMail.objects.filter(made_at__lt=now - KEPT),
    ):
        while ids := list(rows.values_list("pk", flat=True)[:AT_ONCE]):
            rows.filter(pk__in=ids).delete()
