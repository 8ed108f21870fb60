"""Creating the first admin: once, at /setup/, with a token that only the operator can read in the log."""

from datetime import datetime

import structlog
from django import forms
from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.forms import BaseUserCreationForm
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from leads.audit.record import record_audit
from leads.errors import LeadError
from leads.models import User

log = structlog.get_logger(__name__)


class AlreadySetUp(LeadError):
    """A user exists already."""


def is_needed() -> bool:
    """Return whether no user exists yet."""
    return not User.objects.exists()


def setup_token() -> str:
    """Return the token. It is derived from SECRET_KEY, so that all web processes agree without storing it."""
    return salted_hmac("leadcrm.setup", "first admin", algorithm="sha256").hexdigest()[:40]


def setup_url_if_needed() -> str | None:
    """Return the address for creating the first admin, or None if a user exists."""
    return f"{settings.PUBLIC_URL}{reverse('setup')}?token={setup_token()}" if is_needed() else None


@transaction.atomic
def create_first_admin(username: str, *, email: str, password: str, now: datetime) -> User:
    """Create the admin who creates all other users. Raises AlreadySetUp if a user exists."""
    # No user row exists to lock, so the content type row of the user model is locked instead.
    ContentType.objects.select_for_update().get(app_label="leads", model="user")
    if not is_needed():
        raise AlreadySetUp("The first admin exists already.")
    admin = User.objects.create_superuser(username, email, password)
    record_audit("first admin made", username, by=admin, now=now)
    return admin


class FirstAdminForm(BaseUserCreationForm):
    """The first admin's account, and the token that proves access to the server's log."""

    token = forms.CharField(max_length=100, label="Setup token")

    class Meta:
        model = User
        fields = ("username", "email")
        labels = {"username": "Name", "email": "E-mail"}

    def clean_token(self) -> str:
        """Compare in constant time."""
        token: str = self.cleaned_data["token"]
        if not constant_time_compare(token, setup_token()):
            raise forms.ValidationError("This is not the token in the server's log.")
        return token


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def setup(request: HttpRequest) -> HttpResponse:
    """Create the first admin and sign them in; 404 once a user exists."""
    if not is_needed():
        raise Http404("The first admin exists already.")
    if request.method != "POST":
        log.warning("setup_needed", url=setup_url_if_needed())
        form = FirstAdminForm(initial={"token": request.GET.get("token", "")[:100]})
        return render(request, "registration/setup.html", {"form": form})
    form = FirstAdminForm(request.POST)
    if not form.is_valid():
        return render(request, "registration/setup.html", {"form": form}, status=400)
    return _set_up(request, form.cleaned_data)


def _set_up(request: HttpRequest, given: dict[str, str]) -> HttpResponse:
    try:
        admin = create_first_admin(
            given["username"], email=given["email"], password=given["password1"], now=timezone.now()
        )
    except AlreadySetUp as error:
        raise Http404(str(error)) from error
    login(request, admin, backend="django.contrib.auth.backends.ModelBackend")
    return redirect(settings.LOGIN_REDIRECT_URL)
