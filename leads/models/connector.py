from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q

from leads.models.lead import Lead
from leads.models.source import Source


class Connector(models.Model):
    """A vendor's account that sends us events, to an address of its own.

    provider: a name in leads.channels.connectors.registry. key: the unguessable part of the address. sealed_secrets:
    for verifying deliveries, readable only through leads.secrets. settings: the provider's options, such as the mapping
    of a generic webhook. refused_count: deliveries that were not authentic, of which only the last reason is kept.
    """

    provider = models.CharField(max_length=40)
    name = models.CharField(max_length=60)
    key = models.CharField(max_length=64)
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="+")
    sealed_secrets = models.TextField(blank=True, default="", editable=False)
    settings = models.JSONField(default=dict, blank=True)
    is_active = models.BooleanField(default=True)
    verified_at = models.DateTimeField(null=True, blank=True)
    refused_count = models.PositiveIntegerField(default=0)
    refused_at = models.DateTimeField(null=True, blank=True)
    refused_reason = models.CharField(max_length=300, blank=True, default="")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key"], name="connector_key_once"),
            models.UniqueConstraint(fields=["name"], name="connector_name_once"),
        ]

    def __str__(self) -> str:
        return self.name


class DeliveryState(models.TextChoices):
    """The state of a delivery."""

    WAITING = "waiting", "Waiting"
    PENDING = "pending", "Content to be fetched"
    PROCESSED = "processed", "Processed"
    IGNORED = "ignored", "Nothing to do"
    FAILED = "failed", "Failed"
    TEST = "test", "Test"


OPEN_STATES = (DeliveryState.WAITING, DeliveryState.PENDING)


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    """Questions asked of deliveries more than once."""

    def due(self, now: datetime) -> Self:
        """Deliveries to process now, longest due first."""
        return self.filter(due_at__lte=now).order_by("due_at", "id")

    def failed(self) -> Self:
        """Deliveries that need a person's attention."""
        return self.filter(state=DeliveryState.FAILED)


class Delivery(models.Model):
    """What a vendor sent, as received, and its outcome. Stored before it is parsed.

    dedupe_key: the vendor's identifier, which recognises repetitions. body: as sent; from a batch one item with its
    envelope. headers: the relevant ones. due_at: when to process it (again), empty once finished. reason: the outcome
    in words for users. repeats: how often the vendor sent it again.
    """

    connector = models.ForeignKey(Connector, on_delete=models.CASCADE, related_name="deliveries", db_index=False)
    dedupe_key = models.CharField(max_length=200)
    headers = models.JSONField(default=dict)
    body = models.BinaryField()
    state = models.CharField(max_length=12, choices=DeliveryState, default=DeliveryState.WAITING)
    reason = models.CharField(max_length=300, blank=True, default="")
    is_trial = models.BooleanField(default=False)
    attempts = models.PositiveSmallIntegerField(default=0)
    events_made = models.PositiveSmallIntegerField(default=0)
    repeats = models.PositiveIntegerField(default=0)
    lead = models.ForeignKey(Lead, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    received_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(fields=["connector", "dedupe_key"], name="delivery_once"),
            models.CheckConstraint(condition=Q(state__in=DeliveryState.values), name="delivery_state_known"),
            models.CheckConstraint(
                condition=Q(state__in=OPEN_STATES, due_at__isnull=False)
                | (~Q(state__in=OPEN_STATES) & Q(due_at__isnull=True)),
                name="delivery_due_while_open",
            ),
        ]
        indexes = [
            # Processing: what is due, longest due first.
            models.Index(fields=["due_at", "id"], condition=Q(due_at__isnull=False), name="delivery_due"),
            # The log of a connector, newest first, and its last delivery.
            models.Index(F("connector"), F("id").desc(), name="delivery_log"),
            # The log filtered by state, and the failures of a day.
            models.Index(F("connector"), F("state"), F("id").desc(), name="delivery_log_of_state"),
            # Retention.
            models.Index(fields=["received_at"], name="delivery_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.dedupe_key}: {self.state}"
