"""Permissions for reading and changing rules over REST."""

from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from leads.models import Role, User

READING = (Role.MARKETER, Role.MANAGER, Role.ADMIN)


class ReadsRules(BasePermission):
    """Marketers, managers and admins may read all versions; sales see the explanations of leads."""

    message = "The versions of the rules are for the roles marketer, manager and admin."

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Return whether the user's role reads all versions."""
        return isinstance(request.user, User) and request.user.role in READING


class ChangesRulesAsAdmin(BasePermission):
    """Only admins may change rules."""

    message = "Changing rules is for the role admin."

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Return whether the request reads, or its user is an admin."""
        is_admin = isinstance(request.user, User) and request.user.role == Role.ADMIN
        return is_admin or request.method in SAFE_METHODS
