from django.db import models
from django.db.models import F, Q


class RescoreRange(models.Model):
    """A range of lead ids that a full rescore has not finished; gone once every lead in it is scored.

    scored_to_id: leads up to this id are scored, those after it, up to last_id, count as due.
    """

    scored_to_id = models.BigIntegerField()
    last_id = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(scored_to_id__lt=F("last_id")), name="rescore_range_not_empty"),
        ]

    def __str__(self) -> str:
        return f"Leads {self.scored_to_id + 1} to {self.last_id}"
