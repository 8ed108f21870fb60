"""`make test`: every check and every tier of the suite that can run here; ends by saying which did not, and why."""

import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

BIN = Path(sys.executable).parent
PYTHON = sys.executable
SERVICES = ("DATABASE_URL", "REDIS_URL")
NODE = ("node", "npm")
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
PYTEST = [PYTHON, "-m", "pytest", "--quiet", "--no-header", "--tb=short", "--show-capture=no", "-p", "no:cacheprovider"]
SHOWN = 40  # lines of what a failed check says
# Tests of a group run one after another in one process.
PARALLEL = ["--numprocesses", "auto", "--dist", "loadgroup"]

# A configuration as in production, made up for `check --deploy` alone.
PRODUCTION = {
    "SECRET_KEY": secrets.token_urlsafe(50),
    "PUBLIC_URL": "https://crm.example.com",
    "ALLOWED_HOSTS": "crm.example.com",
}

CHECKS: dict[str, list[str]] = {
    "ruff check": [f"{BIN}/ruff", "check", "--quiet", "--output-format", "concise", "."],
    "ruff format": [f"{BIN}/ruff", "format", "--check", "--output-format", "concise", "."],
    "import contracts": [f"{BIN}/lint-imports", "--no-logo"],
    "types": [f"{BIN}/mypy", "--no-error-summary"],
    "templates": [f"{BIN}/djlint", "templates", "--lint", "--quiet"],
    "compose file": [f"{BIN}/check-jsonschema", "--builtin-schema", "vendor.compose-spec", "docker-compose.yml"],
    "migrations complete": [PYTHON, "manage.py", "makemigrations", "--check", "--dry-run"],
    "deployment settings": [PYTHON, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
    "API schema": [PYTHON, "manage.py", "spectacular", "--validate", "--fail-on-warn", "--file", os.devnull],
}


@dataclass
class Tier:
    """A part of the suite; `missing` says why it cannot run here, and is empty where it can."""

    name: str
    arguments: list[str]
    environment: dict[str, str] = field(default_factory=dict)
    missing: str = ""


def run_checks() -> bool:
    """Run the quick checks, print a line each and what the failed ones said; return whether all passed."""
    with tempfile.TemporaryDirectory() as var:
        environment = {**_embedded(), **PRODUCTION, "LEADCRM_VAR_DIR": var}
        results = [_check(name, command, environment) for name, command in CHECKS.items()]
    return all(results)


def _check(name: str, command: list[str], environment: dict[str, str]) -> bool:
    started = time.monotonic()
    done = subprocess.run(command, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    verdict = "FAILED" if done.returncode else "ok"
    print(f"{verdict:>6}  {name} ({time.monotonic() - started:.1f} s)", flush=True)
    if done.returncode:
        lines = done.stdout.splitlines()
        rest = [f"... and {len(lines) - SHOWN} lines more; `{' '.join(command)}` shows all"] if lines[SHOWN:] else []
        print("\n".join([*lines[:SHOWN], *rest]), flush=True)
    return done.returncode == 0


def tiers() -> list[Tier]:
    """Return every tier of the suite, each with what it needs."""
    browser = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), "")
    no_browser = "" if browser else f"no Chromium found (looked for {', '.join(BROWSERS)} and $CHROMIUM)"
    services = {name: os.environ.get(name, "") for name in SERVICES}
    no_services = _missing_services(services)
    apart = ("tests/browser", "tests/faults", "tests/conformance/node")
    suite = ["tests", *(f"--ignore={folder}" for folder in apart), *PARALLEL]
    no_node = ", ".join(f"no {name} found" for name in NODE if not shutil.which(name))
    return [
        Tier("suite on SQLite", suite),
        Tier("suite on PostgreSQL and Redis", suite, services, no_services),
        Tier("faults on PostgreSQL and Redis", ["tests/faults"], services, no_services),
        Tier("browser tests", ["tests/browser"], {"CHROMIUM": browser}, no_browser),
        Tier("clients of Node and browsers", ["tests/conformance/node"], {"CHROMIUM": browser}, no_node or no_browser),
    ]


def _missing_services(services: dict[str, str]) -> str:
    wanted = []
    if not services["DATABASE_URL"].startswith(("postgres://", "postgresql://")):
        wanted.append("DATABASE_URL names no PostgreSQL")
    if not services["REDIS_URL"]:
        wanted.append("REDIS_URL names no Redis")
    return ", ".join(wanted)


def run_tier(tier: Tier) -> tuple[bool, str]:
    """Run a tier, showing its output as it comes; return whether it passed, and its closing line."""
    print(f"\n{tier.name}", flush=True)
    closing = ""
    with subprocess.Popen(
        [*PYTEST, *tier.arguments], env={**_embedded(), **tier.environment}, text=True, stdout=subprocess.PIPE
    ) as running:
        for line in running.stdout or ():
            print(line, end="", flush=True)
            closing = line.strip() or closing
    return running.returncode == 0, closing.strip("= ")


def _embedded() -> dict[str, str]:
    """Return the environment without the names of any services."""
    return {name: value for name, value in os.environ.items() if name not in SERVICES}


def main() -> int:
    """Run it all; return 0 when everything that ran passed and, in CI, nothing was left out."""
    print("Checks", flush=True)
    passed = run_checks()
    report = [("checks", "passed" if passed else "FAILED")]
    skipped = False
    for tier in tiers():
        if tier.missing:
            skipped = True
            report.append((tier.name, f"did not run: {tier.missing}"))
        else:
            is_good, closing = run_tier(tier)
            passed = passed and is_good
            report.append((tier.name, f"{'passed' if is_good else 'FAILED'}: {closing}"))
    print("\nWhat ran")
    for name, outcome in report:
        print(f"  {name:<32}{outcome}")
    if skipped and os.environ.get("CI"):
        print("In CI a tier that did not run is a failure.")
        return 1
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
