"""The addresses of scoring's screens."""

from django.urls import path

from scoring.web.rules_page import progress, rules_page
from scoring.web.whatif import what_if

urlpatterns = [
    path("", rules_page, name="scoring"),
    path("progress/", progress, name="scoring-progress"),
    path("what-if/", what_if, name="scoring-what-if"),
]
