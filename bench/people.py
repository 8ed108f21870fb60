"""Users of the measured product, who never type a password."""

from collections.abc import Mapping

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from rest_framework.authtoken.models import Token

from leads.models import Role, User


def make_reps(count: int) -> list[User]:
    """Store sales reps."""
    reps = [User(username=f"rep{number}", last_name=f"Rep {number}", role=Role.SALES) for number in range(count)]
    for rep in reps:
        rep.set_unusable_password()
    return User.objects.bulk_create(reps)


def api_headers(user: User) -> Mapping[str, str]:
    """Return the headers by which a user calls the API."""
    return {"Authorization": f"Token {Token.objects.create(user=user).key}"}


def session_headers(user: User) -> Mapping[str, str]:
    """Return the headers of a browser that a user is signed in with."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return {"Cookie": f"sessionid={session.session_key}"}
