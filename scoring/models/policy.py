from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from scoring.models.rule_set import RuleSet


class Policy(models.Model):
    """When a lead becomes an MQL and an SQL under a rule set. Thresholds and margin: points; memory: days."""

    rule_set = models.OneToOneField(RuleSet, on_delete=models.CASCADE, related_name="policy")
    mql_threshold = models.FloatField(
        "MQL threshold",
        default=40,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
        help_text="Points, 0 to 100. A score at or above it makes a lead an MQL.",
    )
    sql_threshold = models.FloatField(
        "SQL threshold",
        default=70,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
        help_text="Points, 0 to 100, above the MQL threshold. A score at or above it makes a lead an SQL.",
    )
    margin = models.FloatField(
        default=10,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
        help_text="Points. A lead falls back only when its score is this far below the threshold that it crossed.",
    )
    mql_on_engagement = models.BooleanField(
        "MQL on engagement",
        default=True,
        help_text="One voluntary engagement, such as an eBook download or a webinar, makes a lead an MQL.",
    )
    engagement_memory_days = models.FloatField(
        default=90,
        validators=[MinValueValidator(0.01)],
        help_text="Days, above 0. How long an engagement or a hand-raise counts.",
    )
    sql_on_hand_raise = models.BooleanField(
        "SQL on hand-raise",
        default=True,
        help_text="Asking for a demo, a quote, a meeting or sales contact makes a lead an SQL.",
    )
    gate_hand_raise = models.BooleanField(
        "gates hold back hand-raises too", default=False, help_text="Otherwise gates hold back the score path only."
    )
    require_persona = models.CharField(
        max_length=100,
        blank=True,
        default="",
        help_text="A gate: the persona that a lead must be to become an SQL by score, or any. Empty: no gate.",
    )
    require_journey = models.CharField(
        max_length=100,
        blank=True,
        default="",
        help_text="A gate: the journey that a lead must have completed to become an SQL by score, or any. Empty: none.",
    )
    direct = models.BooleanField(
        "direct pass", default=False, help_text="Every MQL becomes an SQL at once; gates still apply."
    )
    reopen_disqualified = models.BooleanField(
        default=False, help_text="A hand-raise after the disqualification reopens the lead."
    )

    class Meta:
        verbose_name_plural = "policies"
        constraints = [
            models.CheckConstraint(
                condition=Q(mql_threshold__gte=0, mql_threshold__lt=F("sql_threshold"), sql_threshold__lte=100),
                name="policy_mql_below_sql",
            ),
            models.CheckConstraint(condition=Q(margin__gte=0, margin__lte=100), name="policy_margin_0_to_100"),
            models.CheckConstraint(condition=Q(engagement_memory_days__gt=0), name="policy_memory_above_0"),
        ]

    def __str__(self) -> str:
        return f"MQL at {self.mql_threshold:g}, SQL at {self.sql_threshold:g}"
