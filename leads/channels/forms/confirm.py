"""Double opt-in: a person confirms a submission through the link in a mail."""

from datetime import datetime

from django.db import transaction

from leads.channels.forms.answers import answers_from_json
from leads.channels.forms.events import submission_event
from leads.channels.forms.mail import owe_mail
from leads.channels.forms.submit import SOURCE
from leads.channels.forms.visit import visit_from_json
from leads.consent.record import record_consents
from leads.identity.keys import EMAIL
from leads.intake.sources import channel_source
from leads.intake.take_in import take_in
from leads.models import (
    Consent,
    ConsentHow,
    ConsentState,
    FormMailKind,
    FormSubmission,
    Identifier,
    SubmissionState,
)


@transaction.atomic
def confirm_submission(submission: FormSubmission, *, now: datetime) -> None:
    """Carry out what waited: the consent is given, the event is recorded. A second confirmation changes nothing."""
    waiting = FormSubmission.objects.filter(pk=submission.pk, state=SubmissionState.WAITING)
    if not waiting.update(state=SubmissionState.TAKEN, taken_at=now):
        return
    form = submission.form
    visit = visit_from_json(submission.visit)
    answers = answers_from_json(submission.answers)
    event = submission_event(form, answers, visit, kind=form.event_kind, properties={"confirmed": True}, now=now)
    # The event happens with the confirmation; one that was recorded when the form was sent stays as it is.
    taken = take_in(channel_source(SOURCE, now=now), [event._replace(occurred_at=now)], now=now)
    pending = Consent.objects.filter(message_id=submission.message_id, state=ConsentState.PENDING)
    record_consents(_given(consent, now) for consent in pending)
    if taken.stored and form.mail_text:
        address = Identifier.objects.get(kind=EMAIL, value=dict(event.keys)[EMAIL])
        owe_mail(form, FormMailKind.REPLY, submission.message_id, address, now=now)


def _given(pending: Consent, now: datetime) -> Consent:
    """Return the given consent that replaces a pending one, with the same wording."""
    return Consent(
        identifier_id=pending.identifier_id,
        channel=pending.channel,
        state=ConsentState.GIVEN,
        how=ConsentHow.LINK,
        wording=pending.wording,
        form_id=pending.form_id,
        page=pending.page,
        message_id=pending.message_id,
        said_at=now,
    )
