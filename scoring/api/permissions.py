"""Who reads and who changes the rules over REST."""

from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from leads.models import Role, User

READING = (Role.MARKETER, Role.MANAGER, Role.ADMIN)


class ReadsRules(BasePermission):
    """Sales read what a score is made of with each lead; the rules' versions are for those who tune."""

    message = "The versions of the rules are for the roles marketer, manager and admin."

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Tell whether the user's role reads all versions."""
        return isinstance(request.user, User) and request.user.role in READING


class ChangesRulesAsAdmin(BasePermission):
    """Only admins change rules."""

    message = "Changing rules is for the role admin."

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Tell whether the request reads, or its user is an admin."""
        is_admin = isinstance(request.user, User) and request.user.role == Role.ADMIN
        return is_admin or request.method in SAFE_METHODS
