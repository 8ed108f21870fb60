"""Whole files as other systems write them, from their bytes to the lead."""

import io
from datetime import UTC, datetime

import pytest
import xlsxwriter

from leads.models import Consent, ConsentState, Lead

pytestmark = pytest.mark.django_db
MAJA = ("maja@lund.no", "+4721000001", "Maja", "Lund Øst", "Lund AS", datetime(2026, 3, 4, tzinfo=UTC))

HUBSPOT = (
    "\ufeff"
    '"Record ID - Contact","First Name","Last Name","Email","Phone Number","Associated Company (Primary)",'
    '"Create Date","Message","Unsubscribed from all email"\r\n'
    '"101","Maja","Lund Øst","maja@lund.no","+47 21 00 00 01","Lund AS","2026-03-04 00:00",'
    '"Two machines,\r\nand ""beans""","true"\r\n'
).encode()
SALESFORCE = (
    '"First Name","Last Name","Email","Phone","Company / Account","Created Date","Description","Email Opt Out"\n'
    '"Maja","Lund Øst","maja@lund.no","+47 21000001","Lund AS","4.3.2026","Two machines,\nand ""beans""","1"\n'
).encode("latin-1")
MAILCHIMP = (
    '"Email Address","First Name","Last Name","Phone Number",Company,OPTIN_TIME,LEID,Message,TAGS\n'
    'maja@lund.no,Maja,"Lund Øst",+4721000001,"Lund AS","2026-03-04 00:00:00",7,"Two machines,\nand ""beans""",VIP\n'
).encode()
EXCEL_IN_EUROPE = (
    "sep=;\r\nE-Mail;Vorname;Nachname;Telefon;Firma;Created date;Message\r\n"
    'maja@lund.no;Maja;Lund Øst;+47 21 00 00 01;Lund AS;46085;"Two machines,\nand ""beans"""\r\n'
).encode("cp1252")


def pipedrive() -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        sheet = book.add_worksheet("People")
        headings = ("First name", "Last name", "Email - Work", "Phone - Work", "Organization", "Person created")
        sheet.write_row(0, 0, [*(f"Person - {heading}" for heading in headings), "Person - Message"])
        sheet.write_row(1, 0, ["Maja", "Lund Øst", "maja@lund.no", "+4721000001", "Lund AS"])
        day = book.add_format({"num_format": "dd.mm.yyyy"})
        sheet.write_datetime(1, 5, datetime(2026, 3, 4), day)  # noqa: DTZ001 - a workbook knows no zones
        sheet.write_string(1, 6, 'Two machines,\nand "beans"')
    return content.getvalue()


FILES = {
    "HubSpot": ("hubspot.csv", HUBSPOT),
    "Salesforce": ("report.csv", SALESFORCE),
    "Mailchimp": ("subscribed_members.csv", MAILCHIMP),
    "Pipedrive": ("people.xlsx", pipedrive()),
    "Excel in Europe": ("Mappe1.csv", EXCEL_IN_EUROPE),
}


@pytest.mark.parametrize("system", FILES)
def test_an_export_is_imported_as_it_is(import_file, system):
    name, content = FILES[system]

    job = import_file(content, name)

    assert (job.result["new"], job.result["refused"], job.result["notes"]) == (1, 0, {})
    lead = Lead.objects.get()
    assert (lead.email, lead.phone, lead.first_name, lead.last_name, lead.organization.name, lead.created_at) == MAJA
    (words,) = (value for value in lead.attributes.values() if "machines" in value)
    assert words.split() == ["Two", "machines,", "and", '"beans"']


@pytest.mark.parametrize("system", ["HubSpot", "Salesforce"])
def test_who_has_left_a_list_there_has_left_it_here(import_file, system):
    name, content = FILES[system]

    import_file(content, name)

    assert Consent.objects.get().state == ConsentState.WITHDRAWN
