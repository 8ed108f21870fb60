"""Signing in and out, and passwords: Django's own views at /accounts/."""

from typing import Any

from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, resolve_url
from django.urls import include, path

from leadcrm import setup
from leads.models import Role
from leads.web.access import refuse


class SignInView(LoginView):
    """Django's sign-in; where nobody can sign in yet, the way to the first admin."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Send the first visitor of a new installation to /setup/."""
        return redirect("setup") if setup.is_needed() else super().dispatch(request, *args, **kwargs)


def admin_sign_in(request: HttpRequest) -> HttpResponse:
    """Lead to the one place to sign in, with its lockout and its look; tell whoever may not enter who can let them in.

    The admin sends everybody here whom it does not let in.
    """
    if not request.user.is_authenticated:
        return redirect(f"{resolve_url('login')}?{request.GET.urlencode()}")
    if not request.user.is_staff:
        return refuse(request, (Role.ADMIN,))
    return redirect("admin:index")


urlpatterns = [
    path("login/", SignInView.as_view(), name="login"),
    path("", include("django.contrib.auth.urls")),
]
