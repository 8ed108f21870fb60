from django.db import models

from leads.models import Lead


class ScoreEntries(models.Model):
    """The explanation of a lead's stored score, written only when it changed; time alone does not change it.

    entries: lines as of each one's latest event; `scoring.qualification.explanation` writes them and tells what they
    are worth at a moment. Lists rather than objects, as a rescore may write one for every lead. digest: a number that
    changes with them.
    """

    lead = models.OneToOneField(Lead, primary_key=True, on_delete=models.CASCADE, related_name="score_entries")
    entries = models.JSONField(default=list)
    digest = models.BigIntegerField(default=0)

    class Meta:
        verbose_name_plural = "score entries"

    def __str__(self) -> str:
        return f"{len(self.entries)} entries of lead {self.lead_id}"
