from django.db import models
from django.db.models import F, Q

from leads.models.identifier import Identifier
from leads.models.lead import Lead
from leads.models.source import Source


class Signal(models.TextChoices):
    """A sign in the request that a machine, not a person, made the event. Scoring decides which events are held."""

    NONE = "", "None"
    BOT_AGENT = "bot_agent", "Known bot"
    PREFETCH = "prefetch", "Fetched ahead"
    HONEYPOT = "honeypot", "Hidden link"


class Event(models.Model):
    """Something that happened, stored once and never changed except for its lead.

    identifier: the strongest one in the event; lead is always the identifier's lead, empty for an unknown visitor.
    kind: from the catalog, or custom. name: as the client sent it. properties.path is always filled in. Ids follow the
    order of arrival.
    """

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="+", db_index=False)
    message_id = models.CharField(max_length=100)
    identifier = models.ForeignKey(Identifier, on_delete=models.PROTECT, related_name="+", db_index=False)
    lead = models.ForeignKey(
        Lead, null=True, blank=True, on_delete=models.CASCADE, related_name="events", db_index=False
    )
    kind = models.CharField(max_length=60)
    name = models.CharField(max_length=200, blank=True, default="")
    channel = models.CharField(max_length=40, blank=True, default="")
    occurred_at = models.DateTimeField()
    received_at = models.DateTimeField()
    properties = models.JSONField(default=dict)
    signal = models.CharField(max_length=16, choices=Signal, blank=True, default=Signal.NONE)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "message_id"], name="event_once"),
            models.CheckConstraint(condition=Q(signal__in=Signal.values), name="event_signal_known"),
        ]
        indexes = [
            # Scoring and the timeline: one lead's events by time.
            models.Index(fields=["lead", "occurred_at"], name="event_by_lead"),
            # Identity: the earlier events of a visitor who becomes known.
            models.Index(fields=["identifier"], condition=Q(lead=None), name="event_of_visitor"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} at {self.occurred_at:%Y-%m-%d %H:%M}"


class RejectedEvent(models.Model):
    """An event that could not be parsed, kept with the reason so that its sender can be corrected.

    body: the event as sent, cut to 32 KB.
    """

    source = models.ForeignKey(Source, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    reason = models.CharField(max_length=300)
    body = models.TextField()
    received_at = models.DateTimeField()

    class Meta:
        indexes = [
            # The list of rejected events, newest first.
            models.Index(F("received_at").desc(), F("id").desc(), name="rejected_by_arrival"),
            # The debugger: the latest rejected events of one source.
            models.Index(fields=["source", "-id"], name="rejected_of_source"),
        ]

    def __str__(self) -> str:
        return self.reason
