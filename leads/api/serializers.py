"""How leads, events and organizations look over REST."""

from datetime import datetime
from typing import Any

from rest_framework import serializers

from leads.models import Event, Identifier, Lead, Organization


class OrganizationNameSerializer(serializers.ModelSerializer[Organization]):
    """An organization as shown on a lead."""

    class Meta:
        model = Organization
        fields = ("id", "name")


class LeadSerializer(serializers.ModelSerializer[Lead]):
    """A lead. owner: a username. The scores were computed at scored_at and will be computed again at score_due_at."""

    email = serializers.CharField(read_only=True, help_text="Empty where none is known.")
    organization = OrganizationNameSerializer(read_only=True, allow_null=True)
    owner = serializers.SerializerMethodField()
    last_event_at = serializers.SerializerMethodField()
    attributes = serializers.DictField(read_only=True)

    class Meta:
        model = Lead
        fields = (
            "id",
            "kind",
            "email",
            "phone",
            "first_name",
            "last_name",
            "title",
            "country",
            "organization",
            "stage",
            "score",
            "fit",
            "behaviour",
            "likelihood",
            "persona",
            "source",
            "owner",
            "claimed_at",
            "respond_by",
            "retry_on",
            "last_event_at",
            "stage_changed_at",
            "scored_at",
            "score_due_at",
            "created_at",
            "attributes",
        )
        read_only_fields = fields

    def get_owner(self, lead: Lead) -> str | None:
        """Return the owner's username."""
        return lead.owner.username if lead.owner else None

    def get_last_event_at(self, lead: Lead) -> datetime | None:
        """Return when the latest event was, None for a lead without events."""
        return lead.last_event_at if lead.last_event_kind else None


class IdentifierSerializer(serializers.ModelSerializer[Identifier]):
    """The identifier that an event came with."""

    class Meta:
        model = Identifier
        fields = ("kind", "value")
        read_only_fields = fields


class EventSerializer(serializers.ModelSerializer[Event]):
    """An event. lead is empty for an unknown visitor; source is the name of the source."""

    # Shadows no attribute at run time: DRF removes declared fields from the class.
    source = serializers.CharField(source="source.name", read_only=True)  # type: ignore[assignment]
    lead = serializers.IntegerField(source="lead_id", read_only=True, allow_null=True)
    identifier = IdentifierSerializer(read_only=True)
    properties = serializers.DictField(read_only=True)

    class Meta:
        model = Event
        fields = (
            "id",
            "message_id",
            "source",
            "lead",
            "identifier",
            "kind",
            "name",
            "channel",
            "occurred_at",
            "received_at",
            "properties",
            "signal",
        )
        read_only_fields = fields


class OrganizationSerializer(serializers.ModelSerializer[Organization]):
    """A company that leads work for. score: that of its best lead, plus a little for each further engaged one."""

    attributes = serializers.DictField(read_only=True)
    score = serializers.FloatField(read_only=True, help_text="Points, 0 to 100.")
    people = serializers.IntegerField(read_only=True, help_text="Leads that work there.")
    engaged = serializers.IntegerField(read_only=True, help_text="Those of them whose behaviour is worth a point.")

    class Meta:
        model = Organization
        fields = (
            "id",
            "name",
            "domain",
            "external_id",
            "industry",
            "employee_count",
            "country",
            "score",
            "people",
            "engaged",
            "attributes",
            "created_at",
        )
        read_only_fields = fields


class AlreadyClaimedSerializer(serializers.Serializer[Any]):
    """Who was first. claimed_by: a username, empty if the lead left the queue without a claim."""

    detail = serializers.CharField()
    claimed_by = serializers.CharField(allow_null=True)
    claimed_at = serializers.DateTimeField(allow_null=True)
