"""What axe-core finds on every screen, in light and dark: nothing serious."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.conftest import PHONE

GRAVE = ("serious", "critical")
EVERYTHING = {"resultTypes": ["violations"]}
# Nothing else is different in the dark.
CONTRAST = {**EVERYTHING, "runOnly": ["color-contrast"]}


def grave_findings(page: Page, *paths: str) -> list[str]:
    """Return what is wrong with the page as it stands, or with each of these in turn, in light and in dark.

    axe is evaluated inside the page, which our own policy forbids: open the page with bypass_csp.
    """
    findings = []
    for path in paths or [""]:
        if path:
            page.goto(path)
        page.emulate_media(color_scheme="light")
        findings += _run(page, EVERYTHING)
        page.emulate_media(color_scheme="dark")
        findings += _run(page, CONTRAST)
    return findings


def _run(page: Page, options: dict[str, object]) -> list[str]:
    return [
        f"{page.url} {violation['id']}: {node['html'][:150]} {node['any'][0]['message'] if node['any'] else ''}"
        for violation in Axe().run(page, options=options).response["violations"]
        if violation["impact"] in GRAVE
        for node in violation["nodes"]
    ]


def test_no_screen_has_a_serious_fault(open_page, sales, known, waiting, tolerated):
    tolerated.append("404")  # Chromium prints every page that is not there
    page = open_page(sales, "/queue/", bypass_csp=True)

    findings = grave_findings(
        page,
        "/",
        "/leads/",
        "/leads/?q=nobody",
        "/leads/add/",
        f"/leads/{known.pk}/",
        f"/leads/{waiting[0].pk}/",
        "/queue/",
        "/queue/?show=mine",
        "/scoring/",
        "/accounts/password_change/",
        "/nowhere/",
    )

    assert findings == []


def test_no_screen_about_capture_has_a_serious_fault(open_page, manager, capture_screens):
    page = open_page(manager, "/links/", bypass_csp=True)

    assert grave_findings(page, *capture_screens) == []


def test_signing_in_has_no_serious_fault(open_page):
    page = open_page(path="/accounts/login/", bypass_csp=True)

    assert grave_findings(page) + grave_findings(page, "/accounts/password_reset/") == []


def test_the_first_start_has_no_serious_fault(open_page):
    page = open_page(path="/setup/", bypass_csp=True)

    assert grave_findings(page) == []


def test_open_menus_and_the_dialog_have_no_serious_fault(open_page, marketer, known):
    page = open_page(marketer, "/leads/?stage=mql", bypass_csp=True)
    page.locator("summary", has_text="Owner").click()
    findings = grave_findings(page)

    page.keyboard.press("?")
    findings += grave_findings(page)

    assert findings == []


def test_a_phone_has_no_serious_fault(open_page, sales, known, waiting):
    page = open_page(sales, "/queue/", bypass_csp=True, **PHONE)

    assert grave_findings(page, "/", "/leads/", f"/leads/{waiting[0].pk}/", "/queue/", "/scoring/") == []
