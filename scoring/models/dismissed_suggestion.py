from django.conf import settings
from django.db import models


class DismissedSuggestion(models.Model):
    """A suggestion that an admin decided against: other points than these for a rule. It is not shown again.

    part: "rules" or "fit". points: those that the rule has; with other points it may be suggested anew.
    """

    part = models.CharField(max_length=8)
    name = models.CharField(max_length=100)
    points = models.FloatField()
    dismissed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    dismissed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["part", "name", "points"], name="suggestion_dismissed_once"),
            models.CheckConstraint(condition=models.Q(part__in=("rules", "fit")), name="dismissed_part_known"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.points:+g}"
