"""Take a submission: validate it, check for spam, then store it or set it aside."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction

from leads.channels.forms.answers import Answers, answers_from_json, read_answers
from leads.channels.forms.count import BLOCKED, count_sent, count_step
from leads.channels.forms.events import message_id_of
from leads.channels.forms.guard import PageToken, Sender, count_up, suspicion_of
from leads.channels.forms.submit import NOTHING, Submitted, fields_asked_of, take_in_answers
from leads.channels.forms.visit import Visit, visit_from_json
from leads.errors import LeadError
from leads.models import BlockReason, Form, FormSubmission, SubmissionState, User

# Blocked submissions kept per form and hour; further ones are only counted.
MOST_KEPT_AN_HOUR = 200


class SubmissionBlocked(LeadError):
    """A submission that looks like spam and was set aside. reason: a BlockReason."""

    def __init__(self, reason: BlockReason) -> None:
        super().__init__(str(reason.label))
        self.reason = reason


class AlreadyTaken(LeadError):
    """The blocked submission was taken in before."""


@dataclass(frozen=True, slots=True)
class Sending:
    """What is sent to a form: the typed values, the context and the sender. token: of the page, if it is ours."""

    typed: Mapping[str, Any]
    visit: Visit
    sender: Sender
    token: PageToken | None


def receive(
    form: Form, sending: Sending, *, now: datetime, kind: str = "", properties: Mapping[str, Any] = NOTHING
) -> Submitted:
    """Take in a submission (see `submit_form`) unless it looks like spam, and count it.

    Raises AnswersRefused, and SubmissionBlocked for one that was set aside.
    """
    visit = sending.visit
    answers = read_answers(form, sending.typed, fields_asked_of(form, visit), is_known=visit.known is not None)
    reason = suspicion_of(form, sending.typed, sending.sender, sending.token)
    if reason:
        _keep_apart(form, answers, visit, reason, now=now)
        raise SubmissionBlocked(reason)
    submitted = take_in_answers(form, answers, visit=visit, now=now, kind=kind, properties=properties)
    if not submitted.is_repeat:
        count_sent(form, sending.typed, sending.token, now=now)
    return submitted


def take_in_blocked(submission: FormSubmission, *, by: User, now: datetime) -> Submitted:
    """Take in a submission that was blocked by mistake. Raises AlreadyTaken.

    Of simultaneous callers one succeeds: a conditional update marks the row first, and is reverted if taking it in
    fails.
    """
    with transaction.atomic():
        blocked = FormSubmission.objects.filter(pk=submission.pk, state=SubmissionState.BLOCKED)
        if not blocked.update(state=SubmissionState.TAKEN, taken_at=now, taken_by=by):
            raise AlreadyTaken("This submission was taken in already.")
        visit = visit_from_json(submission.visit)
        visit = replace(visit, at=visit.at or submission.received_at)
        return take_in_answers(submission.form, answers_from_json(submission.answers), visit=visit, now=now)


def _keep_apart(form: Form, answers: Answers, visit: Visit, reason: BlockReason, *, now: datetime) -> None:
    count_step(form, BLOCKED, now=now)
    if count_up(f"form-blocked:{form.pk}", 3600) > MOST_KEPT_AN_HOUR:
        return
    FormSubmission.objects.get_or_create(
        message_id=message_id_of(form, visit),
        defaults={
            "form": form,
            "state": SubmissionState.BLOCKED,
            "reason": reason,
            "answers": answers.as_json(),
            "visit": visit.as_json(),
            "received_at": now,
        },
    )
