"""Role checks of the screens, and the page shown to users without access."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render, resolve_url
from django_htmx.http import HttpResponseClientRedirect

from leads.models import Role, User

View = TypeVar("View", bound=Callable[..., HttpResponseBase])

EVERYONE = tuple(Role)
CLAIMING = (Role.SALES, Role.MANAGER, Role.ADMIN)
MERGING = (Role.MARKETER, Role.MANAGER, Role.ADMIN)
CAPTURING = (Role.MARKETER, Role.MANAGER, Role.ADMIN)
# Sales may read the live rules; drafts, history and backtests are for those who tune them.
RULE_READING = (Role.MARKETER, Role.MANAGER, Role.ADMIN)


def roles_required(*roles: Role) -> Callable[[View], View]:
    """Allow only users with these roles; others sign in first, or are told who can grant access.

    The view gets an attribute `roles`, so that a test can compare all addresses with one table.
    """

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return _ask_to_sign_in(request)
            if request.user.role not in roles:
                return refuse(request, roles)
            return view(request, *args, **kwargs)

        guarded.roles = frozenset(roles)  # type: ignore[attr-defined]
        return cast(View, guarded)

    return guard


def signed_in(request: HttpRequest) -> User:
    """Return the user of a request that `roles_required` admitted."""
    if not isinstance(request.user, User):
        raise TypeError("expected a signed-in user, got an anonymous one")
    return request.user


def _ask_to_sign_in(request: HttpRequest) -> HttpResponse:
    # htmx would insert the sign-in form into the page; redirect the whole window instead.
    if request.headers.get("HX-Request"):
        return HttpResponseClientRedirect(resolve_url(settings.LOGIN_URL))
    return redirect_to_login(request.get_full_path())


def refuse(request: HttpRequest, roles: tuple[Role, ...]) -> HttpResponse:
    """Show whom a page is for, and who can grant access."""
    admins = User.objects.filter(role=Role.ADMIN, is_active=True).order_by("id")[:3]
    context = {"roles": [role.label for role in roles], "admins": admins}
    return render(request, "403.html", context, status=403)
