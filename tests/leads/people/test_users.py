import pytest

from leads.errors import InvalidValue
from leads.models import AuditEntry, Role, User
from leads.people.users import save_user
from tests.make import NOON, make_user


def test_the_admin_flags_follow_the_role(admin_user, sales):
    sales.role = Role.ADMIN

    save_user(sales, by=admin_user, now=NOON)

    sales.refresh_from_db()
    assert (sales.is_staff, sales.is_superuser) == (True, True)
    entry = AuditEntry.objects.latest("pk")
    assert (entry.action, entry.subject, entry.actor) == ("user changed", "sam: Admin, active", admin_user)


@pytest.mark.parametrize("change", [{"role": Role.SALES}, {"is_active": False}])
def test_the_only_admin_stays_one(admin_user, change):
    make_user(role=Role.ADMIN, is_active=False)
    for name, value in change.items():
        setattr(admin_user, name, value)

    with pytest.raises(InvalidValue, match="Ada Admin is the only admin who can sign in"):
        save_user(admin_user, by=admin_user, now=NOON)

    kept = User.objects.get(pk=admin_user.pk)
    assert (kept.role, kept.is_active) == (Role.ADMIN, True)


def test_one_of_two_admins_may_leave(admin_user):
    make_user(role=Role.ADMIN)
    admin_user.role = Role.MANAGER

    save_user(admin_user, by=admin_user, now=NOON)

    kept = User.objects.get(pk=admin_user.pk)
    assert (kept.role, kept.is_staff, kept.is_superuser) == (Role.MANAGER, False, False)
