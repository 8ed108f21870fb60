from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F

from leads.models.form import Form


class Kiosk(models.Model):
    """A form on a stand's tablets for the days of an event.

    event: its name, stored with every card. ends_at: when it closes by itself; ended_at: when a user closed it earlier.
    seen_at: when a tablet last contacted the server.
    """

    form = models.ForeignKey(Form, on_delete=models.CASCADE, related_name="kiosks")
    event = models.CharField(max_length=120)
    ends_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=F("created_at")), name="kiosk_ends_after_it_was_made"
            ),
        ]
        indexes = [
            # The list of stands, newest first.
            models.Index(F("created_at").desc(), F("id").desc(), name="kiosk_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.event}: {self.form_id}"

    def is_open(self, now: datetime) -> bool:
        """Return whether its tablets may send cards."""
        return self.ended_at is None and now < self.ends_at
