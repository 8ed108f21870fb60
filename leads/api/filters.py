"""Filters of the API's lists. A value that can't be parsed is refused with what was expected."""

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Lower
from rest_framework import serializers
from rest_framework.request import Request

from leads.identity.keys import normal_email
from leads.models import Event, IdentifierKind, Lead, Organization, Stage, User

NOBODY = "none"
SHORTEST_SUBSTRING = 3  # a trigram index needs at least three letters


class ListedField(serializers.CharField):
    """One choice, or several separated by commas."""

    def __init__(self, choices: list[str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.choices = choices

    def to_internal_value(self, data: Any) -> Any:
        """Return the choices as a list."""
        given = [part.strip() for part in super().to_internal_value(data).split(",") if part.strip()]
        if unknown := [part for part in given if part not in self.choices]:
            raise serializers.ValidationError(f"must be of {', '.join(self.choices)}, got {unknown[0][:60]!r}.")
        return given


class ScoreField(serializers.FloatField):
    """Points of a score."""

    default_error_messages = {"invalid": "must be a number from 0 to 100."}

    def to_internal_value(self, data: Any) -> float:
        """Return points from 0 to 100."""
        try:
            points = super().to_internal_value(data)
        except serializers.ValidationError:
            points = float("nan")
        if not 0 <= points <= 100:
            raise serializers.ValidationError(f"must be a number from 0 to 100, got {str(data)[:60]!r}.")
        return points


class MomentField(serializers.DateTimeField):
    """An ISO 8601 time; without a zone it is UTC."""

    def to_internal_value(self, value: Any) -> datetime:
        """Return a time with its zone."""
        # In a query string an unescaped "+" of a zone arrives as a space.
        text = str(value).replace(" ", "+") if "T" in str(value) else value
        try:
            return super().to_internal_value(text)
        except (serializers.ValidationError, OverflowError) as error:
            expected = "must be a time such as 2026-06-17T12:00:00Z"
            raise serializers.ValidationError(f"{expected}, got {str(value)[:60]!r}.") from error


class LeadFilters(serializers.Serializer[Any]):
    """Filters of the lead list; several are combined with "and"."""

    email = serializers.CharField(required=False, max_length=320, help_text="Known by exactly this e-mail address.")
    stage = ListedField(Stage.values, required=False, help_text=f"Of {', '.join(Stage.values)}; several with commas.")
    owner = serializers.CharField(required=False, max_length=150, help_text=f"A username, or {NOBODY}.")
    # Shadows no attribute at run time: DRF removes declared fields from the class.
    source = serializers.CharField(  # type: ignore[assignment]
        required=False, max_length=40, help_text="The channel that brought the lead."
    )
    persona = serializers.CharField(required=False, max_length=100)
    score_min = ScoreField(required=False, help_text="Points, 0 to 100, included.")
    score_max = ScoreField(required=False, help_text="Points, 0 to 100, included.")
    updated_since = MomentField(
        required=False, help_text="Created, active, scored, edited or moved at or after this time."
    )
    q = serializers.CharField(
        required=False, max_length=100, help_text="Part of a name, e-mail, phone number or company."
    )

    def validate_owner(self, name: str) -> User | None:
        """Find the user by name."""
        if name == NOBODY:
            return None
        user = User.objects.filter(username=name).first()
        if user is None:
            raise serializers.ValidationError(f"must be a username or {NOBODY!r}, got {name[:60]!r}.")
        return user


def narrow_leads(leads: "QuerySet[Lead]", request: Request, *, now: datetime) -> "QuerySet[Lead]":
    """Apply the filters of the request. Raises ValidationError."""
    given = _given(LeadFilters, request)
    plain = {
        "source": "source",
        "persona": "persona",
        "score_min": "score__gte",
        "score_max": "score__lte",
        "owner": "owner",
    }
    condition = Q(**{lookup: given[name] for name, lookup in plain.items() if name in given})
    if given.get("stage"):
        condition &= Q(stage__in=given["stage"])
    if "email" in given:
        address = normal_email(given["email"]) or given["email"].lower()
        condition &= Q(identifiers__kind=IdentifierKind.EMAIL, identifiers__value=address)
    if "q" in given:
        lookup = "contains" if len(given["q"]) >= SHORTEST_SUBSTRING else "startswith"
        condition &= Q(**{f"search__text__{lookup}": given["q"].lower()})
    if "updated_since" in given:
        condition &= _updated_since(given["updated_since"], now)
    return leads.filter(condition)


def _updated_since(moment: datetime, now: datetime) -> Q:
    """Return leads changed since a time: any change makes the score due and leaves a time in one of these columns."""
    condition = Q(score_due_at__gte=moment, score_due_at__lte=now)
    for column in ("created_at", "last_event_at", "stage_changed_at", "scored_at"):
        condition |= Q(**{f"{column}__gte": moment})
    return condition


class EventFilters(serializers.Serializer[Any]):
    """Filters of the event list."""

    kind = serializers.CharField(required=False, max_length=60, help_text="For example trial_started.")
    source = serializers.CharField(  # type: ignore[assignment]
        required=False, max_length=100, help_text="The name of what sent it."
    )
    lead = serializers.IntegerField(required=False, min_value=1, max_value=2**63 - 1, help_text="A lead's id.")


def narrow_events(events: "QuerySet[Event]", request: Request) -> "QuerySet[Event]":
    """Apply the filters of the request. Raises ValidationError."""
    lookups = {"kind": "kind", "source": "source__name", "lead": "lead_id"}
    given = _given(EventFilters, request)
    return events.filter(**{lookup: given[name] for name, lookup in lookups.items() if name in given})


class OrganizationFilters(serializers.Serializer[Any]):
    """Filters of the organization list."""

    name = serializers.CharField(required=False, max_length=200, help_text="Exactly, in upper or lower case.")
    domain = serializers.CharField(required=False, max_length=253, help_text="For example example.com.")


def narrow_organizations(organizations: "QuerySet[Organization]", request: Request) -> "QuerySet[Organization]":
    """Apply the filters of the request. Raises ValidationError."""
    given = _given(OrganizationFilters, request)
    if "name" in given:
        organizations = organizations.alias(name_in_lower_case=Lower("name"))
        organizations = organizations.filter(name_in_lower_case=given["name"].lower())
    return organizations.filter(domain=given["domain"].lower()) if "domain" in given else organizations


def _given(filters: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
    """Return the request's filters, parsed; empty ones are left out."""
    checked = filters(data={name: value for name, value in request.query_params.dict().items() if value.strip()})
    checked.is_valid(raise_exception=True)
    return dict(checked.validated_data)
