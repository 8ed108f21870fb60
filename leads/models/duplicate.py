from django.conf import settings
from django.db import models
from django.db.models import F, Q

from leads.models.lead import Lead


class DuplicateOrigin(models.TextChoices):
    """Why two leads are considered possible duplicates."""

    IDENTIFIERS = "identifiers", "Contradiction"
    LIKENESS = "likeness", "Likeness"


class DuplicateCandidate(models.Model):
    """Two leads that may be one person: their identifiers contradict each other, or they look alike.

    reason: in words for users. strength: 0..100. The lead with the smaller id comes first. dismissed_at: when a user
    decided that they are different people, after which they are never merged automatically.
    """

    first = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="duplicates_after")
    second = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="duplicates_before")
    reason = models.CharField(max_length=300)
    strength = models.PositiveSmallIntegerField(default=50)
    origin = models.CharField(max_length=16, choices=DuplicateOrigin, default=DuplicateOrigin.IDENTIFIERS)
    dismissed_at = models.DateTimeField(null=True, blank=True)
    dismissed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = "possible duplicate"
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="duplicate_pair_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="duplicate_pair_in_order"),
            models.CheckConstraint(condition=Q(strength__lte=100), name="duplicate_strength_0_to_100"),
            models.CheckConstraint(condition=Q(origin__in=DuplicateOrigin.values), name="duplicate_origin_known"),
        ]
        indexes = [
            # The list of pairs to decide, the most likely first.
            models.Index(
                F("strength").desc(), F("id").desc(), condition=Q(dismissed_at=None), name="duplicate_to_decide"
            ),
            # The list of dismissed pairs, the latest decision first.
            models.Index(
                F("dismissed_at").desc(),
                F("id").desc(),
                condition=Q(dismissed_at__isnull=False),
                name="duplicate_dismissed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} and {self.second_id}: {self.reason}"


class MatchKey(models.Model):
    """A key under which similar leads are found: leads with the same value are compared.

    value: a letter for its kind, a colon, and the normalised text.
    """

    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="+")
    value = models.CharField(max_length=160)

    class Meta:
        constraints = [
            # The search for duplicates: leads with the same value.
            models.UniqueConstraint(fields=["value", "lead"], name="match_key_once"),
        ]

    def __str__(self) -> str:
        return self.value
