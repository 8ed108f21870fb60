import io

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from leads.channels.imports import jobs
from leads.channels.imports.work import work_on_import
from leads.models import ImportJob, ImportMapping, Lead
from tests.make import NOON, make_event, make_import, make_lead

FILE = "Email;First name;Phone\nmaja@lund.no;Maja;070-123 45 67\nnobody;Nils;\n"


@pytest.fixture(autouse=True)
def no_broker(settings):
    settings.REDIS_URL = ""


def upload(browser, content=FILE, name="leads.csv"):
    content = content.encode() if isinstance(content, str) else content
    return browser.post("/imports/", {"file": SimpleUploadedFile(name, content)})


def columns_of(job, **options):
    columns = {f"column-{place}": target for place, target in enumerate(job.columns)}
    return {**columns, "on_conflict": "fill", "day_first": "1", "default_country": "", **options}


def test_a_file_is_uploaded_mapped_checked_run_and_undone(browser):
    page = browser.get(upload(browser)["Location"])
    job = ImportJob.objects.get()
    assert "What each column becomes" in page.content.decode()
    assert job.columns == ["email", "first_name", "phone"]

    page = browser.post(f"/imports/{job.pk}/columns/", columns_of(job, default_country="SE"), follow=True)
    assert "New leads to come" in page.content.decode()
    job.refresh_from_db()
    assert (job.check_counts["new"], job.check_counts["refused"]) == (1, 1)
    assert not Lead.objects.exists()

    page = browser.post(f"/imports/{job.pk}/start/", follow=True)
    assert "What became of its rows" in page.content.decode()
    assert Lead.objects.get().phone == "+46701234567"

    page = browser.post(f"/imports/{job.pk}/undo/", follow=True)
    assert "This import is undone" in page.content.decode()
    assert not Lead.objects.exists()


def test_the_choice_is_remembered_for_the_next_file_with_the_same_headings(browser):
    upload(browser)
    first = ImportJob.objects.get()
    browser.post(f"/imports/{first.pk}/columns/", columns_of(first, **{"column-1": "title"}, default_country="SE"))

    upload(browser)

    second = ImportJob.objects.latest("pk")
    assert (second.columns, second.default_country) == (["email", "title", "phone"], "SE")
    assert ImportMapping.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"column-0": "", "column-2": ""}, "No column is E-mail, Phone or User id"),
        ({"column-1": "title", "column-2": "title"}, "More than one column becomes Job title"),
        ({"column-1": "stage"}, "can&#x27;t become &#x27;stage&#x27;"),
        ({"default_country": "XX"}, "Country of phone numbers"),
        ({"on_conflict": "guess"}, "expected one of fill, overwrite"),
    ],
)
def test_a_choice_that_makes_no_sense_is_named_and_keeps_the_others(browser, changes, words):
    upload(browser)
    job = ImportJob.objects.get()

    page = browser.post(f"/imports/{job.pk}/columns/", columns_of(job) | changes)

    assert page.status_code == 400
    assert words in page.content.decode()
    job.refresh_from_db()
    assert job.state == "mapping"


def test_the_preview_shows_rows_as_they_will_be_stored(browser):
    upload(browser)
    job = ImportJob.objects.get()

    page = browser.post(
        f"/imports/{job.pk}/columns/", columns_of(job, default_country="SE"), headers={"HX-Request": "true"}
    )

    shown = page.content.decode()
    assert "+46701234567" in shown
    assert "Refused: “nobody” is not an e-mail address." in shown
    assert "<html" not in shown


@pytest.mark.parametrize(
    ("content", "words"), [("", "empty"), ("Email\n", "no row below"), (b"PK\x03\x04x", "damaged")]
)
def test_a_file_that_can_not_be_read_is_refused_on_the_page(browser, content, words):
    page = upload(browser, content or b" ")

    assert page.status_code == 400
    assert words in page.content.decode()
    assert not ImportJob.objects.exists()


def test_a_file_that_is_too_large_is_refused_on_the_page_and_not_kept(browser, settings, monkeypatch):
    monkeypatch.setattr(jobs, "LARGEST", 2_000_000)

    page = upload(browser, "Email\n" + "maja@lund.no\n" * 160_000)

    assert page.status_code == 400
    assert "The file has 2.1 MB; at most 2 MB are taken. Split it." in page.content.decode()
    assert not ImportJob.objects.exists()
    assert not list(settings.MEDIA_ROOT.rglob("*.csv"))


def test_nothing_chosen_is_said(browser):
    assert "Choose a file" in browser.post("/imports/").content.decode()


