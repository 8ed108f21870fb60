"""The body of a new event."""

import json
from typing import Any

from django.http import Http404
from rest_framework import serializers

from leads.api.filters import MomentField
from leads.api.lookup import find_lead
from leads.identity.keys import normal_email, normal_phone
from leads.models import Lead

MOST_BYTES = 32 * 1024
WHOM = ("lead", "user_id", "email", "phone", "anonymous_id")


class NewEvent(serializers.Serializer[Any]):
    """An event and whom it is about: a lead or its identifiers. The same message_id is stored once."""

    event = serializers.CharField(max_length=200, help_text="For example Trial Started; spelling does not matter.")
    lead = serializers.IntegerField(required=False, min_value=1, max_value=2**63 - 1, help_text="A lead's id.")
    user_id = serializers.CharField(required=False, max_length=300)
    email = serializers.CharField(required=False, max_length=254)
    phone = serializers.CharField(required=False, max_length=40, help_text="With the country's code.")
    anonymous_id = serializers.CharField(required=False, max_length=300)
    occurred_at = MomentField(required=False, help_text="Now unless given; never later than now.")
    message_id = serializers.CharField(required=False, max_length=100, help_text="Made up unless given.")
    properties = serializers.DictField(required=False, help_text=f"At most {MOST_BYTES} bytes.")

    def validate_lead(self, lead_id: int) -> Lead:
        """Find the lead."""
        try:
            return find_lead(lead_id)
        except Http404 as error:
            raise serializers.ValidationError(str(error)) from error

    def validate_email(self, address: str) -> str:
        """Refuse a text that is not an e-mail address."""
        if not normal_email(address):
            raise serializers.ValidationError(f"must be an e-mail address, got {address[:60]!r}.")
        return address

    def validate_phone(self, number: str) -> str:
        """Refuse a text that is not a phone number."""
        if not normal_phone(number):
            expected = "must be a phone number with the country's code, such as +46705550142"
            raise serializers.ValidationError(f"{expected}, got {number[:60]!r}.")
        return number

    def validate_properties(self, properties: dict[str, Any]) -> dict[str, Any]:
        """Keep events small, because a year of them is read at once."""
        size = len(json.dumps(properties, ensure_ascii=False).encode())
        if size > MOST_BYTES:
            raise serializers.ValidationError(f"must be at most {MOST_BYTES} bytes of JSON, got {size}.")
        return properties

    def validate(self, said: dict[str, Any]) -> dict[str, Any]:
        """Require somebody whom the event is about."""
        if not any(said.get(name) for name in WHOM):
            raise serializers.ValidationError(f"An event is about somebody; expected one of {', '.join(WHOM)}.")
        return said
