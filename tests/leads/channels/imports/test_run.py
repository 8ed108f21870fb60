from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from leads.channels.imports import jobs
from leads.channels.imports.chunks import read_chunks
from leads.channels.imports.companies import KnownCompanies
from leads.channels.imports.mapping import choice_of
from leads.channels.imports.run import Overtaken, run_import, store_chunk
from leads.models import (
    Consent,
    DuplicateCandidate,
    Event,
    ImportedLead,
    ImportState,
    Lead,
    LeadSearch,
    Organization,
    StageChange,
)
from tests.faulty import PowerCut, failing_at
from tests.make import NOON, make_event, make_lead, make_organization, make_user

LATER = NOON + timedelta(minutes=1)
TWO = "Email,First Name,Last Name,Phone,Company\nmaja@lund.no,Maja,Lund,+4721000001,Lund AS\nnils@berg.no,Nils,Berg,,\n"


def counts_of(job):
    return {name: number for name, number in job.result.items() if number}


def test_new_leads_come_whole_due_for_scoring_and_searchable(import_file):
    job = import_file(TWO)

    assert (job.state, counts_of(job)) == (ImportState.DONE, {"new": 2})
    maja = Lead.objects.get(email="maja@lund.no")
    assert (maja.first_name, maja.last_name, maja.phone) == ("Maja", "Lund", "+4721000001")
    assert (maja.source, maja.stage, maja.organization.name) == ("import", "new", "Lund AS")
    assert maja.score_due_at == LATER
    assert set(maja.identifiers.values_list("kind", "value")) == {("email", "maja@lund.no"), ("phone", "+4721000001")}
    assert LeadSearch.objects.get(lead=maja).text == "maja lund maja@lund.no +4721000001 lund as"
    assert not Event.objects.exists()
    assert not StageChange.objects.exists()


def test_only_what_is_empty_is_filled_in(import_file):
    lead = make_lead("maja@lund.no", first_name="Maja-Lisa", source="webinar")

    job = import_file(TWO)

    lead.refresh_from_db()
    assert counts_of(job) == {"new": 1, "updated": 1}
    assert (lead.first_name, lead.last_name, lead.source) == ("Maja-Lisa", "Lund", "webinar")
    assert lead.score_due_at == LATER
    assert LeadSearch.objects.get(lead=lead).text.startswith("maja-lisa lund")


def test_what_the_file_says_overwrites_where_that_is_chosen(import_file):
    former = make_organization("Former AS")
    lead = make_lead("maja@lund.no", first_name="Maja-Lisa", title="CEO", organization=former)

    import_file(TWO, on_conflict="overwrite")

    lead.refresh_from_db()
    assert (lead.first_name, lead.title, lead.organization.name) == ("Maja", "CEO", "Lund AS")


def test_a_known_lead_of_whom_nothing_new_is_said_is_left_alone(import_file):
    import_file(TWO)
    before = dict(Lead.objects.values_list("pk", "facts_version"))

    job = import_file(TWO)

    assert counts_of(job) == {"unchanged": 2}
    assert dict(Lead.objects.values_list("pk", "facts_version")) == before


def test_rows_about_the_same_person_are_one_lead(import_file):
    job = import_file(
        "Email,Phone,Title\nmaja@lund.no,+4721000001,\nMAJA@lund.no,,CEO\n,+47 21 00 00 01,Owner\nnils@berg.no,,\n"
    )

    assert counts_of(job) == {"new": 2, "duplicate": 2}
    assert Lead.objects.get(email="maja@lund.no").title == "CEO"


def test_a_phone_number_that_two_have_makes_a_possible_duplicate(import_file):
    import_file("Email,Phone\nmaja@lund.no,+4721000001\nnils@berg.no,+4721000001\n")

    pair = DuplicateCandidate.objects.get()
    assert {pair.first.email, pair.second.email} == {"maja@lund.no", "nils@berg.no"}
    assert "phone number" in pair.reason


def test_two_known_leads_that_a_row_shows_to_be_one_are_merged(import_file):
    import_file("Email\nmaja@lund.no\n")
    import_file("Phone,Name\n+4721000001,Maja Lund\n")

    job = import_file("Email,Phone\nmaja@lund.no,+4721000001\n")

    lead = Lead.objects.current().get()
    assert counts_of(job) == {"updated": 1}
    assert (lead.email, lead.phone, lead.last_name) == ("maja@lund.no", "+4721000001", "Lund")