def test_rows_with_their_reasons_come_as_a_file_without_formulas(browser):
    upload(browser, "Email,Note\n=cmd(),x\nmaja@lund.no,y\n")
    job = ImportJob.objects.get()
    browser.post(f"/imports/{job.pk}/columns/", columns_of(job))

    answer = browser.get(f"/imports/{job.pk}/problems.csv")

    assert answer["Content-Type"].startswith("text/csv")
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert lines[0] == "Line,Outcome,Reason,Email,Note"
    assert lines[1].startswith("2,refused,")
    assert lines[1].endswith(",'=cmd(),x")
    assert len(lines) == 2


def test_an_import_can_not_be_started_twice_or_discarded_once_it_ran(browser):
    upload(browser)
    job = ImportJob.objects.get()
    browser.post(f"/imports/{job.pk}/columns/", columns_of(job))
    browser.post(f"/imports/{job.pk}/start/")

    again = browser.post(f"/imports/{job.pk}/start/", follow=True)
    discarded = browser.post(f"/imports/{job.pk}/discard/", follow=True)

    assert "This import is done." in again.content.decode()
    assert "undo it instead" in discarded.content.decode()
    assert Lead.objects.count() == 1


def test_a_file_is_discarded_with_its_import(browser, settings):
    upload(browser)

    browser.post(f"/imports/{ImportJob.objects.get().pk}/discard/")

    assert not ImportJob.objects.exists()


def test_progress_is_told_while_it_is_at_work(browser):
    job = make_import()
    ImportJob.objects.filter(pk=job.pk).update(state="running", started_at=NOON, total=200, stored_to=50)

    shown = browser.get(f"/imports/{job.pk}/progress/").content.decode()

    assert "50 of 200" in shown
    assert 'aria-label="25% done"' in shown
    assert "every 1s" in shown


def test_a_larger_file_waits_for_the_worker(browser):
    upload(browser, "Email\n" + "".join(f"lead{number}@lund.no\n" for number in range(600)))
    job = ImportJob.objects.get()
    browser.post(f"/imports/{job.pk}/columns/", columns_of(job))
    job.refresh_from_db()
    assert job.state == "checking"

    work_on_import(job.pk, clock=lambda: NOON)

    job.refresh_from_db()
    assert (job.state, job.check_counts["new"]) == ("checked", 600)


def test_what_was_kept_is_listed_with_the_reason(browser):
    upload(browser)
    job = ImportJob.objects.get()
    browser.post(f"/imports/{job.pk}/columns/", columns_of(job))
    browser.post(f"/imports/{job.pk}/start/")
    make_event(Lead.objects.get(), "demo_requested")

    shown = browser.post(f"/imports/{job.pk}/undo/", follow=True).content.decode()

    assert "Kept: It has been active since." in shown
    assert "Maja" in shown


def test_the_leads_of_an_import_are_a_list(browser):
    make_lead("nils@berg.no")
    upload(browser)
    job = ImportJob.objects.get()
    browser.post(f"/imports/{job.pk}/columns/", columns_of(job))
    browser.post(f"/imports/{job.pk}/start/")

    shown = browser.get(f"/leads/?from_import={job.pk}").content.decode()

    assert "Maja" in shown
    assert "nils@berg.no" not in shown
    assert "leads.csv" in shown


def test_a_thousand_columns_can_be_chosen(browser):
    headings = ["Email", *(f"Field {number}" for number in range(1_199))]
    upload(browser, ",".join(headings) + "\nmaja@lund.no" + "," * 1_199 + "\n")
    job = ImportJob.objects.get()

    assert browser.get(f"/imports/{job.pk}/").status_code == 200
    assert browser.post(f"/imports/{job.pk}/columns/", columns_of(job)).status_code == 302


def test_the_list_takes_the_same_number_of_queries_however_long_it_is(browser):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert browser.get("/imports/").status_code == 200
        return len(captured)

    make_import()
    browser.get("/imports/")
    few = queries()
    for _ in range(8):
        make_import()

    assert queries() == few <= 10


def test_sales_may_not_import(rep_browser):
    assert rep_browser.get("/imports/").status_code == 403
    assert upload(rep_browser).status_code == 403


def test_a_workbook_is_imported_like_a_file_of_text(browser):
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["E-mail", "Phone", "Vorname"])
        sheet.write_row(1, 0, ["maja@lund.no", 46701234567, "Maja"])
    upload(browser, content.getvalue(), "Leads.xlsx")
    job = ImportJob.objects.get()
    browser.post(f"/imports/{job.pk}/columns/", columns_of(job))

    browser.post(f"/imports/{job.pk}/start/")

    lead = Lead.objects.get()
    assert (lead.first_name, lead.phone) == ("Maja", "+46701234567")
