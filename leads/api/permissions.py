"""Permissions of the REST API. Every signed-in user may read."""

from rest_framework.exceptions import NotAuthenticated
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from leads.models import Role, User


class CanClaim(BasePermission):
    """Sales reps, managers and admins may work on leads."""

    message = "Claiming and releasing leads is for the roles sales, manager and admin."

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Return whether the user's role may work on leads."""
        return isinstance(request.user, User) and request.user.role in (Role.SALES, Role.MANAGER, Role.ADMIN)


class CanMerge(BasePermission):
    """Marketers, managers and admins may merge leads."""

    message = "Merging leads and undoing it is for the roles marketer, manager and admin."

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Return whether the user's role may merge leads."""
        return isinstance(request.user, User) and request.user.role in (Role.MARKETER, Role.MANAGER, Role.ADMIN)


def caller(request: Request) -> User:
    """Return the authenticated user."""
    if not isinstance(request.user, User):
        raise NotAuthenticated
    return request.user
