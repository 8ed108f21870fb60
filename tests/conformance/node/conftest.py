"""The clients of the npm registry, installed once beside the tests from the lock file."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.conftest import chromium, no_broker, open_page, tolerated, visit
from tests.make import make_source
from tests.website import Website, website

__all__ = ["chromium", "no_broker", "open_page", "tolerated", "visit"]

HERE = Path(__file__).parent
MODULES = HERE / "node_modules"
KEY = "wk_website"


@pytest.fixture(scope="session")
def modules() -> Path:
    """Return the folder of the installed clients; installs them where it is not what the lock file says."""
    if not _is_installed():
        command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        done = subprocess.run(command, cwd=HERE, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
    return MODULES


def _is_installed() -> bool:
    wanted = json.loads((HERE / "package-lock.json").read_text())["packages"]
    return all(
        (HERE / path / "package.json").exists()
        and json.loads((HERE / path / "package.json").read_text())["version"] == package["version"]
        for path, package in wanted.items()
        if path and not package.get("optional")
    )


@pytest.fixture
def key(live_server, settings) -> str:
    settings.PUBLIC_URL = live_server.url
    return make_source().write_key


@pytest.fixture
def site(modules) -> Iterator[Website]:
    """A website that serves the clients below /lib/."""
    with website(modules) as there:
        yield there
