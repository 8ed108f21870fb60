from django.conf import settings
from django.db import models
from django.db.models import F, Q

from leads.models.lead import Lead


class Merge(models.Model):
    """A lead that was merged into another, with everything needed to undo it.

    Written once; an undo only adds when and by whom. merged_by: empty if intake recognised one person. reason: in
    words. before: the survivor's former row, who held which identifier, and which rows moved; see
    leads.identity.remember. The absorbed lead's row stays as it was.
    """

    survivor = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="merges")
    absorbed = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="merges_away")
    reason = models.CharField(max_length=400)
    before = models.JSONField()
    merged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    merged_at = models.DateTimeField()
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(survivor=F("absorbed")), name="merge_of_two_leads"),
            models.UniqueConstraint(fields=["absorbed"], condition=Q(undone_at=None), name="merge_absorbs_once"),
        ]
        indexes = [
            # The list of merges, the latest first.
            models.Index(F("merged_at").desc(), F("id").desc(), name="merge_by_time"),
        ]

    def __str__(self) -> str:
        return f"lead {self.absorbed_id} into lead {self.survivor_id}"
