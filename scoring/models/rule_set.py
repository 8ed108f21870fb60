from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q


class RuleSetStatus(models.TextChoices):
    """Whether a rule set is a draft, live or archived."""

    DRAFT = "draft", "Draft"
    LIVE = "live", "Live"
    ARCHIVED = "archived", "Archived"


class RuleSet(models.Model):
    """Everything that determines a score, under one version number.

    One rule set is live. Archived ones never change, because stage changes refer to their version.
    """

    version = models.PositiveIntegerField()
    status = models.CharField(max_length=16, choices=RuleSetStatus, default=RuleSetStatus.DRAFT)
    name = models.CharField(max_length=100, default="Default")
    note = models.CharField(max_length=300, blank=True, default="", help_text="What this version changes, and why.")
    behaviour_limit = models.FloatField(
        default=60,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
        help_text="Points, 0 to 100. The most that what a lead did can be worth.",
    )
    fit_limit = models.FloatField(
        default=40,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
        help_text="Points, 0 to 100. The most that who a lead is can be worth; with the behaviour limit at most 100.",
    )
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version"], name="rule_set_version_once"),
            models.UniqueConstraint(
                fields=["status"], condition=Q(status=RuleSetStatus.LIVE), name="rule_set_one_live"
            ),
            models.CheckConstraint(condition=Q(status__in=RuleSetStatus.values), name="rule_set_status_known"),
            models.CheckConstraint(
                condition=Q(behaviour_limit__gte=0, fit_limit__gte=0, behaviour_limit__lte=100 - F("fit_limit")),
                name="rule_set_limits_within_100",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} v{self.version}"
