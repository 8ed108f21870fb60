from django.db import models
from django.db.models import Q

from leads.models.lead import Lead


class IdentifierKind(models.TextChoices):
    """What a lead is recognised by, strongest first."""

    USER_ID = "user_id", "User id"
    EMAIL = "email", "E-mail"
    PHONE = "phone", "Phone"
    ANONYMOUS_ID = "anonymous_id", "Anonymous id"


class Identifier(models.Model):
    """One thing that identifies one lead; without a lead, a visitor nobody knows yet.

    value: an e-mail address in lower case, a phone number in E.164, or an id as the client sent it.
    """

    kind = models.CharField(max_length=16, choices=IdentifierKind)
    value = models.CharField(max_length=320)
    lead = models.ForeignKey(Lead, null=True, blank=True, on_delete=models.CASCADE, related_name="identifiers")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=IdentifierKind.values), name="identifier_kind_known"),
            models.UniqueConstraint(fields=["kind", "value"], name="identifier_once"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.value}"


class DuplicateCandidate(models.Model):
    """Two leads that may be one person, because something that they were identified by contradicts itself.

    reason: in words a user may read. The lead with the smaller id stands first.
    """

    first = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="duplicates_after")
    second = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="duplicates_before")
    reason = models.CharField(max_length=200)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = "possible duplicate"
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="duplicate_pair_once"),
            models.CheckConstraint(condition=Q(first__lt=models.F("second")), name="duplicate_pair_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} and {self.second_id}: {self.reason}"