def test_a_second_address_in_a_cell_is_the_leads_too_unless_it_is_anothers(import_file):
    other = make_lead("nils@berg.no")

    import_file("Email\nmaja@lund.no; maja@home.no; nils@berg.no\n")

    lead = Lead.objects.get(email="maja@lund.no")
    assert set(lead.identifiers.values_list("value", flat=True)) == {"maja@lund.no", "maja@home.no"}
    assert DuplicateCandidate.objects.get().first == other


def test_every_row_is_counted_and_refusals_are_named(import_file):
    job = import_file("Email,Name\nmaja@lund.no,Maja\nnobody,Nils\n,Nils\nnils@berg.no,Nils,extra,cells\n")

    assert counts_of(job)["refused"] == 3
    assert sum(job.result[name] for name in ("new", "updated", "unchanged", "duplicate", "refused")) == job.total == 4
    assert job.result["reasons"] == {
        "Not an e-mail address": 1,
        "Nobody to recognise": 1,
        "More values than headings": 1,
    }


def test_what_can_not_be_read_is_noted_and_kept_beside(import_file):
    columns = ["email", "phone", "owner", "company.employee_count", "company.name", "created_at"]
    job = import_file(
        "Email,Phone,Owner,Employees,Company,Create Date\nmaja@lund.no,ask,Zoe,many,Lund,soon\n", columns=columns
    )

    lead = Lead.objects.get()
    assert lead.attributes == {"phone": "ask", "owner": "Zoe"}
    assert set(job.result["notes"]) == {"Not a phone number", "Owner nobody here", "Not a number", "Not a date"}


def test_organizations_are_found_made_and_filled_in(import_file):
    known = make_organization("Lund AS", domain="lund.no")

    import_file(
        "Email,Company,Website,Industry,Employees\n"
        "maja@lund.no,Lund,https://www.lund.no/about,Coffee,50-100\n"
        "nils@berg.no,Berg AS,,Tea,\nnora@berg.no,berg as,,Tea,\n"
    )

    known.refresh_from_db()
    assert (known.name, known.industry, known.employee_count) == ("Lund AS", "Coffee", 50)
    assert Lead.objects.get(email="maja@lund.no").organization == known
    assert set(Organization.objects.values_list("name", flat=True)) == {"Lund AS", "Berg AS"}
    assert Lead.objects.filter(organization__name="Berg AS").count() == 2


def test_owner_source_and_age_are_taken_over(import_file):
    rep = make_user("sam", "sales", first_name="Sam", last_name="Seller", email="sam@we.example")

    import_file(
        "Email,Owner,Lead Source,Create Date\n"
        "maja@lund.no,Sam Seller,Trade Show,2026-01-05\nnils@berg.no,SAM@we.example,Cold list,\n"
    )

    maja, nils = Lead.objects.get(email="maja@lund.no"), Lead.objects.get(email="nils@berg.no")
    assert (maja.owner, nils.owner) == (rep, rep)
    assert (maja.source, nils.source, nils.attributes["original_source"]) == ("event", "import", "Cold list")
    assert maja.created_at.isoformat() == "2026-01-05T00:00:00+00:00"


def test_a_claimed_lead_keeps_its_owner(import_file, sales, other_sales):
    lead = make_lead("maja@lund.no", stage="claimed", owner=other_sales, claimed_at=NOON)

    import_file("Email,Owner\nmaja@lund.no,sam\n", on_conflict="overwrite")

    lead.refresh_from_db()
    assert lead.owner == other_sales


def test_an_event_column_stores_the_event_once_at_its_date(take, import_file):
    content = "Email,Webinar\nmaja@lund.no,2026-05-01\nnils@berg.no,no\n"

    import_file(content, columns=["email", "event.webinar_attended"])

    event = Event.objects.get()
    assert (event.kind, event.lead.email, event.occurred_at.date().isoformat()) == (
        "webinar_attended",
        "maja@lund.no",
        "2026-05-01",
    )
    assert event.lead.last_event_kind == "webinar_attended"


