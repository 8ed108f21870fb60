"""Filters of the lead list. Each is a GET parameter, so that every state of the list has an address."""

from datetime import datetime, timedelta
from typing import Any, cast

from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import QueryDict

from leads.models import ImportedLead, Lead, Role, Stage, StageChange, User

SHORTEST_SUBSTRING = 3  # a trigram index needs at least three letters
ACTIVITY = {
    "1": "24 hours",
    "7": "7 days",
    "30": "30 days",
    "90": "90 days",
    "quiet-30": "quiet for 30 days",
}
DAYS = {"7": "7 days", "30": "30 days", "90": "90 days"}


def working_users() -> "QuerySet[User]":
    """Return the users who may own a lead, by name."""
    roles = (Role.SALES, Role.MANAGER, Role.ADMIN)
    return User.objects.filter(role__in=roles, is_active=True).order_by("first_name", "last_name", "username")


class LeadFilters(forms.Form):
    """The filters of the lead list. An invalid parameter is reported and ignored."""

    q = forms.CharField(max_length=100, required=False, label="Search")
    stage = forms.MultipleChoiceField(choices=Stage.choices, required=False, label="Stage")
    source = forms.CharField(max_length=40, required=False, label="Source")
    owner = forms.CharField(max_length=18, required=False, label="Owner")
    persona = forms.CharField(max_length=100, required=False, label="Persona")
    score_min = forms.IntegerField(min_value=0, max_value=100, required=False, label="Score at least")
    score_max = forms.IntegerField(min_value=0, max_value=100, required=False, label="Score at most")
    activity = forms.ChoiceField(choices=list(ACTIVITY.items()), required=False, label="Last activity")
    created = forms.ChoiceField(choices=list(DAYS.items()), required=False, label="Came in")
    from_import = forms.IntegerField(min_value=1, max_value=2**62, required=False, label="Import")
    reached = forms.ChoiceField(choices=Stage.choices, required=False, label="Reached")
    reached_within = forms.ChoiceField(choices=list(DAYS.items()), required=False, label="Reached within")

    def clean_owner(self) -> str:
        """Accept "me", "none" or a user's id."""
        owner: str = self.cleaned_data["owner"]
        if owner and owner not in ("me", "none") and not owner.isdecimal():
            raise forms.ValidationError('expected "me", "none" or the id of a user')
        return owner

    def problems(self) -> list[str]:
        """Return a sentence for each invalid parameter."""
        given = cast(QueryDict, self.data)
        return [
            f"{self.fields[name].label}: {' '.join(map(str, errors))} Got “{', '.join(given.getlist(name))[:60]}”."
            for name, errors in self.errors.items()
        ]

    def narrow(self, leads: "QuerySet[Lead]", *, user: User, now: datetime) -> "QuerySet[Lead]":
        """Apply every valid filter."""
        self.errors  # noqa: B018  (runs the validation; what failed is left out of cleaned_data)
        given: dict[str, Any] = {
            name: value for name, value in self.cleaned_data.items() if value not in (None, "", [])
        }
        return leads.filter(
            _simple(given),
            _owned(given.get("owner", ""), user),
            _timed(given, now),
            _reached(given, now),
            _found(given),
            _imported(given),
        )


def _simple(given: dict[str, Any]) -> Q:
    lookups = {
        "stage": "stage__in",
        "source": "source",
        "persona": "persona",
        "score_min": "score__gte",
        "score_max": "score__lte",
    }
    return Q(**{lookup: given[name] for name, lookup in lookups.items() if name in given})


def _owned(owner: str, user: User) -> Q:
    if not owner:
        return Q()
    return Q(owner={"me": user.pk, "none": None}.get(owner, owner))


def _timed(given: dict[str, Any], now: datetime) -> Q:
    condition = Q()
    if activity := given.get("activity", ""):
        edge = now - timedelta(days=int(activity.removeprefix("quiet-")))
        condition &= Q(last_event_at__lt=edge) if activity.startswith("quiet-") else Q(last_event_at__gte=edge)
    if created := given.get("created"):
        condition &= Q(created_at__gt=now - timedelta(days=int(created)))
    return condition


def _reached(given: dict[str, Any], now: datetime) -> Q:
    if "reached" not in given:
        return Q()
    changes = StageChange.objects.filter(lead=OuterRef("pk"), to_stage=given["reached"])
    if days := given.get("reached_within"):
        changes = changes.filter(changed_at__gt=now - timedelta(days=int(days)))
    return Q(Exists(changes))


def _imported(given: dict[str, Any]) -> Q:
    if "from_import" not in given:
        return Q()
    return Q(Exists(ImportedLead.objects.filter(lead=OuterRef("pk"), job=given["from_import"])))


def _found(given: dict[str, Any]) -> Q:
    text = given.get("q", "").lower()
    if not text:
        return Q()
    if len(text) >= SHORTEST_SUBSTRING:
        return Q(search__text__contains=text)
    # Too short to search inside words. With a leading space, the search for word beginnings uses the index.
    return Q(search__text__startswith=text) | Q(search__text__contains=f" {text}")
