from django.conf import settings
from django.db import models
from django.db.models import F, Q

from leads.models.form import Form
from leads.models.identifier import Identifier


class SubmissionState(models.TextChoices):
    """The state of a submission that was not taken in at once."""

    BLOCKED = "blocked", "Blocked"
    WAITING = "waiting", "Waits to be confirmed"
    TAKEN = "taken", "Taken in"


class BlockReason(models.TextChoices):
    """Why a submission was considered spam."""

    NONE = "", "None"
    HIDDEN_FIELD = "hidden_field", "The hidden field was filled in"
    TOO_FAST = "too_fast", "Sent faster than anybody types"
    TOO_MANY = "too_many", "Too many from one address"
    OTHER_SITE = "other_site", "Sent from a site that is not allowed"


class FormSubmission(models.Model):
    """A waiting submission: blocked as spam until a user releases it, or to be confirmed by mail.

    Submissions that are taken in at once become events and have no row here. answers: validated values and consents;
    visit: the context. message_id: of the event that it becomes, so that it becomes one only once.
    """

    form = models.ForeignKey(Form, on_delete=models.CASCADE, related_name="submissions", db_index=False)
    message_id = models.CharField(max_length=100)
    state = models.CharField(max_length=16, choices=SubmissionState)
    reason = models.CharField(max_length=16, choices=BlockReason, blank=True, default=BlockReason.NONE)
    answers = models.JSONField()
    visit = models.JSONField()
    received_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True, blank=True)
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["message_id"], name="submission_once"),
            models.CheckConstraint(condition=Q(state__in=SubmissionState.values), name="submission_state_known"),
            models.CheckConstraint(condition=Q(reason__in=BlockReason.values), name="submission_reason_known"),
            models.CheckConstraint(
                condition=~Q(state=SubmissionState.BLOCKED) | ~Q(reason=""), name="submission_blocked_for_a_reason"
            ),
        ]
        indexes = [
            # The list and the number of a form's blocked submissions, newest first.
            models.Index(F("form"), F("received_at").desc(), F("id").desc(), name="submission_by_form"),
            # Retention.
            models.Index(fields=["received_at"], name="submission_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.get_state_display()}: {self.message_id}"


class FormMailKind(models.TextChoices):
    """The kinds of mail that a form sends to the submitter."""

    OPT_IN = "opt_in", "Asks to confirm"
    REPLY = "reply", "Reply"


class FormMail(models.Model):
    """A mail that a form has to send, kept until it is sent. tries: how often sending began."""

    form = models.ForeignKey(Form, on_delete=models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=16, choices=FormMailKind)
    message_id = models.CharField(max_length=100)
    identifier = models.ForeignKey(Identifier, on_delete=models.CASCADE, related_name="+", db_index=False)
    made_at = models.DateTimeField()
    tried_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["message_id", "kind"], name="form_mail_once"),
            models.CheckConstraint(condition=Q(kind__in=FormMailKind.values), name="form_mail_kind_known"),
        ]
        indexes = [
            # Unsent mails, oldest first.
            models.Index(fields=["made_at", "id"], condition=Q(sent_at=None), name="form_mail_unsent"),
            # The number of recent mails to an address.
            models.Index(fields=["identifier", "made_at"], name="form_mail_by_address"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.message_id}"
