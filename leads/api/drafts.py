"""The lead fields that a program may set; fields that something else decides are refused."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from leads.events.channels import CHANNELS
from leads.models import Lead, LeadKind, Organization
from leads.people.organizations import organization_named
from leads.people.traits import LEAD_COLUMNS

DECIDED_ELSEWHERE = {
    **dict.fromkeys(("score", "fit", "behaviour", "likelihood", "persona"), "is computed; see explanation"),
    **dict.fromkeys(("scored_at", "score_due_at", "last_event_at"), "follows from events"),
    **dict.fromkeys(("stage", "stage_changed_at", "retry_on"), "moves by scoring, claim and release"),
    **dict.fromkeys(("owner", "claimed_at", "respond_by"), "is set by claim and release"),
    **dict.fromkeys(("id", "created_at"), "never changes"),
    "source": "is told when the lead is added",
}
EXPECTED_ORGANIZATION = 'must be {"id": number}, {"name": text} or null'


@extend_schema_field(
    {
        "type": "object",
        "nullable": True,
        "properties": {"id": {"type": "integer"}, "name": {"type": "string", "maxLength": 200}},
        "description": "By id, or by a name that is found or made.",
    }
)
class OrganizationField(serializers.Field[Any, Any, Any, Any]):
    """An organization, given by id or by name."""

    def to_internal_value(self, data: Any) -> Organization | str:
        """Find the organization with the id, or return the name."""
        match data:
            case {"name": str(name)} if name.strip() and len(name.strip()) <= 200 and len(data) == 1:
                return name.strip()
            case {"id": int(pk)} if not isinstance(pk, bool) and len(data) <= 2:
                found = Organization.objects.filter(pk=pk).first()
                if found is not None:
                    return found
        raise serializers.ValidationError(f"{EXPECTED_ORGANIZATION} of one that is there, got {str(data)[:100]}.")

    def to_representation(self, value: Organization) -> dict[str, Any]:
        """Return the organization as leads show it."""
        return {"id": value.pk, "name": value.name}


class LeadChanges(serializers.Serializer[Any]):
    """Changes to a lead. A new e-mail address or phone number becomes another identifier; the former ones stay."""

    kind = serializers.ChoiceField(choices=LeadKind.choices, required=False)
    email = serializers.CharField(max_length=LEAD_COLUMNS["email"], allow_blank=True, required=False)
    phone = serializers.CharField(
        max_length=LEAD_COLUMNS["phone"], allow_blank=True, required=False, help_text="With the country's code."
    )
    first_name = serializers.CharField(max_length=LEAD_COLUMNS["first_name"], allow_blank=True, required=False)
    last_name = serializers.CharField(max_length=LEAD_COLUMNS["last_name"], allow_blank=True, required=False)
    title = serializers.CharField(max_length=LEAD_COLUMNS["title"], allow_blank=True, required=False)
    country = serializers.CharField(max_length=LEAD_COLUMNS["country"], allow_blank=True, required=False)
    organization = OrganizationField(allow_null=True, required=False)
    attributes = serializers.DictField(required=False, help_text="What is left out stays as it is; null removes.")

    def to_internal_value(self, data: Any) -> Any:
        """Refuse unknown fields, and fields that are decided elsewhere, instead of ignoring them."""
        if isinstance(data, Mapping):
            unknown = {name: [self._why_not(str(name))] for name in data if name not in self.fields}
            if unknown:
                raise serializers.ValidationError(unknown)
        return super().to_internal_value(data)

    def _why_not(self, name: str) -> str:
        if name in DECIDED_ELSEWHERE:
            return f"can't be set here: it {DECIDED_ELSEWHERE[name]}."
        return f"is no field; expected {', '.join(self.fields)}. Anything else belongs in attributes."


class NewLead(LeadChanges):
    """A lead added by hand: at least an e-mail address or a phone number."""

    # Shadows no attribute at run time: DRF removes declared fields from the class.
    source = serializers.ChoiceField(  # type: ignore[assignment]
        choices=[(key, channel.label) for key, channel in CHANNELS.items()], required=False
    )


def with_organization(given: Mapping[str, Any], *, now: datetime) -> dict[str, Any]:
    """Return the fields with an organization's name replaced by the organization, created if missing.

    Call inside the transaction that uses it.
    """
    if isinstance(given.get("organization"), str):
        return {**given, "organization": organization_named(given["organization"], now=now)}
    return dict(given)


def with_other_attributes(given: Mapping[str, Any], lead: Lead) -> dict[str, Any]:
    """Return the fields with `attributes` completed by the lead's other attributes."""
    if "attributes" not in given:
        return dict(given)
    merged = {**lead.attributes, **given["attributes"]}
    return {**given, "attributes": {name: value for name, value in merged.items() if value is not None}}
