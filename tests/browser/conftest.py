"""A real Chromium on the running product: signed in as whom a test names, with an eye on its console."""

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from leads.models import Lead, Stage, User
from tests.make import (
    make_asset,
    make_connector,
    make_event,
    make_import,
    make_kiosk,
    make_lead,
    make_link,
    make_organization,
    make_source,
    make_sql,
)

# Playwright runs a loop in this thread, which Django takes for a coroutine.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
PATIENCE = 10_000  # ms
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
# What the Content-Security-Policy forbids is told to the page; Chromium does not print all of it.
WATCH_POLICY = """document.addEventListener("securitypolicyviolation", (event) =>
    console.error(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`))"""

OpenPage = Callable[..., Page]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        pytest.skip(f"no Chromium found (looked for {', '.join(BROWSERS)} and $CHROMIUM)")
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(autouse=True)
def no_broker(settings) -> None:
    """Let requests score what they touch, whatever broker the environment names: no worker runs beside these tests."""
    settings.REDIS_URL = ""


@pytest.fixture
def tolerated() -> list[str]:
    """Return what the console may say in this test; a test adds to it."""
    return []


@pytest.fixture
def open_page(chromium, live_server, tolerated) -> Iterator[OpenPage]:
    """Open pages, each in a browser of its own; in the end none may have had anything to complain about."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_one(user: User | None = None, path: str = "/", **options: object) -> Page:
        context = chromium.new_context(base_url=live_server.url, reduced_motion="reduce", **options)
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        context.add_init_script(WATCH_POLICY)
        context.on("weberror", lambda error: complaints.append(f"{error.page.url}: {error.error}"))
        context.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
        context.on("response", lambda answer: complaints.append(answer.url) if answer.status >= 500 else None)
        if user:
            context.add_cookies([session_cookie(user, live_server.url)])
        page = context.new_page()
        page.goto(path)
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert [said for said in complaints if not any(part in said for part in tolerated)] == []


def session_cookie(user: User, address: str) -> dict[str, str]:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return {
        "name": settings.SESSION_COOKIE_NAME,
        "value": client.cookies[settings.SESSION_COOKIE_NAME].value,
        "url": address,
    }


@pytest.fixture
def visit(open_page) -> Callable[[str], Page]:
    """Return a function that opens an address of any website in a new window."""

    def go(address: str) -> Page:
        page = open_page(path="about:blank")
        page.goto(address)
        return page

    return go


def sign_in(page: Page, user: User, password: str) -> None:
    page.get_by_label("Name").fill(user.username)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


@pytest.fixture
def waiting(live_server) -> list[Lead]:
    """Return three leads that wait for sales: one late, one due in ten minutes, one due in two hours."""
    now = timezone.now()
    names = (("Lea", "Late", -30), ("Sonja", "Soon", 10), ("Lars", "Later", 120))
    leads = [
        make_sql(
            f"{first.lower()}@halden.com",
            first_name=first,
            last_name=last,
            respond_by=now + timedelta(minutes=minutes),
            phone="+4721000000",
        )
        for first, last, minutes in names
    ]
    for lead in leads:
        make_event(lead, "demo_requested", occurred_at=now - timedelta(hours=2))
    return leads


@pytest.fixture
def known(live_server) -> Lead:
    """Return an MQL with a company and a day of activity."""
    now = timezone.now()
    company = make_organization("Halden Hotels", employee_count=120, industry="Hospitality")
    lead = make_lead(
        "maja.lund@halden.com",
        first_name="Maja",
        last_name="Lund",
        title="Office Manager",
        organization=company,
        country="Norway",
        phone="+4721000001",
        source="webinar",
        stage=Stage.MQL,
        score=57,
        fit=36,
        behaviour=21,
        last_event_at=now - timedelta(hours=1),
        last_event_kind="trial_started",
        created_at=now - timedelta(days=3),
        stage_changed_at=now - timedelta(hours=1),
    )
    for number in range(24):
        make_event(
            lead, "page_viewed", occurred_at=now - timedelta(days=2, minutes=number), properties={"path": "/blog"}
        )
    make_event(
        lead, "ebook_downloaded", occurred_at=now - timedelta(hours=2), properties={"title": "Warehouse Playbook"}
    )
    make_event(lead, "trial_started", occurred_at=now - timedelta(hours=1), properties={"plan": "Team"})
    return lead


@pytest.fixture
def many(live_server) -> list[Lead]:
    """Return leads for more than one page, quiet for months."""
    return [make_lead(first_name="Nils", last_name=f"Number{number:02}", score=number) for number in range(60)]


@pytest.fixture
def capture_screens(live_server) -> list[str]:
    """Return the addresses of the screens about capture, each with something on it."""
    link, asset, kiosk, source = make_link(), make_asset(), make_kiosk(), make_source()
    return [
        *("/links/", "/links/add/", f"/links/{link.pk}/"),
        *("/assets/", "/assets/add/", f"/assets/{asset.pk}/"),
        *("/kiosks/", f"/kiosks/{kiosk.pk}/", f"/check-in/{kiosk.form.key}/"),
        *("/sources/", f"/sources/{source.pk}/"),
        *("/connectors/", "/connectors/add/stripe/", f"/connectors/{make_connector().pk}/"),
        *("/imports/", f"/imports/{make_import().pk}/"),
        *("/forms/", f"/forms/{asset.form.pk}/", f"/f/{asset.form.key}/", f"/d/{asset.slug}/"),
    ]
