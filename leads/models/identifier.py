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
    """An identifier of one lead or, without a lead, of an unknown visitor.

    value: an e-mail address in lower case, a phone number in E.164, or an id as the client sent it. met: the identifier
    together with which it was first seen; empty if a user entered it or it was the lead's first.
    """

    kind = models.CharField(max_length=16, choices=IdentifierKind)
    value = models.CharField(max_length=320)
    lead = models.ForeignKey(Lead, null=True, blank=True, on_delete=models.CASCADE, related_name="identifiers")
    # Read only when a merge is undone, by primary key; never searched by.
    met = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.DO_NOTHING,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=IdentifierKind.values), name="identifier_kind_known"),
            models.UniqueConstraint(fields=["kind", "value"], name="identifier_once"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.value}"
