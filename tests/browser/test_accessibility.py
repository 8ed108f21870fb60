"""What axe-core finds on every screen, in light and dark: nothing serious."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.conftest import PHONE

GRAVE = ("serious", "critical")


def grave_findings(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [
        f"{page.url} {violation['id']}: {node['html'][:150]} {node['any'][0]['message'] if node['any'] else ''}"
        for violation in found
        if violation["impact"] in GRAVE
        for node in violation["nodes"]
    ]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_screen_has_a_serious_fault(open_page, sales, known, waiting, tolerated, theme):
    tolerated.append("404")  # Chromium prints every page that is not there
    # axe is evaluated inside the page, which our own policy forbids.
    page = open_page(sales, "/queue/", color_scheme=theme, bypass_csp=True)
    findings = []

    paths = ["/", "/leads/", "/leads/?q=nobody", "/leads/add/", f"/leads/{known.pk}/", f"/leads/{waiting[0].pk}/"]
    for path in ["/queue/", "/queue/?show=mine", "/scoring/", *paths, "/nowhere/", "/accounts/password_reset/"]:
        page.goto(path)
        findings += grave_findings(page)

    assert findings == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_signing_in_and_the_first_start_have_no_serious_fault(open_page, theme):
    page = open_page(path="/accounts/login/", color_scheme=theme, bypass_csp=True)

    assert grave_findings(page) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_open_menus_and_the_dialog_have_no_serious_fault(open_page, marketer, known, theme):
    page = open_page(marketer, "/leads/?stage=mql", color_scheme=theme, bypass_csp=True)
    page.locator("summary", has_text="Owner").click()
    findings = grave_findings(page)

    page.keyboard.press("?")
    findings += grave_findings(page)

    assert findings == []


def test_a_phone_has_no_serious_fault(open_page, sales, known, waiting):
    page = open_page(sales, "/queue/", bypass_csp=True, **PHONE)
    findings = grave_findings(page)
    for path in ["/", "/leads/", f"/leads/{waiting[0].pk}/", "/scoring/"]:
        page.goto(path)
        findings += grave_findings(page)

    assert findings == []
