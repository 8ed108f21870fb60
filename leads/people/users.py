"""Create and change users."""

from datetime import datetime

from django.db import transaction

from leads.audit.record import record_audit
from leads.errors import InvalidValue
from leads.models import Role, User


@transaction.atomic
def save_user(user: User, *, by: User, now: datetime) -> None:
    """Store a new or changed user; the admin flags follow from the role.

    Raises InvalidValue if no user would be left who can sign in to the admin.
    """
    # Serialises two admins who take the role from each other at the same time.
    admins = set(User.objects.select_for_update().filter(role=Role.ADMIN, is_active=True).values_list("pk", flat=True))
    stays_admin = user.role == Role.ADMIN and user.is_active
    if admins and not stays_admin and not admins - {user.pk}:
        raise InvalidValue(f"{user} is the only admin who can sign in; make somebody else an admin first.")
    action = "user changed" if user.pk else "user made"
    user.is_staff = user.is_superuser = user.role == Role.ADMIN
    user.save()
    active = "active" if user.is_active else "not active"
    record_audit(action, f"{user.username}: {user.get_role_display()}, {active}", by=by, now=now)
