from django.conf import settings
from django.db import models
from django.db.models import Q

from leads.models.lead import Lead, Stage


class StageChange(models.Model):
    """A lead's move between stages: why, by whom, under which rule set version, with which scores.

    actor: empty if scoring moved the lead. evidence: what supported the move, each with "kind" and "rule": the
    strongest entries of the explanation, the persona ("persona"), the journeys ("journey").
    """

    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="stage_changes", db_index=False)
    from_stage = models.CharField(max_length=16, choices=Stage)
    to_stage = models.CharField(max_length=16, choices=Stage)
    reason = models.CharField(max_length=500)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    rule_set_version = models.PositiveIntegerField(null=True, blank=True)
    score = models.FloatField(default=0)
    fit = models.FloatField(default=0)
    behaviour = models.FloatField(default=0)
    evidence = models.JSONField(default=list)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(from_stage__in=Stage.values, to_stage__in=Stage.values), name="stage_change_stages_known"
            ),
        ]
        indexes = [
            # The lead page: its history, oldest first.
            models.Index(fields=["lead", "id"], name="stage_change_by_lead"),
            # The dashboard: the number of leads that reached a stage in a period.
            models.Index(fields=["to_stage", "changed_at"], name="stage_change_by_stage"),
        ]

    def __str__(self) -> str:
        return f"{self.from_stage} to {self.to_stage}: {self.reason}"
