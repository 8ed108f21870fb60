"""What every test may ask for: users of each role, browsers and REST clients that they are signed in with."""

import os
from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.cache import caches
from django.test import Client
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis
from rest_framework.authtoken.models import Token
from rest_framework.test import APIClient

from leadcrm.celery import app
from leads.capture import refused
from leads.models import Role, User
from scoring.rules import live
from tests.make import make_user

# A busy machine is slow, above all at the first draw, and no fault of a test. Fixtures that examples share are
# written for that. CI tries the same examples each time: what is new there is the change's.
hypothesis.register_profile(
    "suite",
    deadline=None,
    derandomize="CI" in os.environ,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
hypothesis.load_profile("suite")


@pytest.fixture(autouse=True)
def own_cache() -> Iterator[None]:
    """Give each test an empty cache, without emptying a Redis that others, or a second pytest process, use."""
    prefix = f"test-{uuid4().hex}"
    caches["default"].key_prefix = prefix
    settings.CACHES["default"]["KEY_PREFIX"] = prefix  # for threads that the test starts
    # Tests publish rule sets at the same moments under the same versions.
    live._loaded.cache_clear()
    # SQLite gives the ids of what was rolled back again.
    refused._kept.clear()
    yield
    del settings.CACHES["default"]["KEY_PREFIX"]


@pytest.fixture(autouse=True)
def own_media(tmp_path, settings) -> None:
    """Let files of downloads lie in a folder that goes with the test."""
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def broker() -> Iterator[Callable[[str], None]]:
    """Let a test name the broker that tasks are published to."""
    former = app.conf.broker_url

    def use(url: str) -> None:
        app.conf.broker_url = url
        # Celery keeps its connections; without these two it would go on with the former ones.
        app._pool = app.amqp._producer_pool = None

    yield use
    use(former)


@pytest.fixture
def marketer(db) -> User:
    return make_user("mia", Role.MARKETER, first_name="Mia", last_name="Marker")


@pytest.fixture
def sales(db) -> User:
    return make_user("sam", Role.SALES, first_name="Sam", last_name="Seller")


@pytest.fixture
def other_sales(db) -> User:
    return make_user("olga", Role.SALES, first_name="Olga", last_name="Other")


@pytest.fixture
def manager(db) -> User:
    return make_user("max", Role.MANAGER, first_name="Max", last_name="Manager")


@pytest.fixture
def admin_user(db) -> User:
    return make_user("ada", Role.ADMIN, first_name="Ada", last_name="Admin")


@pytest.fixture
def signed_in() -> Callable[[User], Client]:
    """Return a browser that a user is signed in with."""

    def sign_in(user: User) -> Client:
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in


@pytest.fixture
def api_of() -> Callable[[User], APIClient]:
    """Return a REST client that sends a user's token."""

    def client_of(user: User) -> APIClient:
        token, _ = Token.objects.get_or_create(user=user)
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=f"Token {token.key}")
        return client

    return client_of
