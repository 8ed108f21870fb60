"""The product as it is served: its processes run beside the tests, on the database that the tests see."""

import secrets
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from django.conf import settings
from rest_framework.authtoken.models import Token
from segment.analytics.client import Client as Tracker

from leads.models import User
from tests.leads.channels.connectors.apis import vendor_apis
from tests.make import make_source
from tests.processes import PATIENCE, Processes, database_url, own_redis, wait_for, wait_until_it_answers


class Rest:
    """The REST interface as one user's program calls it."""

    def __init__(self, address: str, user: User) -> None:
        self.address = f"{address}/api"
        self.headers = {"Authorization": f"Token {Token.objects.get_or_create(user=user)[0].key}"}

    def get(self, path: str, **parameters: Any) -> Any:
        response = requests.get(f"{self.address}{path}", params=parameters, headers=self.headers, timeout=PATIENCE)
        assert response.status_code == 200, response.text
        return response.json()

    def post(self, path: str) -> requests.Response:
        return requests.post(f"{self.address}{path}", headers=self.headers, timeout=PATIENCE)

    def lead_of(self, email: str) -> dict[str, Any] | None:
        return next(iter(self.get("/leads/", email=email)["results"]), None)

    def lead_when(self, email: str, **wanted: Any) -> dict[str, Any]:
        """Return the lead of this address, as soon as its fields are as wanted."""
        seen: list[dict[str, Any] | None] = [None]

        def look() -> dict[str, Any] | None:
            seen[0] = lead = self.lead_of(email)
            return lead if lead and all(lead[name] == value for name, value in wanted.items()) else None

        try:
            return wait_for(look, f"{email} with {wanted}")
        except AssertionError as error:
            raise AssertionError(f"{error}, which is {seen[0]}") from None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the journeys one after another: the product works on a database that other tests use as well."""
    for item in items:
        if "tests/flows/" in item.path.as_posix():
            item.add_marker(pytest.mark.xdist_group("flows"))


@pytest.fixture(scope="package")
def var_dir(tmp_path_factory) -> Path:
    """Return where the product keeps its files, and its mails while no mail server is named."""
    return tmp_path_factory.mktemp("served")


@pytest.fixture(scope="package")
def served(django_db_setup, django_db_blocker, var_dir) -> Iterator[str]:
    """Serve the product on the tests' database, with what works beside it, and return its address.

    It ends with the last test of this folder, which for pytest is a package by its __init__.py: other tests start
    processes of their own on the same database.
    """
    with django_db_blocker.unblock():
        database = database_url()
    with own_redis(settings.REDIS_URL) as broker, vendor_apis() as apis:
        processes = Processes(database, broker, var_dir)
        processes.environment |= apis.settings
        # Pages name their style sheets as they are served, which a clean checkout has not collected yet.
        collect = [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"]
        subprocess.run(collect, env=processes.environment, check=True)
        try:
            web, address = processes.web()
            processes.worker()
            if broker:
                processes.beat()
            wait_until_it_answers(web, address)
            yield address
        finally:
            processes.kill()


@pytest.fixture
def product(served, transactional_db) -> str:
    """Return the address of the product; what a test stores is seen there, and gone after it."""
    return served


@pytest.fixture
def rest(product, marketer) -> Rest:
    return Rest(product, marketer)


@pytest.fixture
def tracker(product) -> Iterator[Tracker]:
    """Return Segment's own client, with a write key of this test's own."""
    problems: list[Exception] = []
    client = Tracker(write_key(), host=product, on_error=lambda error, _: problems.append(error), upload_interval=0.02)
    yield client
    client.flush()
    client.join()
    assert not problems


def write_key() -> str:
    """Return a write key that no other test has used: the server remembers for a while whose a key is."""
    return make_source(f"Website {secrets.token_hex(4)}").write_key
