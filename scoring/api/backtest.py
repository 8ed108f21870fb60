"""How well a version would have found the buyers, over REST."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from scoring.api.explanation import NothingLive
from scoring.api.permissions import ReadsRules
from scoring.api.whatif import rules_of
from scoring.rules.live import NoLiveRuleSet
from scoring.whatif.dismiss import parted
from scoring.whatif.kept import kept_backtest
from scoring.whatif.lift import Suggestion


class ShareSerializer(serializers.Serializer[Any]):
    """So many of so many cases. rate, 0..1, is empty under 30 cases; error: the true one may lie so far from it."""

    hits = serializers.IntegerField()
    cases = serializers.IntegerField()
    rate = serializers.FloatField(allow_null=True)
    error = serializers.FloatField(allow_null=True)


class FoundSerializer(serializers.Serializer[Any]):
    """What a version would have found.

    bought: of its SQLs. found: of the buyers; reached: those whose score alone reached the threshold. days: from SQL to
    sale, the median of so many sales. curve: shares of leads contacted, the best score first, and of buyers found.
    """

    version = serializers.IntegerField()
    bought = ShareSerializer()
    found = ShareSerializer()
    reached = ShareSerializer()
    days = serializers.FloatField(allow_null=True)
    sales = serializers.IntegerField()
    contacted = ShareSerializer()
    curve = serializers.ListField(child=serializers.ListField(child=serializers.FloatField()))


class LiftSerializer(serializers.Serializer[Any]):
    """A rule, and the closed leads it gave points; value: how many times as often as the average they bought."""

    part = serializers.CharField()
    name = serializers.CharField()
    points = serializers.FloatField()
    share = ShareSerializer()
    value = serializers.FloatField(allow_null=True)


class SuggestionSerializer(serializers.Serializer[Any]):
    """Other points for a rule, and why; is_dismissed: an admin decided against it."""

    part = serializers.CharField(source="lift.part")
    name = serializers.CharField(source="lift.name")
    points = serializers.FloatField(source="lift.points")
    suggested = serializers.IntegerField(source="points")
    reason = serializers.CharField()
    is_dismissed = serializers.SerializerMethodField()

    def get_is_dismissed(self, suggestion: Suggestion) -> bool:
        """Say whether it was dismissed."""
        return suggestion in self.context["dismissed"]


class BacktestSerializer(serializers.Serializer[Any]):
    """The version beside the live one, on the leads that were won or lost in the last year.

    total: how many there are; closed: how many of them were looked at, a sample where there are fewer. draft: the
    version that was asked about, empty where it is the live one.
    """

    total = serializers.IntegerField()
    closed = serializers.IntegerField()
    won = serializers.IntegerField()
    live = FoundSerializer()
    draft = FoundSerializer(allow_null=True)
    lifts = LiftSerializer(many=True)
    suggestions = SuggestionSerializer(many=True)
    seconds = serializers.FloatField()


class BacktestView(APIView):
    """Tests a version on the past."""

    permission_classes = [IsAuthenticated, ReadsRules]

    @extend_schema(responses=BacktestSerializer)
    def get(self, request: Request, version: int) -> Response:
        """Score closed leads as they stood before their outcome, by this version and by the live one."""
        try:
            found = kept_backtest(rules_of(version), now=timezone.now())
        except NoLiveRuleSet as error:
            raise NothingLive(str(error)) from error
        _, dismissed = parted(found.suggestions)
        return Response(BacktestSerializer(found, context={"dismissed": dismissed}).data)
