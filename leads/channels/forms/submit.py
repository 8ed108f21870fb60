"""Store a submission: traits of the lead, an event, and consents word for word."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from leads import signals
from leads.channels.forms.answers import Answers, read_answers
from leads.channels.forms.events import identified_event, keys_of, message_id_of, submission_event
from leads.channels.forms.fields import BY_SENDING, ConsentText, Field, asked_fields
from leads.channels.forms.mail import owe_mail
from leads.channels.forms.visit import Visit
from leads.consent.record import record_consents
from leads.identity.keys import EMAIL, PHONE
from leads.intake.sources import channel_source
from leads.intake.take_in import take_in
from leads.models import (
    Consent,
    ConsentChannel,
    ConsentHow,
    ConsentState,
    Form,
    FormMailKind,
    FormSubmission,
    Identifier,
    SubmissionState,
)

SOURCE = "Forms"
NOTHING: Mapping[str, Any] = {}
# Happens only after the confirmation, if the form asks for one.
NEEDS_CONFIRMING = frozenset({"newsletter_subscribed"})
ADDRESS_OF = {ConsentChannel.EMAIL: EMAIL, ConsentChannel.PHONE: PHONE, ConsentChannel.SMS: PHONE}


@dataclass(frozen=True, slots=True)
class Submitted:
    """The outcome of a submission.

    message_id: of its event. lead_id: its lead. identifier_id: what the lead was recognised by. answers: as stored.
    waits: the person must confirm by mail. is_repeat: taken in before, nothing changed.
    """

    message_id: str
    lead_id: int | None
    identifier_id: int
    answers: Answers
    waits: bool
    is_repeat: bool


def submit_form(
    form: Form,
    typed: Mapping[str, Any],
    *,
    visit: Visit,
    now: datetime,
    kind: str = "",
    properties: Mapping[str, Any] = NOTHING,
) -> Submitted:
    """Validate what was typed into a form and store it. The spam check comes before (leads.channels.forms.guard).

    typed: by input name. kind: of the event, if not the form's own; properties: more for the event. A repeated
    `visit.submission_id` changes nothing. Raises AnswersRefused with a message for each invalid field; nothing is
    stored then.
    """
    answers = read_answers(form, typed, fields_asked_of(form, visit), is_known=visit.known is not None)
    return take_in_answers(form, answers, visit=visit, now=now, kind=kind, properties=properties)


def fields_asked_of(form: Form, visit: Visit) -> tuple[Field, ...]:
    """Return the fields that a visitor is asked."""
    return asked_fields(form, visit.known.names if visit.known else frozenset())


@transaction.atomic
def take_in_answers(
    form: Form,
    answers: Answers,
    *,
    visit: Visit,
    now: datetime,
    kind: str = "",
    properties: Mapping[str, Any] = NOTHING,
) -> Submitted:
    """Store validated answers, all or nothing, and once however often they are sent."""
    kind = kind or form.event_kind
    message_id = message_id_of(form, visit)
    waits = _must_confirm(form, answers, visit)
    events = [identified_event(form, answers, visit, now=now)]
    if not (waits and kind in NEEDS_CONFIRMING):
        events.append(submission_event(form, answers, visit, kind=kind, properties=properties, now=now))
    taken = take_in(channel_source(SOURCE, now=now), events, now=now)
    identifiers = _identifiers(form, answers, visit)
    first = identifiers[keys_of(form, answers, visit)[0][0]]
    submitted = Submitted(message_id, first.lead_id, first.pk, answers, waits, is_repeat=not taken.stored)
    if taken.stored:
        _settle(form, submitted, identifiers, visit, has_happened=len(events) > 1, now=now)
    return submitted


def _settle(
    form: Form,
    submitted: Submitted,
    identifiers: Mapping[str, Identifier],
    visit: Visit,
    *,
    has_happened: bool,
    now: datetime,
) -> None:
    """Store what a new submission brings: consents, mails to the person, and what waits for confirmation."""
    record_consents(
        _consent(form, submitted, agreed, identifiers, visit, now=now) for agreed in submitted.answers.consents
    )
    address = identifiers.get(EMAIL)
    if submitted.waits and address:
        waiting = {
            "form": form,
            "state": SubmissionState.WAITING,
            "reason": "",
            "answers": submitted.answers.as_json(),
            "visit": visit.as_json(),
            "received_at": now,
        }
        FormSubmission.objects.update_or_create(message_id=submitted.message_id, defaults=waiting)
        owe_mail(form, FormMailKind.OPT_IN, submitted.message_id, address, now=now)
    else:
        # It may have been blocked for being too fast, and sent again.
        blocked = FormSubmission.objects.filter(message_id=submitted.message_id, state=SubmissionState.BLOCKED)
        blocked.update(state=SubmissionState.TAKEN, taken_at=now)
    if has_happened and address and form.mail_text:
        owe_mail(form, FormMailKind.REPLY, submitted.message_id, address, now=now)
    signals.form_sent.send(sender=Form, form_id=form.pk, message_id=submitted.message_id, now=now)


def _must_confirm(form: Form, answers: Answers, visit: Visit) -> bool:
    """Return whether the person must confirm by mail: the form requires it, and a consent to mail was given."""
    has_address = any(kind == EMAIL for kind, _ in keys_of(form, answers, visit))
    asked = any(consent.channel == ConsentChannel.EMAIL for consent in answers.consents)
    return form.is_double_opt_in and has_address and asked


def _identifiers(form: Form, answers: Answers, visit: Visit) -> dict[str, Identifier]:
    """Return the stored identifiers of a submission, by kind."""
    keys = keys_of(form, answers, visit)
    found = Identifier.objects.filter(kind__in=[kind for kind, _ in keys], value__in=[value for _, value in keys])
    by_key = {(identifier.kind, identifier.value): identifier for identifier in found}
    return {kind: by_key[kind, value] for kind, value in keys}


def _consent(
    form: Form,
    submitted: Submitted,
    agreed: ConsentText,
    identifiers: Mapping[str, Identifier],
    visit: Visit,
    *,
    now: datetime,
) -> Consent:
    address = identifiers.get(ADDRESS_OF[ConsentChannel(agreed.channel)])
    is_pending = submitted.waits and agreed.channel == ConsentChannel.EMAIL
    return Consent(
        identifier_id=address.pk if address else submitted.identifier_id,
        channel=agreed.channel,
        state=ConsentState.PENDING if is_pending else ConsentState.GIVEN,
        how=ConsentHow.SENDING if agreed.mode == BY_SENDING else ConsentHow.BOX,
        wording=agreed.wording,
        form=form,
        page=visit.page[:500],
        message_id=submitted.message_id,
        said_at=min(visit.at or now, now),
    )
