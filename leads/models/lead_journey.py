from django.db import models
from django.db.models import F, Q

from leads.models.lead import Lead


class LeadJourney(models.Model):
    """A lead's progress on one journey; no row before the first step.

    progress: steps done of `steps`. reached_at: when the latest of them was done.
    """

    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="journeys", db_index=False)
    name = models.CharField(max_length=100)
    steps = models.PositiveSmallIntegerField()
    progress = models.PositiveSmallIntegerField()
    is_complete = models.BooleanField(default=False)
    reached_at = models.DateTimeField()

    class Meta:
        constraints = [
            # Also the lead page: a lead's journeys.
            models.UniqueConstraint(fields=["lead", "name"], name="lead_journey_once"),
            models.CheckConstraint(
                condition=Q(progress__gte=1, progress__lte=F("steps")), name="lead_journey_progress_within_steps"
            ),
        ]
        indexes = [
            # The lead list: filter by progress on a journey.
            models.Index(fields=["name", "progress", "lead"], name="lead_journey_by_progress"),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.progress} of {self.steps}"
