"""The addresses of scoring under /api/."""

from django.urls import path

from scoring.api.explanation import ExplanationView

urlpatterns = [
    path("leads/<int:pk>/explanation/", ExplanationView.as_view(), name="api-lead-explanation"),
]
