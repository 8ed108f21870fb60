from django.db import models
from django.db.models import Q

from scoring.models.rule_set import RuleSet


class Per(models.TextChoices):
    """The period of a rule's limit."""

    DAY = "day", "day"
    WEEK = "week", "week (Monday to Sunday)"
    MONTH = "month", "calendar month"
    EVER = "ever", "ever"
    VALUE = "value", "value of a property"


class Rule(models.Model):
    """A behaviour rule: points, which decay, for events of one kind that meet all conditions.

    half_life_days: days; cap and points: points. conditions: a list of {"field", "op", "value"}.
    """

    rule_set = models.ForeignKey(RuleSet, on_delete=models.CASCADE, related_name="rules")
    position = models.PositiveIntegerField(default=0)
    name = models.CharField(max_length=100, help_text="What the explanation of a score calls it.")
    kind = models.CharField("event kind", max_length=60, help_text="Which events count, for example page_viewed.")
    points = models.FloatField(help_text="Points an event is worth at once, -100 to 100. Negative points take away.")
    half_life_days = models.FloatField(
        "half-life",
        null=True,
        blank=True,
        help_text="Days, above 0, in which the points of an event halve. Empty: they never fade.",
    )
    cap = models.FloatField(
        null=True, blank=True, help_text="Points, above 0. The most (or least) the whole rule gives. Empty: no cap."
    )
    limit_count = models.PositiveIntegerField(
        "at most", null=True, blank=True, help_text="Events that count in a period, the latest ones. Empty: all."
    )
    limit_per = models.CharField("per", max_length=16, choices=Per, blank=True, default="")
    limit_value_of = models.CharField(
        "value of", max_length=100, blank=True, default="", help_text="The property, for example properties.webinar."
    )
    conditions = models.JSONField(default=list, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(points__gte=-100, points__lte=100), name="rule_points_within_100"),
            models.CheckConstraint(
                condition=Q(half_life_days=None) | Q(half_life_days__gt=0), name="rule_half_life_above_0"
            ),
            models.CheckConstraint(condition=Q(cap=None) | Q(cap__gt=0), name="rule_cap_above_0"),
            models.CheckConstraint(
                condition=Q(limit_count=None, limit_per="") | (Q(limit_count__gt=0) & ~Q(limit_per="")),
                name="rule_limit_whole",
            ),
            models.UniqueConstraint(fields=["rule_set", "name"], name="rule_name_once"),
        ]

    def __str__(self) -> str:
        return self.name


class FitRule(models.Model):
    """A fit rule: points, which do not decay, for an attribute that meets the condition."""

    rule_set = models.ForeignKey(RuleSet, on_delete=models.CASCADE, related_name="fit_rules")
    position = models.PositiveIntegerField(default=0)
    name = models.CharField(max_length=100, help_text="What the explanation of a score calls it.")
    field = models.CharField(
        max_length=100, help_text="An attribute of the lead, for example title or organization.industry."
    )
    op = models.CharField("is compared by", max_length=20)
    value = models.JSONField(default=None, null=True, blank=True)
    points = models.FloatField(help_text="Points, -100 to 100.")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(points__gte=-100, points__lte=100), name="fit_rule_points_within_100"),
            models.UniqueConstraint(fields=["rule_set", "name"], name="fit_rule_name_once"),
        ]

    def __str__(self) -> str:
        return self.name
