"""Signing in and out, and passwords: Django's own views at /accounts/."""

from typing import Any

from django.contrib.auth.views import LoginView
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import include, path

from leadcrm import setup


class SignInView(LoginView):
    """Django's sign-in; where nobody can sign in yet, the way to the first admin."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Send the first visitor of a new installation to /setup/."""
        return redirect("setup") if setup.is_needed() else super().dispatch(request, *args, **kwargs)


urlpatterns = [
    path("login/", SignInView.as_view(), name="login"),
    path("", include("django.contrib.auth.urls")),
]
