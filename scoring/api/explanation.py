"""The explanation of a lead's score over REST."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from leads.api.filters import MomentField
from leads.api.lookup import find_lead
from scoring.qualification.explain import explain_lead, explanation_json
from scoring.rules.live import NoLiveRuleSet


class AsOfSerializer(serializers.Serializer[Any]):
    """The time for which the lead is explained."""

    as_of = MomentField(required=False, help_text="What happened later does not exist yet. Now unless given.")


class EntrySerializer(serializers.Serializer[Any]):
    """The points of one rule: when given, and as of the requested time. last_at: of the latest counted event."""

    rule = serializers.CharField()
    kind = serializers.CharField()
    points_given = serializers.FloatField()
    points_now = serializers.FloatField()
    count = serializers.IntegerField()
    last_at = serializers.DateTimeField(allow_null=True)


class PersonaSerializer(serializers.Serializer[Any]):
    """The best matching persona. match: 0..1; unknown: criteria with unknown attributes."""

    name = serializers.CharField()
    match = serializers.FloatField()
    met = serializers.ListField(child=serializers.CharField())
    unknown = serializers.ListField(child=serializers.CharField())


class JourneySerializer(serializers.Serializer[Any]):
    """The lead's progress on a journey. progress: steps done."""

    name = serializers.CharField()
    steps = serializers.IntegerField()
    progress = serializers.IntegerField()
    complete = serializers.BooleanField()


class ExplanationSerializer(serializers.Serializer[Any]):
    """A score computed on request; the entries' points_now sum to it. rule_set: a version number."""

    score = serializers.FloatField()
    fit = serializers.FloatField()
    behaviour = serializers.FloatField()
    as_of = serializers.DateTimeField()
    rule_set = serializers.IntegerField()
    entries = EntrySerializer(many=True)
    persona = PersonaSerializer(allow_null=True)
    journeys = JourneySerializer(many=True)
    stage = serializers.CharField()
    stage_reason = serializers.CharField()


class NothingLive(APIException):
    """No rule set is live."""

    status_code = 503
    default_code = "no_live_rule_set"


class ExplanationView(APIView):
    """The explanation of a score."""

    @extend_schema(parameters=[AsOfSerializer], responses=ExplanationSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """Explain a lead's score, computed for the requested time under the live rule set."""
        asked = AsOfSerializer(data={name: value for name, value in request.query_params.items() if value})
        asked.is_valid(raise_exception=True)
        as_of = asked.validated_data.get("as_of") or timezone.now()
        try:
            return Response(explanation_json(explain_lead(find_lead(pk), as_of=as_of)))
        except NoLiveRuleSet as error:
            raise NothingLive(str(error)) from error
