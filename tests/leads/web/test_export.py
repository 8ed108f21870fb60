import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from leads.channels.imports import jobs
from leads.channels.imports.mapping import choice_of
from leads.channels.imports.run import run_import
from leads.models import AuditEntry, ImportJob, Lead, Organization
from leads.reports import lead_sheet
from leads.reports.lead_sheet import chosen_columns, csv_lines, safe_cell, workbook_of
from tests.make import NOON, make_lead, make_organization, make_user

USUAL = ["email", "first_name", "last_name", "company", "stage", "score"]


def rows_of(answer) -> list[list[str]]:
    text = b"".join(answer.streaming_content).decode()
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def take(browser, query="", columns=USUAL, form="csv"):
    return browser.post(f"/leads/export/{query}", {"columns": columns, "format": form})


@pytest.fixture
def three(db):
    company = make_organization("Lund AS")
    return [
        make_lead("a@lund.no", first_name="Anna", score=10, organization=company),
        make_lead("b@lund.no", first_name="Bo", score=30, stage="mql"),
        make_lead("c@lund.no", first_name="Cleo", score=20, attributes={"size": "XL"}),
    ]


def test_the_list_s_filters_and_order_are_kept(browser, three):
    answer = take(browser, "?score_min=15&sort=-score")

    assert rows_of(answer) == [
        ["Email", "First name", "Last name", "Company", "Stage", "Score"],
        ["b@lund.no", "Bo", "", "", "MQL", "30.0"],
        ["c@lund.no", "Cleo", "", "", "New", "20.0"],
    ]
    assert answer["Content-Disposition"] == 'attachment; filename="leads-2026-06-17.csv"'


def test_a_workbook_holds_the_same(browser, three):
    answer = take(browser, "?sort=score", form="xlsx")

    book = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(answer.streaming_content)))
    rows = book.get_sheet_by_index(0).to_python()
    assert [row[0] for row in rows] == ["Email", "a@lund.no", "c@lund.no", "b@lund.no"]
    assert rows[1][3:] == ["Lund AS", "New", 10.0]


def test_attributes_are_columns_to_choose(browser, three):
    page = browser.get("/leads/export/").content.decode()
    assert 'value="attributes.size"' in page

    rows = rows_of(take(browser, "?sort=name&q=Cleo", columns=["email", "attributes.size"]))

    assert rows == [["Email", "Size"], ["c@lund.no", "XL"]]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "'=1", "''@x"])
def test_text_that_a_spreadsheet_takes_for_a_formula_is_kept_from_being_one(browser, text):
    make_lead("a@lund.no", first_name=text)

    rows = rows_of(take(browser, columns=["first_name"]))

    assert rows[1] == [f"'{text}"]


def test_a_workbook_holds_text_that_begins_like_a_formula_as_text(browser):
    make_lead("a@lund.no", first_name="=1+1", last_name="https://x.co")

    answer = take(browser, columns=["first_name", "last_name"], form="xlsx")

    book = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(answer.streaming_content)))
    assert book.get_sheet_by_index(0).to_python()[1] == ["=1+1", "https://x.co"]


def test_an_export_is_noted_without_what_was_searched_for(browser, three, marketer):
    take(browser, "?q=Anna&score_min=5")

    entry = AuditEntry.objects.get(action="leads exported")
    assert (entry.actor, entry.subject) == (marketer, "csv, 6 columns; q, score_min")


@pytest.mark.parametrize(
    ("query", "columns", "form", "words"),
    [
        ("", [], "csv", "Choose at least one column"),
        ("", ["email"], "pdf", "Choose CSV or XLSX, got “pdf”"),
        ("?score_min=many", ["email"], "csv", "Score at least"),
        ("", ["password"], "csv", "Choose at least one column"),
    ],
)
def test_what_can_not_be_exported_is_said(browser, three, query, columns, form, words):
    page = take(browser, query, columns, form)

    assert page.status_code == 400
    assert words in page.content.decode()


def test_a_workbook_of_too_many_is_refused(browser, three, monkeypatch):
    monkeypatch.setattr(lead_sheet, "MOST_IN_A_WORKBOOK", 2)

    assert "at most 2 leads" in take(browser, form="xlsx").content.decode()


def test_the_number_of_queries_does_not_grow_with_the_list(browser, db):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            rows_of(take(browser))
        return len(captured)

    make_lead()
    few = queries()
    for _ in range(20):
        make_lead(organization=make_organization())

    assert queries() == few


def test_sales_may_not_export(rep_browser):
    assert rep_browser.get("/leads/export/").status_code == 403


WORDS = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp", "Zs"]), min_size=1, max_size=20).map(
    lambda text: f"{text}x"
)
PEOPLE = st.lists(
    st.fixed_dictionaries(
        {"first_name": WORDS, "last_name": WORDS, "title": WORDS, "country": WORDS, "note": WORDS, "company": WORDS}
    ),
    min_size=1,
    max_size=6,
)


def known() -> list[tuple[object, ...]]:
    columns = ("email", "first_name", "last_name", "title", "country", "organization__name", "attributes")
    return list(Lead.objects.order_by("email").values_list(*columns))


@given(PEOPLE)
@settings(max_examples=25)
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_what_is_exported_and_imported_again_is_the_same(db, form, people):
    for model in (Lead, Organization, ImportJob):
        model.objects.all().delete()
    for number, person in enumerate(people):
        company = Organization.objects.filter(name=person.pop("company")).first() or make_organization(f"Firm {number}")
        attributes = {"note": person.pop("note")}
        make_lead(f"lead{number}@lund.no", organization=company, attributes=attributes, **person)
    before = known()
    columns = chosen_columns(["email", "first_name", "last_name", "title", "country", "company", "attributes.note"])
    leads = Lead.objects.order_by("pk")
    content = "".join(csv_lines(leads, columns)).encode() if form == "csv" else workbook_of(leads, columns).read()
    Lead.objects.all().delete()
    Organization.objects.all().delete()

    job = jobs.take_file(io.BytesIO(content), name=f"x.{form}", size=len(content), by=make_user(), now=NOON)
    jobs.choose_columns(job, choice_of(job), now=NOON)
    ImportJob.objects.filter(pk=job.pk).update(state="running", started_at=NOON)
    run_import(job.pk, clock=lambda: NOON)

    assert known() == before


def test_escaping_and_what_importing_takes_away_are_each_other_s_opposite():
    for text in ("=x", "'=x", "''=x", "'x", "plain"):
        assert safe_cell(text) in (text, f"'{text}")
