"""Leads over REST: read, add, edit, claim and release."""

from typing import Any

from django.db import transaction
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from leads.api.drafts import LeadChanges, NewLead, with_organization, with_other_attributes
from leads.api.filters import LeadFilters, narrow_leads
from leads.api.lookup import find_lead
from leads.api.merges import MergedLeadSerializer, MergeOrder, MergeSerializer
from leads.api.pages import PagedViewSet
from leads.api.permissions import CanClaim, CanMerge, caller
from leads.api.serializers import AlreadyClaimedSerializer, EventSerializer, LeadSerializer
from leads.channels.links.click import LONGEST_MESSAGE
from leads.channels.links.token import address_for
from leads.errors import AlreadyClaimed
from leads.handoff.claim import claim_lead
from leads.handoff.release import release_lead
from leads.merging.merge import merge_leads
from leads.models import Event, Lead, Link
from leads.people.add import add_lead
from leads.people.edit import check_edit, edit_lead
from leads.people.keyset import Order

SORTABLE = {
    "created_at": ("created_at",),
    "last_event_at": ("last_event_at",),
    "stage_changed_at": ("stage_changed_at",),
    "score": ("score",),
    "name": ("last_name", "first_name"),
}
ORDERS = {
    f"{sign}{name}": Order(columns, is_descending=sign == "-")
    for name, columns in SORTABLE.items()
    for sign in ("-", "")
}
NEWEST_FIRST = {"-occurred_at": Order(("occurred_at",), is_descending=True)}


class MailSerializer(serializers.Serializer[Any]):
    """message: the mail that the link is put into; clicks on it will name it."""

    message = serializers.CharField(max_length=LONGEST_MESSAGE, required=False, default="")


class AddressSerializer(serializers.Serializer[Any]):
    """An address to put into a mail."""

    address = serializers.URLField()


class LeadViewSet(PagedViewSet):
    """Current leads. The id of a merged lead answers with its survivor."""

    queryset = Lead.objects.current().select_related("owner", "organization")
    serializer_class = LeadSerializer
    lookup_value_converter = "int"
    orders = ORDERS

    @extend_schema(parameters=[LeadFilters])
    def list(self, request: Request) -> Response:
        """List leads, the newest first unless `ordering` says otherwise."""
        return self.answer_page(narrow_leads(self.get_queryset(), request, now=timezone.now()))

    def retrieve(self, request: Request, pk: int) -> Response:
        """Return a lead."""
        return self._answer(find_lead(pk))

    @extend_schema(request=NewLead, responses={201: LeadSerializer})
    def create(self, request: Request) -> Response:
        """Add a lead by hand."""
        given = _understood(NewLead(data=request.data))
        now = timezone.now()
        with transaction.atomic():
            lead = add_lead(with_organization(given, now=now), by=caller(request), now=now)
        return self._answer(lead, status=201)

    @extend_schema(request=LeadChanges, responses=LeadSerializer)
    def partial_update(self, request: Request, pk: int) -> Response:
        """Change what is known of a lead."""
        given = _understood(LeadChanges(data=request.data))
        lead, now = find_lead(pk), timezone.now()
        if given:
            with transaction.atomic():
                changes = with_organization(with_other_attributes(given, lead), now=now)
                check_edit(lead, changes)
                edit_lead(lead, changes, by=caller(request), now=now)
        return self._answer(find_lead(lead.pk))

    @extend_schema(responses=EventSerializer(many=True))
    @action(detail=True, serializer_class=EventSerializer, orders=NEWEST_FIRST)
    def events(self, request: Request, pk: int) -> Response:
        """List a lead's events, the latest first."""
        return self.answer_page(Event.objects.filter(lead=find_lead(pk)).select_related("source", "identifier"))

    @extend_schema(parameters=[MailSerializer], responses=AddressSerializer)
    @action(detail=True, url_path="links/<slug:slug>")
    def links(self, request: Request, pk: int, slug: str) -> Response:
        """Return the address of a tracked link for a mail to this lead. Clicks on it belong to the lead."""
        lead, link = find_lead(pk), get_object_or_404(Link, slug=slug)
        mail = _understood(MailSerializer(data=request.query_params))
        return Response({"address": address_for(link, lead_id=lead.pk, message=mail["message"])})

    @extend_schema(request=None, responses={200: LeadSerializer, 409: AlreadyClaimedSerializer})
    @action(detail=True, methods=["post"], permission_classes=[IsAuthenticated, CanClaim])
    def claim(self, request: Request, pk: int) -> Response:
        """Make the caller the owner of an unclaimed SQL. Of several callers exactly one wins."""
        try:
            claim_lead(find_lead(pk), rep=caller(request), now=timezone.now())
        except AlreadyClaimed as error:
            return self._refuse_claim(pk, error)
        return self._answer(find_lead(pk))

    def _refuse_claim(self, pk: int, error: AlreadyClaimed) -> Response:
        owner = find_lead(pk).owner if error.claimed_at else None
        refusal = {
            "detail": str(error),
            "claimed_by": owner.username if owner else None,
            "claimed_at": error.claimed_at,
        }
        return Response(AlreadyClaimedSerializer(refusal).data, status=409)

    @extend_schema(request=None, responses={200: LeadSerializer, 403: OpenApiResponse(description="Not yours.")})
    @action(detail=True, methods=["post"], permission_classes=[IsAuthenticated, CanClaim])
    def release(self, request: Request, pk: int) -> Response:
        """Put a claimed lead back into the queue: `sql`, unassigned, with its former clock."""
        release_lead(find_lead(pk), rep=caller(request), now=timezone.now())
        return self._answer(find_lead(pk))

    @extend_schema(
        request=MergeOrder,
        responses={200: MergedLeadSerializer, 409: OpenApiResponse(description="They can't be one.")},
    )
    @action(detail=True, methods=["post"], permission_classes=[IsAuthenticated, CanMerge])
    def merge(self, request: Request, pk: int) -> Response:
        """Merge another lead into this one. `merge.id` in the answer is needed to undo it."""
        given = _understood(MergeOrder(data=request.data))
        lead = find_lead(pk)
        choices = given.get("keep", {})
        merge = merge_leads(lead.pk, given["absorbed"], choices=choices, by=caller(request), now=timezone.now())
        response = self._answer(find_lead(lead.pk))
        response.data = {**response.data, "merge": MergeSerializer(merge).data}
        return response

    def _answer(self, lead: Lead, status: int = 200) -> Response:
        """Answer with a lead. Content-Location is the address of the survivor if the lead was merged."""
        address = self.reverse_action("detail", args=[lead.pk])
        return Response(LeadSerializer(lead).data, status=status, headers={"Content-Location": address})


def _understood(said: serializers.Serializer[Any]) -> dict[str, Any]:
    """Return the validated body. Raises ValidationError, which names what is wrong."""
    said.is_valid(raise_exception=True)
    return dict(said.validated_data)
