"""The dry run says what the run does, whatever the file and whatever is known already."""

import csv
import io

from hypothesis import example, given, settings
from hypothesis import strategies as st

from leads.channels.imports import chunks, jobs
from leads.channels.imports.check import check_import
from leads.channels.imports.mapping import choice_of
from leads.channels.imports.run import run_import
from leads.models import (
    DuplicateCandidate,
    Identifier,
    ImportedLead,
    ImportJob,
    Lead,
    LeadSearch,
    Merge,
    Organization,
)
from tests.make import NOON, make_user

EMAILS = st.sampled_from(["", "a@x.no", "b@x.no", "c@x.no", "A@X.no; d@x.no", "b@x.no, a@x.no", "wrong"])
PHONES = st.sampled_from(["", "+4721000001", "+4721000002", "+4721000003", "ask"])
IDS = st.sampled_from(["", "", "u1", "u2"])
WORDS = st.sampled_from(["", "Maja", "Nils"])
COMPANIES = st.sampled_from(["", "Lund AS", "lund as", "Berg AS"])
ROWS = st.lists(st.tuples(EMAILS, PHONES, IDS, WORDS, COMPANIES), min_size=1, max_size=12)
COLUMNS = ["email", "phone", "user_id", "first_name", "company.name"]
TABLES = (ImportJob, ImportedLead, Merge, DuplicateCandidate, LeadSearch, Identifier, Lead, Organization)


def import_rows(rows, user, on_conflict):
    text = io.StringIO()
    csv.writer(text).writerows([("Email", "Phone", "User id", "First name", "Company"), *rows])
    content = text.getvalue().encode()
    job = jobs.take_file(io.BytesIO(content), name="x.csv", size=len(content), by=user, now=NOON)
    jobs.choose_columns(job, choice_of(job)._replace(columns=COLUMNS, on_conflict=on_conflict), now=NOON)
    check_import(job.pk, clock=lambda: NOON)
    job.refresh_from_db()
    jobs.start(job, by=user, now=NOON)
    run_import(job.pk, clock=lambda: NOON)
    job.refresh_from_db()
    return job


@given(known=ROWS, rows=ROWS, size=st.sampled_from([1, 2, 100]), on_conflict=st.sampled_from(["fill", "overwrite"]))
@example(
    # What only the lead knows that is merged away comes to the survivor by the merge, not by the row.
    known=[("a@x.no", "", "", "", ""), ("", "+4721000001", "", "Maja", "")],
    rows=[("a@x.no", "+4721000001", "", "Maja", "")],
    size=1,
    on_conflict="fill",
)
@settings(max_examples=40)
def test_the_dry_run_counts_what_the_run_then_does(db, monkeypatch, known, rows, size, on_conflict):
    for model in TABLES:
        model.objects.all().delete()
    monkeypatch.setattr(chunks, "CHUNK", size)
    user = make_user()
    rows = [row for row in rows if any(row)] or [("a@x.no", "", "", "", "")]
    known = [row for row in known if any(row)] or [("a@x.no", "", "", "", "")]
    import_rows(known, user, "fill")
    leads = Lead.objects.current().count()

    job = import_rows(rows, user, on_conflict)

    assert job.state == "done", job.problem
    assert job.result == job.check_counts
    assert sum(job.result[name] for name in ("new", "updated", "unchanged", "duplicate", "refused")) == len(rows)
    merged = Lead.objects.exclude(merged_into=None).count()
    assert Lead.objects.count() - merged >= leads - merged
    # Every identifier is one lead's, and every lead that stands for itself is found by its search text.
    assert not Identifier.objects.filter(lead=None).exists()
    assert LeadSearch.objects.count() == Lead.objects.current().count()
