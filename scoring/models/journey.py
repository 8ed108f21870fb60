from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q

from scoring.models.rule_set import RuleSet


class Journey(models.Model):
    """Steps that a lead takes in order, the last at most window_days after the first.

    steps: a list of {"name", "kind", "conditions"}; conditions as in a rule.
    """

    rule_set = models.ForeignKey(RuleSet, on_delete=models.CASCADE, related_name="journeys")
    position = models.PositiveIntegerField(default=0)
    name = models.CharField(max_length=100)
    window_days = models.FloatField(
        "window",
        default=30,
        validators=[MinValueValidator(0.01)],
        help_text="Days, above 0. From the first step to the last.",
    )
    steps = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(window_days__gt=0), name="journey_window_above_0"),
            models.UniqueConstraint(fields=["rule_set", "name"], name="journey_name_once"),
        ]

    def __str__(self) -> str:
        return self.name
