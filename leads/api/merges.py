"""Merges and possible duplicates over REST."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from leads.api.pages import PagedViewSet
from leads.api.permissions import CanMerge, caller
from leads.api.serializers import LeadSerializer
from leads.identity.duplicates import dismiss_pair
from leads.merging.outcome import SIDES
from leads.merging.undo import undo_merge
from leads.models import DuplicateCandidate, Lead, Merge
from leads.people.keyset import Order


class MergeOrder(serializers.Serializer[Any]):
    """The lead to merge into the one in the address, and whose values to keep."""

    absorbed = serializers.IntegerField(min_value=1, help_text="The id of the lead that goes into this one.")
    keep = serializers.DictField(
        child=serializers.ChoiceField(choices=[(side, side) for side in SIDES]),
        required=False,
        help_text='Whose value counts, by field or "attributes.<name>"; of the others that of the later word.',
    )

    def validate_absorbed(self, lead_id: int) -> int:
        """Refuse an id that is not a lead's."""
        if not Lead.objects.filter(pk=lead_id).exists():
            raise serializers.ValidationError(f"must be the id of a lead, got {lead_id}.")
        return lead_id


class MergeSerializer(serializers.ModelSerializer[Merge]):
    """A merge. merged_by: a username, empty if an event identified both leads as one person."""

    merged_by = serializers.CharField(source="merged_by.username", default=None, allow_null=True, read_only=True)
    undone_by = serializers.CharField(source="undone_by.username", default=None, allow_null=True, read_only=True)

    class Meta:
        model = Merge
        fields = ("id", "survivor", "absorbed", "reason", "merged_by", "merged_at", "undone_by", "undone_at")
        read_only_fields = fields


class MergedLeadSerializer(LeadSerializer):
    """A lead with the merge that was just made."""

    merge = MergeSerializer(read_only=True)

    class Meta(LeadSerializer.Meta):
        fields = (*LeadSerializer.Meta.fields, "merge")  # type: ignore[assignment]
        read_only_fields = fields  # type: ignore[assignment]


class DuplicateSerializer(serializers.ModelSerializer[DuplicateCandidate]):
    """Two leads that may be one person. strength: 0 to 100; dismissed_at: when somebody decided they are two people."""

    class Meta:
        model = DuplicateCandidate
        fields = ("id", "first", "second", "reason", "strength", "origin", "created_at", "dismissed_at")
        read_only_fields = fields


class MergeViewSet(PagedViewSet):
    """Merges, including undone ones."""

    queryset = Merge.objects.select_related("merged_by", "undone_by").defer("before")
    serializer_class = MergeSerializer
    lookup_value_converter = "int"
    orders = {"-merged_at": Order(("merged_at",), is_descending=True)}

    def list(self, request: Request) -> Response:
        """List merges, the latest first."""
        return self.answer_page(self.get_queryset())

    @extend_schema(request=None, responses={200: MergeSerializer, 409: OpenApiResponse(description="Too late.")})
    @action(detail=True, methods=["post"], permission_classes=[IsAuthenticated, CanMerge])
    def undo(self, request: Request, pk: int) -> Response:
        """Split a merge into two leads again. Newer events go to the lead whose identifiers they came with."""
        merge = get_object_or_404(Merge, pk=pk)
        undo_merge(merge.pk, by=caller(request), now=timezone.now())
        return Response(self.get_serializer(self.get_queryset().get(pk=pk)).data)


class DuplicateViewSet(PagedViewSet):
    """Pairs of leads that may be one person and are not decided yet."""

    queryset = DuplicateCandidate.objects.filter(dismissed_at=None)
    serializer_class = DuplicateSerializer
    lookup_value_converter = "int"
    orders = {"-strength": Order(("strength",), is_descending=True)}

    def list(self, request: Request) -> Response:
        """List pairs, the most likely first."""
        return self.answer_page(self.get_queryset())

    @extend_schema(request=None, responses=DuplicateSerializer)
    @action(detail=True, methods=["post"], permission_classes=[IsAuthenticated, CanMerge])
    def dismiss(self, request: Request, pk: int) -> Response:
        """Decide that the two are different people; they are never merged automatically from now on."""
        pair = get_object_or_404(DuplicateCandidate, pk=pk)
        dismiss_pair(pair.first_id, pair.second_id, by=caller(request), now=timezone.now())
        return Response(self.get_serializer(DuplicateCandidate.objects.get(pk=pk)).data)
