"""Rule sets over REST: read and compare all of them; import, copy, change and delete drafts; publish any."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from django.db import IntegrityError
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from leads.api.pages import PagedViewSet
from leads.api.permissions import caller
from leads.people.keyset import Order
from scoring.api.permissions import ChangesRulesAsAdmin, ReadsRules
from scoring.engine.definition import RuleSetError
from scoring.models import RuleSet, RuleSetStatus
from scoring.rules.definition import definition_of
from scoring.rules.diff import changes
from scoring.rules.draft import change_draft, delete_draft, import_draft, start_draft
from scoring.rules.publish import publish
from scoring.rules.state import RuleSetMoved, state_of

IF_MATCH = OpenApiParameter(
    "If-Match", location=OpenApiParameter.HEADER, description="The ETag that was read: refuse if it changed since."
)


class RuleSetSerializer(serializers.ModelSerializer[RuleSet]):
    """A version of the rules."""

    published_by = serializers.CharField(source="published_by.username", read_only=True, default=None, allow_null=True)

    class Meta:
        model = RuleSet
        fields: tuple[str, ...] = ("version", "status", "name", "note", "published_at", "published_by", "created_at")
        read_only_fields: tuple[str, ...] = fields


class RuleSetDetailSerializer(RuleSetSerializer):
    """A version of the rules with its complete definition, as `manage.py rule_set export` writes it."""

    definition = serializers.SerializerMethodField()

    class Meta(RuleSetSerializer.Meta):
        fields = (*RuleSetSerializer.Meta.fields, "definition")
        read_only_fields = fields

    @extend_schema_field(OpenApiTypes.OBJECT)
    def get_definition(self, rule_set: RuleSet) -> dict[str, Any]:
        """Return the rules as JSON."""
        return definition_of(rule_set)


class PublishSerializer(serializers.Serializer[Any]):
    """The reason for publishing a version."""

    note = serializers.CharField(required=False, allow_blank=True, max_length=300)


class ChangeSerializer(serializers.Serializer[Any]):
    """A difference between two versions. section: a key of the definition, or empty."""

    section = serializers.CharField()
    name = serializers.CharField()
    what = serializers.CharField(help_text='In words, such as "points 2 → 3".')


class DiffSerializer(serializers.Serializer[Any]):
    """The changes of a version compared with another; empty if they are equal."""

    version = serializers.IntegerField()
    against = serializers.IntegerField()
    changes = ChangeSerializer(many=True)


class AgainstSerializer(serializers.Serializer[Any]):
    """The version to compare with."""

    against = serializers.IntegerField(required=False, min_value=1, help_text="A version; the live one unless given.")


class TryAgain(APIException):
    """Somebody else changed it at the same moment, or before."""

    status_code = 409
    default_detail = "Another rule set was imported at the same moment; send this one again."


class RuleSetViewSet(PagedViewSet):
    """Versions of the rules."""

    queryset = RuleSet.objects.select_related("published_by")
    serializer_class = RuleSetSerializer
    permission_classes = [IsAuthenticated, ReadsRules, ChangesRulesAsAdmin]
    lookup_field = "version"
    lookup_value_converter = "int"
    orders = {"-version": Order(("version",), is_descending=True)}

    def list(self, request: Request) -> Response:
        """List versions, the newest first."""
        return self.answer_page(self.get_queryset())

    @extend_schema(responses=RuleSetDetailSerializer)
    def retrieve(self, request: Request, version: int) -> Response:
        """Return a version with its definition."""
        return _detail(get_object_or_404(self.get_queryset(), version=version))

    @extend_schema(request=OpenApiTypes.OBJECT, responses={201: RuleSetDetailSerializer})
    def create(self, request: Request) -> Response:
        """Store a rule set, in the form of `definition`, as a draft."""
        if not isinstance(request.data, dict):
            raise ValidationError({"detail": "The body must be a rule set as an object."})
        with _refusing():
            draft = import_draft(request.data, by=caller(request), now=timezone.now())
        return _detail(draft, status=201)

    @extend_schema(request=OpenApiTypes.OBJECT, responses=RuleSetDetailSerializer, parameters=[IF_MATCH])
    def update(self, request: Request, version: int) -> Response:
        """Replace a draft's whole definition."""
        return self._change(request, version, keeps_rest=False)

    @extend_schema(request=OpenApiTypes.OBJECT, responses=RuleSetDetailSerializer, parameters=[IF_MATCH])
    def partial_update(self, request: Request, version: int) -> Response:
        """Replace single parts of a draft, such as `policy` or `rules`, and its `note`."""
        return self._change(request, version, keeps_rest=True)

    def destroy(self, request: Request, version: int) -> Response:
        """Delete a draft."""
        delete_draft(get_object_or_404(RuleSet, version=version), by=caller(request), now=timezone.now())
        return Response(status=204)

    @extend_schema(request=None, responses={201: RuleSetDetailSerializer})
    @action(detail=True, methods=["post"], url_path="draft")
    def draft(self, request: Request, version: int) -> Response:
        """Start a draft as a copy of this version."""
        source = get_object_or_404(RuleSet, version=version)
        return _detail(start_draft(source, by=caller(request), now=timezone.now()), status=201)

    @extend_schema(parameters=[AgainstSerializer], responses=DiffSerializer)
    @action(detail=True, methods=["get"], url_path="diff")
    def diff(self, request: Request, version: int) -> Response:
        """Describe in words what this version changes compared with another."""
        asked = AgainstSerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        against = asked.validated_data.get("against")
        wanted = {"status": RuleSetStatus.LIVE} if against is None else {"version": against}
        before, after = get_object_or_404(RuleSet, **wanted), get_object_or_404(RuleSet, version=version)
        found = [asdict(change) for change in changes(definition_of(before), definition_of(after))]
        return Response({"version": after.version, "against": before.version, "changes": found})

    def _change(self, request: Request, version: int, *, keeps_rest: bool) -> Response:
        if not isinstance(request.data, dict):
            raise ValidationError({"detail": "The body must be a rule set as an object."})
        given = dict(request.data)
        said = PublishSerializer(data={"note": given.pop("note")} if "note" in given else {})
        said.is_valid(raise_exception=True)
        draft, state = get_object_or_404(RuleSet, version=version), request.headers.get("If-Match")
        with _refusing():
            change_draft(
                draft,
                given,
                keeps_rest=keeps_rest,
                note=said.validated_data.get("note"),
                state=state and state.strip('"'),
            )
        return _detail(get_object_or_404(self.get_queryset(), version=version))

    @extend_schema(request=PublishSerializer, responses=RuleSetSerializer)
    @action(detail=True, methods=["post"], url_path="publish")
    def publish(self, request: Request, version: int) -> Response:
        """Make a version live and every lead due for scoring."""
        said = PublishSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        chosen = get_object_or_404(RuleSet, version=version)
        with _refusing():
            publish(chosen, by=caller(request), note=said.validated_data.get("note", ""), now=timezone.now())
        return Response(self.get_serializer(self.get_queryset().get(pk=chosen.pk)).data)


def _detail(rule_set: RuleSet, *, status: int = 200) -> Response:
    """Answer with a complete version. Its state is the ETag, which a change may send as If-Match."""
    return Response(RuleSetDetailSerializer(rule_set).data, status, headers={"ETag": f'"{state_of(rule_set)}"'})


@contextmanager
def _refusing() -> Iterator[None]:
    """Turn errors of the engine into validation errors with their place."""
    try:
        yield
    except RuleSetError as error:
        raise ValidationError({error.place or "detail": [error.message]}) from error
    except RuleSetMoved as error:
        raise TryAgain(str(error)) from error
    except IntegrityError as error:
        raise TryAgain from error
