"""A marketer brings in the contacts of another system, looks at what became of them, and takes them back."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Page, expect

from leads.channels.imports.work import work_on_import
from leads.models import ImportJob, Lead
from tests.browser.conftest import PHONE
from tests.make import make_lead

EXPORT = (
    "Record ID,First Name,Last Name,Email,Phone Number,Associated Company\n"
    "1,Maja,Lund,maja@halden.no,21 00 00 01,Halden AS\n"
    "2,Nils,Berg,nils@berg.no,,\n"
    "3,No,One,nobody,,\n"
)


def upload(page: Page, content: str = EXPORT) -> None:
    page.get_by_label("File of leads").set_input_files(
        {"name": "contacts.csv", "mimeType": "text/csv", "buffer": content.encode()}
    )
    page.get_by_role("button", name="Upload").click()


def test_contacts_are_uploaded_mapped_checked_imported_and_taken_back(open_page, marketer):
    make_lead("nils@berg.no", first_name="Nils")
    page = open_page(marketer, "/imports/")
    upload(page)
    expect(page.get_by_role("heading", level=1, name="contacts.csv")).to_be_visible()
    expect(page.get_by_label("Email", exact=True)).to_have_value("email")
    expect(page.get_by_label("Record ID")).to_have_value("")

    # The preview follows the choice: with a country the number can be read.
    preview = page.get_by_role("region", name="The first rows as they will be stored")
    expect(preview).to_contain_text("“21 00 00 01” is not a phone number with its country's code")
    page.get_by_label("Country of phone numbers without one").select_option("NO")
    expect(preview).to_contain_text("+4721000001")
    page.get_by_role("button", name="Check the file").click()

    outcome = page.get_by_role("region", name="What would become of its rows")
    expect(outcome.locator(".figure-new dd")).to_have_text("1")
    expect(outcome.locator(".figure-updated dd")).to_have_text("1")
    expect(outcome.locator(".figure-refused dd")).to_have_text("1")
    with page.expect_download() as download:
        page.get_by_role("link", name="Rows with their reasons").click()
    assert "nobody" in download.value.path().read_text(encoding="utf-8-sig")

    page.get_by_role("button", name="Import 3 rows").click()
    expect(page.get_by_role("region", name="What became of its rows")).to_be_visible()
    page.get_by_role("link", name="See these leads").click()
    expect(page.get_by_role("link", name="Maja Lund")).to_be_visible()

    page.go_back()
    page.get_by_text("Undo the import…").click()
    page.get_by_role("button", name="Undo it").click()
    expect(page.get_by_role("region", name="This import is undone")).to_contain_text("Leads removed")
    assert list(Lead.objects.values_list("email", "last_name")) == [("nils@berg.no", "")]


def test_the_bar_moves_by_itself_until_the_import_is_checked(open_page, marketer):
    page = open_page(marketer, "/imports/")
    upload(page, "Email\n" + "".join(f"lead{number}@berg.no\n" for number in range(600)))
    page.get_by_role("button", name="Check the file").click()
    expect(page.get_by_role("region", name="Being checked")).to_contain_text("0 of 600")

    work_on_import(ImportJob.objects.get().pk, clock=timezone.now)

    expect(page.get_by_role("button", name="Import 600 rows")).to_be_visible()


def test_it_all_works_without_javascript(open_page, marketer):
    page = open_page(marketer, "/imports/", java_script_enabled=False)
    upload(page)
    page.get_by_label("Country of phone numbers without one").select_option("NO")
    page.get_by_role("button", name="Show the first rows").click()
    expect(page.get_by_role("region", name="The first rows as they will be stored")).to_contain_text("+4721000001")
    page.get_by_role("button", name="Check the file").click()
    page.get_by_role("button", name="Import 3 rows").click()
    expect(page.locator(".figure-new dd")).to_have_text("2")
    page.get_by_text("Undo the import…").click()
    page.get_by_role("button", name="Undo it").click()

    expect(page.get_by_role("region", name="This import is undone")).to_contain_text("Leads removed")


@pytest.mark.parametrize("options", [{}, {"color_scheme": "dark"}, PHONE], ids=["light", "dark", "phone"])
def test_the_pages_are_accessible_and_as_wide_as_the_screen(open_page, marketer, options):
    page = open_page(marketer, "/imports/", **options)
    upload(page)
    job = ImportJob.objects.get()

    for path in ("/imports/", f"/imports/{job.pk}/", "/leads/export/"):
        page.goto(path)
        assert Axe().run(page).response["violations"] == [], path
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path


def test_export_follows_the_filters_of_the_list(open_page, marketer):
    make_lead("maja@lund.no", first_name="Maja")
    make_lead("nils@berg.no", first_name="Nils")
    page = open_page(marketer, "/leads/")
    page.get_by_label("Search leads").fill("nils")
    expect(page.get_by_role("link", name="Maja")).to_have_count(0)
    expect(page.get_by_role("link", name="Export")).to_have_attribute("href", re.compile("q=nils"))

    page.get_by_role("link", name="Export").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV").click()

    text = download.value.path().read_text(encoding="utf-8-sig")
    assert "nils@berg.no" in text
    assert "maja@lund.no" not in text
