"""The URLs of scoring under /api/."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from scoring.api.backtest import BacktestView
from scoring.api.explanation import ExplanationView
from scoring.api.rule_sets import RuleSetViewSet
from scoring.api.whatif import WhatIfView

router = SimpleRouter(use_regex_path=False)
router.register("rule-sets", RuleSetViewSet, basename="api-rule-set")

urlpatterns = [
    path("leads/<int:pk>/explanation/", ExplanationView.as_view(), name="api-lead-explanation"),
    path("rule-sets/<int:version>/what-if/", WhatIfView.as_view(), name="api-what-if"),
    path("rule-sets/<int:version>/backtest/", BacktestView.as_view(), name="api-backtest"),
    *router.urls,
]
