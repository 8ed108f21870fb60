"""Sign-in, sign-out and passwords: Django's own views under /accounts/."""

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
    """Django's sign-in page; on a new installation without users it redirects to the setup."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Send the first visitor of a new installation to /setup/."""
        return redirect("setup") if setup.is_needed() else super().dispatch(request, *args, **kwargs)


def admin_sign_in(request: HttpRequest) -> HttpResponse:
    """Redirect to the one sign-in page, which has the lockout; tell a user without access who can grant it.

    The admin sends everyone here whom it does not let in.
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
