from django.conf import settings
from django.db import models


class AuditEntry(models.Model):
    """Who changed something that others rely on: rules, users, write keys. Never contains personal data of a lead."""

    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    action = models.CharField(max_length=60)
    subject = models.CharField(max_length=200)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "audit entries"
        indexes = [
            # The audit list in the admin, newest first.
            models.Index(fields=["-created_at", "-id"], name="audit_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.action}: {self.subject}"
