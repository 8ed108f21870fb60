from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from scoring.models.rule_set import RuleSet


class Persona(models.Model):
    """A kind of person we sell to, defined by criteria. The best match adds its points to a lead's fit.

    minimum: the share of all points, 0..1, from which a lead counts as this persona. criteria: a list of {"name",
    "field", "op", "value", "points"}.
    """

    rule_set = models.ForeignKey(RuleSet, on_delete=models.CASCADE, related_name="personas")
    position = models.PositiveIntegerField(default=0)
    name = models.CharField(max_length=100)
    minimum = models.FloatField(
        default=0.5,
        validators=[MinValueValidator(0), MaxValueValidator(1)],
        help_text="Part of all points, 0 to 1. A lead that matches at least as much is this persona.",
    )
    criteria = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(minimum__gte=0, minimum__lte=1), name="persona_minimum_0_to_1"),
            models.UniqueConstraint(fields=["rule_set", "name"], name="persona_name_once"),
        ]

    def __str__(self) -> str:
        return self.name
