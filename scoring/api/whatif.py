"""What publishing a version would do, over REST."""

from dataclasses import asdict
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from scoring.api.explanation import NothingLive
from scoring.api.permissions import ReadsRules
from scoring.engine.json_object import RuleSetError
from scoring.engine.score import CompiledRuleSet
from scoring.rules.live import NoLiveRuleSet
from scoring.whatif.chosen import NoSuchVersion, version_rules
from scoring.whatif.preview import preview


class EstimateSerializer(serializers.Serializer[Any]):
    """A number of leads; error: so many more or less, where only a sample was looked at."""

    count = serializers.IntegerField()
    error = serializers.IntegerField()


class StageEffectSerializer(serializers.Serializer[Any]):
    """How many leads are in a stage under the live rules and under the version, who leaves it and who joins it."""

    stage = serializers.CharField()
    live = EstimateSerializer()
    draft = EstimateSerializer()
    leaves = EstimateSerializer()
    joins = EstimateSerializer()


class LoadSerializer(serializers.Serializer[Any]):
    """New SQLs a week under both, over the last four weeks; claimed: by sales a week, empty where nobody ever did."""

    live = EstimateSerializer()
    draft = EstimateSerializer()
    claimed = serializers.FloatField(allow_null=True)


class StageChangeSerializer(serializers.Serializer[Any]):
    """A lead that would change its stage; line: what differs most in its score, by line_points."""

    lead_id = serializers.IntegerField()
    name = serializers.CharField()
    live_stage = serializers.CharField()
    draft_stage = serializers.CharField()
    live_score = serializers.FloatField()
    draft_score = serializers.FloatField()
    line = serializers.CharField()
    line_points = serializers.FloatField()


class WhatIfSerializer(serializers.Serializer[Any]):
    """A version against the live one. looked_at < total: estimates. changes: the 200 that matter most."""

    live_version = serializers.IntegerField()
    draft_version = serializers.IntegerField()
    total = serializers.IntegerField()
    looked_at = serializers.IntegerField()
    seconds = serializers.FloatField()
    stages = StageEffectSerializer(many=True)
    load = LoadSerializer()
    changed = EstimateSerializer()
    changes = StageChangeSerializer(many=True)


def rules_of(version: int) -> CompiledRuleSet:
    """Return a version's rules, or refuse as REST does."""
    try:
        return version_rules(version)
    except NoSuchVersion as refusal:
        raise NotFound(str(refusal)) from refusal
    except RuleSetError as error:
        raise ValidationError({error.place or "detail": [error.message]}) from error


class WhatIfView(APIView):
    """Foretells a publishing."""

    permission_classes = [IsAuthenticated, ReadsRules]

    @extend_schema(responses=WhatIfSerializer)
    def get(self, request: Request, version: int) -> Response:
        """Tell who would join and leave MQL and SQL if this version were published now; nothing is written."""
        try:
            return Response(asdict(preview(rules_of(version), now=timezone.now())))
        except NoLiveRuleSet as error:
            raise NothingLive(str(error)) from error
