from django.db import models

from leads.models import Lead


class ScoreEntries(models.Model):
    """The explanation of a lead's stored score, written only when it changed.

    entries: a list of [rule, kind, points given, points now, count, last at (POSIX seconds)]; the points now sum to the
    score. Lists rather than objects, as a rescore writes one for every lead.
    """

    lead = models.OneToOneField(Lead, primary_key=True, on_delete=models.CASCADE, related_name="score_entries")
    entries = models.JSONField(default=list)

    class Meta:
        verbose_name_plural = "score entries"

    def __str__(self) -> str:
        return f"{len(self.entries)} entries of lead {self.lead_id}"
