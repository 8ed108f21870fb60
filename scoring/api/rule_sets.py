"""Rule sets over REST: read them all, import one as a draft, publish one."""

from typing import Any

from django.db import IntegrityError
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.permissions import SAFE_METHODS, BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from leads.api.pages import PagedViewSet
from leads.api.permissions import caller
from leads.models import Role, User
from leads.people.keyset import Order
from scoring.engine.definition import RuleSetError
from scoring.models import RuleSet
from scoring.rules.definition import definition_of
from scoring.rules.draft import import_draft
from scoring.rules.publish import publish


class ChangesRulesAsAdmin(BasePermission):
    """Everybody reads the rules; admins change them."""

    message = "Changing rules is for the role admin."

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Tell whether the request reads, or its user is an admin."""
        is_admin = isinstance(request.user, User) and request.user.role == Role.ADMIN
        return is_admin or request.method in SAFE_METHODS


class RuleSetSerializer(serializers.ModelSerializer[RuleSet]):
    """A version of the rules."""

    published_by = serializers.CharField(source="published_by.username", read_only=True, default=None, allow_null=True)

    class Meta:
        model = RuleSet
        fields: tuple[str, ...] = ("version", "status", "name", "note", "published_at", "published_by", "created_at")
        read_only_fields: tuple[str, ...] = fields


class RuleSetDetailSerializer(RuleSetSerializer):
    """A version of the rules with all that it says, as `manage.py rule_set export` writes it."""

    definition = serializers.SerializerMethodField()

    class Meta(RuleSetSerializer.Meta):
        fields = (*RuleSetSerializer.Meta.fields, "definition")
        read_only_fields = fields

    @extend_schema_field(OpenApiTypes.OBJECT)
    def get_definition(self, rule_set: RuleSet) -> dict[str, Any]:
        """Return the rules as JSON."""
        return definition_of(rule_set)


class PublishSerializer(serializers.Serializer[Any]):
    """Why a version goes live."""

    note = serializers.CharField(required=False, allow_blank=True, max_length=300)


class TryAgain(APIException):
    """Two imports took the same number."""

    status_code = 409
    default_detail = "Another rule set was imported at the same moment; send this one again."


class RuleSetViewSet(PagedViewSet):
    """Versions of the rules that leads are scored by."""

    queryset = RuleSet.objects.select_related("published_by")
    serializer_class = RuleSetSerializer
    permission_classes = [IsAuthenticated, ChangesRulesAsAdmin]
    lookup_field = "version"
    lookup_value_converter = "int"
    orders = {"-version": Order(("version",), is_descending=True)}

    def list(self, request: Request) -> Response:
        """List versions, the newest first."""
        return self.answer_page(self.get_queryset())

    @extend_schema(responses=RuleSetDetailSerializer)
    def retrieve(self, request: Request, version: int) -> Response:
        """Return a version with all that it says."""
        return Response(RuleSetDetailSerializer(get_object_or_404(self.get_queryset(), version=version)).data)

    @extend_schema(request=OpenApiTypes.OBJECT, responses={201: RuleSetDetailSerializer})
    def create(self, request: Request) -> Response:
        """Store a rule set, as `definition` shows one, as a draft."""
        if not isinstance(request.data, dict):
            raise ValidationError({"detail": "The body must be a rule set as an object."})
        try:
            draft = import_draft(request.data, now=timezone.now())
        except RuleSetError as error:
            raise ValidationError({error.place or "detail": [error.message]}) from error
        except IntegrityError as error:
            raise TryAgain from error
        return Response(RuleSetDetailSerializer(draft).data, status=201)

    @extend_schema(request=PublishSerializer, responses=RuleSetSerializer)
    @action(detail=True, methods=["post"], url_path="publish")
    def publish(self, request: Request, version: int) -> Response:
        """Make a version live and every lead due to be scored by it."""
        said = PublishSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        chosen = get_object_or_404(RuleSet, version=version)
        try:
            publish(chosen, by=caller(request), note=said.validated_data.get("note", ""), now=timezone.now())
        except RuleSetError as error:
            raise ValidationError({error.place or "detail": [error.message]}) from error
        return Response(self.get_serializer(self.get_queryset().get(pk=chosen.pk)).data)
