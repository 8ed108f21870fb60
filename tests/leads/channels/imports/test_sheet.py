import io
from datetime import UTC, datetime

import pytest
import xlsxwriter

from leads.channels.imports.dialect import delimiter_of, encoding_of
from leads.channels.imports.sheet import Format, SheetRefused, headings_of, leads_of, rows_of

ROW = "Name,Ort\nÅsa Öst,Malmö\nZoë Łuk,Łódź\n"


@pytest.mark.parametrize(
    ("encoding", "expected", "text"),
    [
        ("utf-8", "utf-8", ROW),
        ("utf-8-sig", "utf-8-sig", ROW),
        ("utf-16", "utf-16", ROW),
        ("utf-16-le", "utf-16-le", ROW),
        ("utf-16-be", "utf-16-be", ROW),
        ("cp1252", "cp1252", "Name;Preis\nÅsa;12 €\n"),
        ("latin-1", "latin-1", "Name;Wort\nÅsa;\x81\x9d\n"),
    ],
)
def test_an_encoding_is_found_and_reads_back(encoding, expected, text):
    content = text.encode(encoding)

    found = encoding_of(io.BytesIO(content))

    assert found == expected
    assert content.decode(found) == text


def test_bytes_that_break_far_into_the_file_count():
    content = b"a,b\n" + b"x,y\n" * 400_000 + "Åsa,z\n".encode("cp1252")

    assert encoding_of(io.BytesIO(content)) == "cp1252"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a,b\n1,2\n", ","),
        ("a;b\n1,5;2,5\n1,5;3\n", ";"),
        ("a\tb\n1, 2\t3\n", "\t"),
        ("a|b\n1|2\n", "|"),
        ("email\nx@y.co\n", ","),
        ('name,note\n"Lund; Maja","a;b;c"\nX,"d;e"\n', ","),
        ("sep=;\na;b\n", ";"),
        ("", ","),
    ],
)
def test_a_delimiter_is_found(text, expected):
    assert delimiter_of(text) == expected


def lines_of(text, how=None):
    return list(rows_of(io.StringIO(text, newline=""), how or Format("utf-8", ",")))


def test_rows_tell_the_line_they_begin_in_over_quoted_line_breaks_and_blank_lines():
    rows = lines_of('a,b\r\n\r\n1,"two\r\nlines"\r\n , \r\n3,4\r\n')

    assert [(row.line, row.cells) for row in rows] == [
        (1, ["a", "b"]),
        (3, ["1", "two\r\nlines"]),
        (6, ["3", "4"]),
    ]


def test_a_line_that_tells_excel_the_delimiter_is_no_heading():
    assert [row.cells for row in lines_of("sep=;\na;b\n", Format("utf-8", ";"))] == [["a", "b"]]


def test_nul_characters_are_left_out():
    assert lines_of("a\0,b\n")[0].cells == ["a", "b"]


def test_a_quotation_mark_that_is_never_closed_is_refused_with_its_line():
    with pytest.raises(
        SheetRefused, match="begins in line 3 can't be read: a quotation mark opens and is never closed"
    ):
        lines_of('a,b\n1,2\n3,"four\n5,6\n')


def test_a_value_that_swallows_the_file_is_refused():
    with pytest.raises(SheetRefused, match=r"line 2 .* more than 1,000,000 characters"):
        lines_of('a,b\n1,"' + "x\n" * 600_000)


def test_a_stray_quotation_mark_is_part_of_the_value():
    assert lines_of('a,b\n5" disk,"x"y\n')[1].cells == ['5" disk', "xy"]


def test_headings_are_told_apart_and_named_where_they_are_empty():
    assert headings_of(["Email", " ", "Email", "Email (2)"]) == ["Email", "Column 2", "Email (2)", "Email (2) (2)"]


def test_a_file_without_headings_begins_with_its_first_lead():
    rows = lines_of("maja@lund.no,Maja\nnils@berg.no,Nils\n")

    assert headings_of(rows[0].cells) == ["Column 1", "Column 2"]
    assert len(list(leads_of(iter(rows)))) == 2


def workbook(write, **options) -> bytes:
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, options)
    write(book)
    book.close()
    return content.getvalue()


def test_a_workbook_is_read_from_its_first_sheet_with_anything_on_it(take):
    def write(book):
        book.add_worksheet("Empty")
        sheet = book.add_worksheet("Leads")
        sheet.write_row(2, 0, ["Email", "Phone", "Signed", "Size", "Score", "Open"])
        date = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(3, 0, ["maja@lund.no", 4721000001, "", 120.0, 1.5, True])
        sheet.write_datetime(3, 2, datetime(2026, 3, 1, tzinfo=UTC).replace(tzinfo=None), date)
        sheet.write_row(4, 0, ["two\nlines", "x"])

    job = take(workbook(write), "leads.xlsx")

    assert job.headings == ["Email", "Phone", "Signed", "Size", "Score", "Open"]
    assert job.first_rows[0] == ["maja@lund.no", "4721000001", "2026-03-01", "120", "1.5", "true"]
    assert (job.total, job.is_workbook) == (2, True)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "The file is empty"),
        (b"\n\n , \n", "The file is empty"),
        (b"\xef\xbb\xbf", "The file is empty"),
        (b"Email,Name\n", "headings and no row"),
        (b"PK\x03\x04 this is no archive", "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old .xls kind"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"),
            "protected by a password",
        ),
        (b'Email\n"maja@lund.no\n', "never closed"),
        (("," * 2_001).encode() + b"\n", "empty"),
        (("x," * 2_001).encode() + b"\n", "at most 2,000"),
    ],
)
def test_a_file_that_can_not_be_read_is_refused_with_the_reason_and_not_kept(take, settings, content, reason):
    with pytest.raises(SheetRefused, match=reason):
        take(content)

    assert not settings.MEDIA_ROOT.exists() or not list(settings.MEDIA_ROOT.rglob("*.csv"))


def test_a_workbook_without_a_row_is_refused(take):
    with pytest.raises(SheetRefused, match="empty"):
        take(workbook(lambda book: book.add_worksheet()), "leads.xlsx")


def test_a_thousand_columns_are_taken(take):
    headings = ["Email", *(f"Field {number}" for number in range(999))]

    job = take(",".join(headings) + "\nmaja@lund.no" + "," * 999 + "\n")

    assert len(job.columns) == 1_000
