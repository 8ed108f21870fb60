"""The demo's forms: three that are in use, with a month of counts, and some spam that was blocked."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from random import Random
from typing import Any

from leads.channels.forms.fields import CHOICE, HIDDEN, ConsentText, Field, fields_of
from leads.channels.forms.keep import make_form, save_form
from leads.models import BlockReason, Form, FormCount, FormSubmission, SubmissionState, User

DAYS = 30
# Of a hundred who see a form: who starts, who fills in the first field, and what each further one loses.
STARTED, LOST_A_FIELD = 0.61, 0.9
STAFF = Field(
    "staff", "Staff in your office", CHOICE, required=True, options=("1 to 9", "10 to 49", "50 to 250", "251 or more")
)
GUIDE: Mapping[str, Any] = {
    "heading": "Get the office coffee guide",
    "intro": "24 pages on choosing, leasing and looking after a machine.",
    "brand": "Halden",
    "side_heading": "Better office coffee, for less than you pay now",
    "side_text": "The buying guide for office managers who choose, lease and look after a machine.",
    "side_points": ["Lease or buy, with the sums worked out", "Service costs for 14 machines", "A one-page checklist"],
    "privacy_text": "We keep your details for 24 months.",
    "mail_link": "https://halden.example/guide.pdf",
    "consents": [
        ConsentText("email", "Email me tips on office coffee, at most once a week. I can stop any time."),
        ConsentText("phone", "You may call me about my request."),
    ],
}
SPAM = (
    ("seo-offer@promo.example", "Cheap links", BlockReason.HIDDEN_FIELD),
    ("winner@lottery.example", "You have won", BlockReason.TOO_FAST),
    ("bulk@sender.example", "Buy now", BlockReason.TOO_MANY),
)


def make_forms(*, by: User, seed: int, now: datetime) -> None:
    """Store the demo's forms, once."""
    if Form.objects.exists():
        return
    rng = Random(f"forms:{seed}")
    made = now - timedelta(days=90)
    newsletter = make_form("newsletter", key="newsletter", by=by, now=made)
    demo = make_form("demo", key="demo", by=by, now=made + timedelta(days=1))
    guide = make_form("ebook", name="Office coffee guide", key="guide", by=by, now=made + timedelta(days=2))
    fields = [*(field for field in fields_of(guide) if field.name != "phone"), STAFF, Field("phone", "Phone", "phone")]
    save_form(guide, {**GUIDE, "fields": fields}, by=by, now=made + timedelta(days=2))
    FormCount.objects.bulk_create(
        count for form, views in ((newsletter, 24), (demo, 11), (guide, 40)) for count in _month(form, views, rng, now)
    )
    FormSubmission.objects.bulk_create(_spam(guide, number, now) for number in range(len(SPAM)))


def _month(form: Form, a_day: int, rng: Random, now: datetime) -> list[FormCount]:
    counts = []
    for age in range(DAYS):
        day = (now - timedelta(days=age)).date()
        left = round(a_day * rng.uniform(0.6, 1.4))
        steps = {"view": left, "start": (left := round(left * STARTED))}
        for field in fields_of(form):
            if field.type != HIDDEN:
                steps[f"field:{field.name}"] = left = round(left * LOST_A_FIELD)
        steps |= {"sent": left, "blocked": rng.randint(0, 3)}
        counts += [FormCount(form=form, on_date=day, step=step, count=count) for step, count in steps.items()]
    return counts


def _spam(form: Form, number: int, now: datetime) -> FormSubmission:
    email, name, reason = SPAM[number]
    visit = {"submission_id": f"demo-{number}", "page": "", "referrer": "", "campaign": {}, "agent": ""}
    return FormSubmission(
        form=form,
        message_id=f"form:{form.key}:demo-{number}",
        state=SubmissionState.BLOCKED,
        reason=reason,
        answers={"values": {"email": email, "name": name}, "consents": []},
        visit={**visit, "anonymous_id": "", "way": "page", "known": None, "at": None},
        received_at=now - timedelta(days=number, hours=3),
    )
