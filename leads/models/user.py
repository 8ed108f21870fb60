from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.contrib.auth.models import UserManager as DjangoUserManager
from django.db import models
from django.db.models import Q


class Role(models.TextChoices):
    """A user's role, which decides the screens they may use."""

    MARKETER = "marketer", "Marketing"
    SALES = "sales", "Sales"
    MANAGER = "manager", "Manager"
    ADMIN = "admin", "Admin"


class UserManager(DjangoUserManager["User"]):
    """Creates users whose admin flags follow from their role."""

    def create_user(
        self, username: str, email: str | None = None, password: str | None = None, **fields: object
    ) -> "User":
        """Create a user; the role admin also gives access to the Django admin."""
        is_admin = fields.get("role") == Role.ADMIN
        return super().create_user(
            username, email, password, **{**fields, "is_staff": is_admin, "is_superuser": is_admin}
        )

    def create_superuser(
        self, username: str, email: str | None = None, password: str | None = None, **fields: object
    ) -> "User":
        """Create an admin."""
        return self.create_user(username, email, password, **{**fields, "role": Role.ADMIN})


class User(AbstractUser):
    """A user. time_zone: an IANA name; times are shown in it."""

    role = models.CharField(max_length=16, choices=Role, default=Role.MARKETER)
    time_zone = models.CharField(max_length=64, default="UTC")

    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(role__in=Role.values), name="user_role_known"),
            # The Django admin checks the flags, the screens check the role: the two must agree.
            models.CheckConstraint(
                condition=Q(role=Role.ADMIN, is_staff=True, is_superuser=True)
                | (~Q(role=Role.ADMIN) & Q(is_staff=False, is_superuser=False)),
                name="user_admin_flags_follow_role",
            ),
        ]

    def __str__(self) -> str:
        return self.get_full_name() or self.username
