"""Exports of other systems, by the headings that they give, map by themselves."""

import pytest

from leads.channels.imports.headings import guess, is_day_first

EXPORTS = {
    "HubSpot": {
        "Record ID": ("12345", ""),
        "First Name": ("Maja", "first_name"),
        "Last Name": ("Lund", "last_name"),
        "Email": ("maja@lund.no", "email"),
        "Phone Number": ("+47 21 00 00 01", "phone"),
        "Contact owner": ("Sam Seller", "owner"),
        "Lead Status": ("Open", "attributes.lead_status"),
        "Create Date": ("2026-01-05 10:00", "created_at"),
        "Associated Company": ("Lund AS", "company.name"),
        "Job Title": ("CEO", "title"),
        "Country/Region": ("Norway", "country"),
        "Website URL": ("https://lund.no", "company.domain"),
        "Number of Employees": ("120", "company.employee_count"),
        "Original Source": ("Organic Search", "source"),
        "Unsubscribed from all email": ("", "optout.email"),
        "Empty": ("", ""),
    },
    "HubSpot, contacts of today": {
        "Record ID - Contact": ("12345", ""),
        "First Name": ("Maja", "first_name"),
        "Email": ("maja@lund.no", "email"),
        "Mobile Phone Number": ("+4790000001", "phone"),
        "Associated Company (Primary)": ("Lund AS", "company.name"),
        "Associated Company IDs (Primary)": ("9", ""),
        "Opted out of email: One to One": ("true", ""),
        "Unsubscribed from all email": ("false", "optout.email"),
        "Original Traffic Source": ("Paid Search", "source"),
        "Lifecycle Stage": ("Lead", "attributes.lifecycle_stage"),
    },
    "HubSpot, one kind of mail": {
        "Email": ("maja@lund.no", "email"),
        "Opted out of email: Marketing Information": ("true", "optout.email"),
    },
    "Salesforce": {
        "Lead ID": ("00Q5g", ""),
        "First Name": ("Maja", "first_name"),
        "Last Name": ("Lund", "last_name"),
        "Title": ("CEO", "title"),
        "Company / Account": ("Lund AS", "company.name"),
        "Email": ("maja@lund.no", "email"),
        "Phone": ("+4721000001", "phone"),
        "Mobile": ("+4790000001", "phone"),
        "Lead Source": ("Trade Show", "source"),
        "Lead Owner": ("Sam Seller", "owner"),
        "Country": ("Norway", "country"),
        "Industry": ("Coffee", "company.industry"),
        "No. of Employees": ("120", "company.employee_count"),
        "Website": ("lund.no", "company.domain"),
        "Created Date": ("5/1/2026", "created_at"),
        "Email Opt Out": ("0", "optout.email"),
        "Do Not Call": ("1", "optout.phone"),
        "Rating": ("Hot", "attributes.rating"),
    },
    "Salesforce, contacts": {
        "Account Owner": ("Ada Admin", ""),
        "Contact Owner": ("Sam Seller", "owner"),
        "Contact ID": ("0035g", ""),
        "First Name": ("Maja", "first_name"),
        "Last Name": ("Lund", "last_name"),
        "Account Name": ("Lund AS", "company.name"),
        "Mailing Country": ("Norway", "country"),
        "Mobile": ("+4790000001", "phone"),
        "Email": ("maja@lund.no", "email"),
        "Lead Source": ("Web", "source"),
    },
    "Salesforce, by Data Loader": {
        "ID": ("00Q5g", ""),
        "ISDELETED": ("false", ""),
        "LASTNAME": ("Lund", "last_name"),
        "FIRSTNAME": ("Maja", "first_name"),
        "NAME": ("Maja Lund", ""),
        "COMPANY": ("Lund AS", "company.name"),
        "MOBILEPHONE": ("+4790000001", "phone"),
        "EMAIL": ("maja@lund.no", "email"),
        "NUMBEROFEMPLOYEES": ("120", "company.employee_count"),
        "OWNERID": ("005", ""),
        "HASOPTEDOUTOFEMAIL": ("true", "optout.email"),
        "ISCONVERTED": ("false", ""),
        "CREATEDDATE": ("2026-01-05T10:00:00.000Z", "created_at"),
    },
    "Mailchimp, those who have left": {
        "Email Address": ("maja@lund.no", "email"),
        "CONFIRM_TIME": ("2026-01-05 10:00:00", ""),
        "UNSUB_TIME": ("2026-02-05 10:00:00", "event.unsubscribed"),
        "UNSUB_CAMPAIGN_TITLE": ("May", ""),
        "UNSUB_REASON": ("NORMAL", "attributes.unsub_reason"),
        "CC": ("NO", ""),
    },
    "Mailchimp": {
        "Email Address": ("maja@lund.no", "email"),
        "First Name": ("Maja", "first_name"),
        "Last Name": ("Lund", "last_name"),
        "Phone Number": ("", "phone"),
        "MEMBER_RATING": ("2", ""),
        "OPTIN_TIME": ("2026-01-05 10:00:00", "created_at"),
        "OPTIN_IP": ("10.0.0.1", ""),
        "LEID": ("1", ""),
        "EUID": ("a1", ""),
        "TAGS": ('"Coffee","VIP"', "attributes.tags"),
    },
    "Pipedrive": {
        "Person - Name": ("Maja Lund", ""),
        "Person - First name": ("Maja", "first_name"),
        "Person - Last name": ("Lund", "last_name"),
        "Person - Email - Work": ("maja@lund.no", "email"),
        "Person - Email - Home": ("maja@home.no", "email"),
        "Person - Phone - Work": ("+4721000001", "phone"),
        "Person - Organization": ("Lund AS", "company.name"),
        "Person - Owner": ("Sam Seller", "owner"),
        "Person - Person created": ("2026-01-05", "created_at"),
        "Person - ID": ("7", ""),
        "Organization - Name": ("Lund AS", ""),
        "Organization - Website": ("lund.no", "company.domain"),
    },
    "Pipedrive, leads": {
        "Lead - Title": ("Lund AS lead", "attributes.lead_title"),
        "Lead - Owner": ("Sam Seller", "owner"),
        "Lead - Contact person": ("Maja Lund", "name"),
        "Lead - Organization": ("Lund AS", "company.name"),
        "Lead - Lead created": ("2026-01-05 10:00:00", "created_at"),
        "Person - Email - Work": ("maja@lund.no", "email"),
        "Person - Phone - Mobile": ("+4790000001", "phone"),
        "Organization - Country of Address": ("Norway", "company.country"),
    },
    "German": {
        "E-Mail-Adresse": ("maja@lund.no", "email"),
        "Vorname": ("Maja", "first_name"),
        "Nachname": ("Lund", "last_name"),
        "Telefon": ("+4721000001", "phone"),
        "Firma": ("Lund AS", "company.name"),
        "Land": ("Norwegen", "country"),
    },
}


@pytest.mark.parametrize("system", EXPORTS)
def test_an_export_maps_by_itself(system):
    columns = EXPORTS[system]

    found = guess(list(columns), [[value for value, _ in columns.values()]])

    assert dict(zip(columns, found.columns, strict=True)) == {name: target for name, (_, target) in columns.items()}


def test_columns_without_telling_headings_are_known_by_their_values():
    rows = [["maja@lund.no", "+4721000001", "x"], ["nils@berg.no", "+4721000002", "y"]]

    assert guess(["A", "B", "C"], rows).columns == ["email", "phone", "attributes.c"]


def test_a_heading_is_not_believed_against_its_values():
    assert guess(["Email", "Mail to"], [["yes", "maja@lund.no"]]).columns == ["attributes.email", "email"]


@pytest.mark.parametrize(
    ("dates", "expected"),
    [(["3/4/2026"], True), (["13/4/2026"], True), (["4/13/2026"], False), (["2026-04-13"], True), ([], True)],
)
def test_whether_days_stand_first_is_read_off_the_dates(dates, expected):
    assert is_day_first(dates) is expected
