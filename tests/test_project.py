"""What the project promises about itself: pinned requirements, no secrets with a default, documents that hold."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import get_commands

ROOT = Path(__file__).parent.parent
PINNED = ["requirements.txt", "requirements-dev.txt", "requirements-uv.txt"]


def pins(name: str) -> list[str]:
    """Return a requirements file's entries, each with its continuation lines."""
    lines = [line for line in (ROOT / name).read_text().splitlines() if line and not line.lstrip().startswith("#")]
    return re.split(r"\n(?=\S)", "\n".join(lines))


@pytest.mark.parametrize("name", PINNED)
def test_every_requirement_has_one_version_and_hashes(name):
    for pin in pins(name):
        assert re.match(r"[a-z0-9._-]+(\[[a-z,]+\])?==\S+ ", pin), pin
        assert "--hash=sha256:" in pin, pin


@pytest.mark.parametrize("name", PINNED)
def test_requirements_name_no_server(name):
    text = (ROOT / name).read_text()

    assert "://" not in text
    assert "--index" not in text
    assert "--find-links" not in text


@pytest.mark.parametrize("name", ["requirements", "requirements-dev", "requirements-uv"])
def test_what_we_ask_for_is_pinned(name):
    asked = re.findall(r"^[a-z0-9-]+", (ROOT / f"{name}.in").read_text(), re.MULTILINE)
    pinned = {re.split(r"[\[=]", pin)[0] for pin in pins(f"{name}.txt")}

    assert {package for package in asked if not package.startswith("-")} <= pinned


def test_the_compose_file_follows_its_schema():
    check = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"]

    result = subprocess.run([*check, ROOT / "docker-compose.yml"], capture_output=True, text=True)

    assert result.returncode == 0, result.stdout


def test_compose_has_no_secret_with_a_default():
    text = (ROOT / "docker-compose.yml").read_text()

    for name in ["SECRET_KEY", "POSTGRES_PASSWORD"]:
        uses = re.findall(rf"\$\{{{name}(\S)(\S)", text)
        assert uses
        assert set(uses) == {(":", "?")}, f"{name} must be ${{{name}:?...}} everywhere"


def test_settings_and_operations_agree_on_the_names_they_know():
    settings = (ROOT / "leadcrm/settings.py").read_text()
    read = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', settings)) | {"LEADCRM_VAR_DIR"}
    documented = set(re.findall(r"`([A-Z][A-Z_]+)`", (ROOT / "docs/operations.md").read_text()))

    assert read - {"TEST_DB_SUFFIX"} <= documented


def test_every_command_that_the_readme_names_exists():
    named = re.findall(r"manage\.py (\w+)", (ROOT / "README.md").read_text())

    assert set(named) <= set(get_commands())


def test_every_file_that_a_document_links_to_exists():
    for document in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]:
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", document.read_text()):
            assert (document.parent / target).exists(), f"{document.name} links to {target}"