def test_consent_and_its_withdrawal_are_told_with_their_words(import_file):
    import_file("Email,Email consent,Do Not Call\nmaja@lund.no,Yes,1\nnils@berg.no,no,0\n")

    told = {(one.identifier.value, one.channel, one.state, one.wording) for one in Consent.objects.all()}
    assert told == {
        ("maja@lund.no", "email", "given", "leads.csv, Email consent: Yes"),
        ("maja@lund.no", "phone", "withdrawn", "leads.csv, Do Not Call: 1"),
        ("nils@berg.no", "email", "withdrawn", "leads.csv, Email consent: no"),
    }


def test_a_later_event_does_not_take_the_source_and_an_earlier_word_changes_nothing(import_file):
    import_file("Email,First Name\nmaja@lund.no,Maja\n")

    lead = Lead.objects.get()
    assert lead.attribute_times["source"] == lead.attribute_times["first_name"]
    assert lead.attribute_times["source"].startswith("2026-06-17T12:01:00")


def test_an_unknown_state_of_affairs_stores_nothing_twice(take, marketer):
    job = take(TWO)
    jobs.choose_columns(job, choice_of(job), now=NOON)
    run_import(job.pk, clock=lambda: LATER)

    assert not Lead.objects.exists()


@pytest.fixture
def running(take, marketer):
    """Return an import of 5,000 rows that has just been started."""
    rows = "".join(f"lead{number}@lund.no,Company {number % 50}\n" for number in range(5_000))
    job = take("Email,Company\n" + rows)
    jobs.choose_columns(job, choice_of(job), now=NOON)
    type(job).objects.filter(pk=job.pk).update(state=ImportState.CHECKED)
    job.refresh_from_db()
    jobs.start(job, by=marketer, now=LATER)
    return job


def test_an_import_goes_on_where_it_stopped(running):
    assert run_import(running.pk, clock=lambda: LATER, span=timedelta(0)) is True
    running.refresh_from_db()
    assert (running.stored_to, Lead.objects.count()) == (4_000, 4_000)

    assert run_import(running.pk, clock=lambda: LATER) is False

    running.refresh_from_db()
    assert (running.state, running.stored_to, running.result["new"]) == (ImportState.DONE, 5_000, 5_000)
    assert Lead.objects.count() == ImportedLead.objects.count() == 5_000


def test_a_chunk_that_fails_leaves_nothing_behind(running):
    with failing_at('UPDATE "leads_importjob" SET "result"'), pytest.raises(PowerCut):
        run_import(running.pk, clock=lambda: LATER)

    running.refresh_from_db()
    assert (running.stored_to, Lead.objects.count(), Organization.objects.count()) == (0, 0, 0)
    run_import(running.pk, clock=lambda: LATER)
    assert Lead.objects.count() == 5_000


def test_whoever_comes_second_to_a_chunk_stores_nothing(running):
    slow = type(running).objects.get(pk=running.pk)
    chunk = next(read_chunks(slow, now=LATER))
    run_import(running.pk, clock=lambda: LATER, span=timedelta(0))

    with pytest.raises(Overtaken):
        store_chunk(slow, chunk, KnownCompanies(), now=LATER)

    assert Lead.objects.count() == 4_000


def test_a_stopped_import_stays_where_it_is_until_it_goes_on(running, marketer):
    run_import(running.pk, clock=lambda: LATER, span=timedelta(0))
    jobs.stop(running, now=LATER)
    run_import(running.pk, clock=lambda: LATER)
    assert Lead.objects.count() == 4_000

    jobs.go_on(running, now=LATER)
    run_import(running.pk, clock=lambda: LATER)

    assert Lead.objects.count() == 5_000


def test_a_chunk_takes_the_same_number_of_statements_whatever_its_size(take, marketer):
    def statements(rows):
        content = "".join(f"lead{rows}-{i}@lund.no,+47{rows:03}{i:05},Company {rows}-{i}\n" for i in range(rows))
        known = "".join(f"known{i}@lund.no,,Company {rows}-{i}\n" for i in range(rows // 2))
        job = take("Email,Phone,Company\n" + content + known)
        jobs.choose_columns(job, choice_of(job), now=NOON)
        type(job).objects.filter(pk=job.pk).update(state=ImportState.CHECKED)
        job.refresh_from_db()
        jobs.start(job, by=marketer, now=LATER)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            run_import(job.pk, clock=lambda: LATER)
        return len(queries)

    for number in range(200):
        make_lead(f"known{number}@lund.no")
    make_event(Lead.objects.first())

    few, many = statements(20), statements(400)
    assert few == many <= 45
