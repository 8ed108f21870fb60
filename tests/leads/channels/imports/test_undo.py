from datetime import timedelta

import pytest

from leads.channels.imports import jobs, undo
from leads.channels.imports.undo import undo_import
from leads.handoff.claim import claim_lead
from leads.models import Event, Identifier, ImportedLead, ImportState, Lead, LeadSearch, Organization
from leads.people.edit import edit_lead
from tests.faulty import PowerCut, failing_at
from tests.make import NOON, make_event, make_lead, make_organization, make_user

AFTER = NOON + timedelta(hours=1)
TWO = (
    "Email,First Name,Phone,Company,Industry\n"
    "maja@lund.no,Maja,+4721000001,Lund AS,Coffee\nnils@berg.no,Nils,,Berg AS,\n"
)


@pytest.fixture
def undo_it(marketer):
    """Return what undoes an import and gives it as it is then."""

    def undo_job(job):
        jobs.begin_undo(job, by=marketer, now=AFTER)
        undo_import(job.pk, clock=lambda: AFTER)
        job.refresh_from_db()
        assert job.state == ImportState.UNDONE
        return job

    return undo_job


def everything():
    leads = {
        lead.email: (lead.first_name, lead.phone, lead.title, lead.owner_id, lead.source, lead.organization_id,
                     lead.attributes, lead.attribute_times)
        for lead in Lead.objects.all()
    }  # fmt: skip
    organizations = {one.name: (one.industry, one.attribute_times) for one in Organization.objects.all()}
    identifiers = set(Identifier.objects.values_list("kind", "value", "lead_id"))
    texts = set(LeadSearch.objects.values_list("lead_id", "text"))
    return leads, organizations, identifiers, texts


@pytest.mark.parametrize("on_conflict", ["fill", "overwrite"])
def test_an_import_that_is_undone_at_once_leaves_everything_as_it_was(import_file, undo_it, on_conflict):
    company = make_organization("Lund AS", industry="Tea" if on_conflict == "overwrite" else "")
    make_lead("maja@lund.no", first_name="Maja-Lisa", title="CEO", organization=None)
    make_lead("other@lund.no", organization=company)
    before = everything()

    job = import_file(TWO, on_conflict=on_conflict)
    assert everything() != before
    undo_it(job)

    assert everything() == before
    assert job.undo == {"removed": 1, "restored": 1, "organizations removed": 1, "organizations restored": 1}


def test_events_that_the_import_brought_go_with_its_leads(import_file, undo_it):
    job = import_file("Email,Webinar\nmaja@lund.no,2026-05-01\n", columns=["email", "event.webinar_attended"])

    undo_it(job)

    assert not Lead.objects.exists()
    assert not Event.objects.exists()


def test_a_new_lead_to_which_something_happened_is_kept_with_the_reason(import_file, undo_it, marketer, sales):
    names = ("active", "edited", "claimed", "merged", "untouched")
    job = import_file("Email\n" + "".join(f"{name}@lund.no\n" for name in names))
    leads = {name: Lead.objects.get(email=f"{name}@lund.no") for name in names}
    make_event(leads["active"])
    edit_lead(leads["edited"], {"title": "CEO"}, by=marketer, now=AFTER)
    Lead.objects.filter(pk=leads["claimed"].pk).update(stage="sql")
    claim_lead(leads["claimed"], rep=sales, now=AFTER)
    Lead.objects.filter(pk=leads["merged"].pk).update(merged_into=leads["active"])

    undo_it(job)

    assert job.undo["removed"] == 1
    reasons = dict(ImportedLead.objects.filter(job=job).values_list("lead__email", "kept_because"))
    assert reasons == {
        "active@lund.no": undo.MERGED,
        "merged@lund.no": undo.MERGED,
        "edited@lund.no": undo.CHANGED,
        "claimed@lund.no": undo.WORKED_ON,
    }
    assert set(Lead.objects.values_list("email", flat=True)) == set(reasons)


def test_what_somebody_changed_since_stays_and_the_rest_is_set_back(import_file, undo_it, marketer):
    lead = make_lead("maja@lund.no")
    job = import_file("Email,First Name,Title\nmaja@lund.no,Maja,CEO\n")
    lead.refresh_from_db()
    edit_lead(lead, {"title": "Owner"}, by=marketer, now=AFTER)

    undo_it(job)

    lead.refresh_from_db()
    assert (lead.first_name, lead.title) == ("", "Owner")
    assert ImportedLead.objects.get().kept_because == undo.CHANGED


def test_an_identifier_that_was_used_since_stays(import_file, undo_it):
    lead = make_lead("maja@lund.no")
    job = import_file("Email,Phone\nmaja@lund.no; maja@home.no,+4721000001\n")
    used = Identifier.objects.get(value="maja@home.no")
    make_event(lead, identifier=used)

    undo_it(job)

    assert set(lead.identifiers.values_list("value", flat=True)) == {"maja@lund.no", "maja@home.no"}


def test_an_owner_who_was_given_is_taken_back(import_file, undo_it):
    make_user("sam", "sales")
    lead = make_lead("maja@lund.no")
    job = import_file("Email,Owner\nmaja@lund.no,sam\n")
    lead.refresh_from_db()
    assert lead.owner is not None

    undo_it(job)

    lead.refresh_from_db()
    assert lead.owner is None


def test_leads_that_are_set_back_are_scored_again(import_file, undo_it):
    lead = make_lead("maja@lund.no")
    job = import_file("Email,Title\nmaja@lund.no,CEO\n")
    Lead.objects.update(score_due_at=None)

    undo_it(job)

    lead.refresh_from_db()
    assert lead.score_due_at == AFTER


def test_a_later_import_on_the_same_leads_keeps_them(import_file, undo_it):
    first = import_file(TWO)
    import_file("Email,Title\nmaja@lund.no,CEO\n")

    undo_it(first)

    assert set(Lead.objects.values_list("email", flat=True)) == {"maja@lund.no"}


def test_undoing_goes_on_after_a_crash(import_file, marketer):
    job = import_file("Email\n" + "".join(f"lead{number}@lund.no\n" for number in range(1_200)))
    jobs.begin_undo(job, by=marketer, now=AFTER)
    second_chunk = failing_at('UPDATE "leads_importjob" SET "undo"', number=2)
    with second_chunk, pytest.raises(PowerCut):
        undo_import(job.pk, clock=lambda: AFTER)
    assert Lead.objects.count() == 700

    undo_import(job.pk, clock=lambda: AFTER)

    job.refresh_from_db()
    assert (Lead.objects.count(), job.undo["removed"], job.state) == (0, 1_200, ImportState.UNDONE)
