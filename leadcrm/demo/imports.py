"""An import in the demo: the visitors' list of a fair, with known people, repetitions and mistakes."""

import csv
from datetime import datetime, timedelta
from io import BytesIO, StringIO
from random import Random

from leadcrm.demo.content import FAIRS
from leads.channels.imports import jobs
from leads.channels.imports.check import check_import
from leads.channels.imports.mapping import choice_of
from leads.channels.imports.run import run_import
from leads.models import ImportJob, Lead, User

PEOPLE, REPEATED = 24, 3
AGO = timedelta(days=3, hours=2)
HEADINGS = ("Email", "First Name", "Last Name", "Phone Number", "Stand", "Interested in")
WISHES = ("Lease of two machines", "Beans for 40 people", "Service of an older machine", "Price list", "Trial")


def make_import(*, by: User, seed: int, now: datetime) -> None:
    """Import a list of some newer leads, dated a few days ago, using the product's import; none of them is new."""
    if ImportJob.objects.exists():
        return
    rng, then = Random(f"{seed}:imports"), now - AGO
    leads = Lead.objects.current().exclude(email="").filter(created_at__lt=then).order_by("-created_at", "-id")[:PEOPLE]
    rows = [_row(lead, rng) for lead in leads]
    rows += [*rows[:REPEATED], ["not given", "Guest", "", "", "A3", "Price list"], ["", "Nora", "Vik", "", "B7", ""]]
    text = StringIO()
    csv.writer(text).writerows([HEADINGS, *rows])
    content = text.getvalue().encode()
    name = f"{FAIRS[0].lower().replace(' ', '-')}.csv"
    job = jobs.take_file(BytesIO(content), name=name, size=len(content), by=by, now=then)
    jobs.choose_columns(job, choice_of(job), now=then)
    check_import(job.pk, clock=lambda: then)
    job.refresh_from_db()
    jobs.start(job, by=by, now=then)
    run_import(job.pk, clock=lambda: then)


def _row(lead: Lead, rng: Random) -> list[str]:
    stand = f"{rng.choice('ABC')}{rng.randint(1, 20)}"
    return [lead.email, lead.first_name, lead.last_name, lead.phone, stand, rng.choice(WISHES)]
