from django.db import models
from django.db.models import Q

from leads.models.form import Form
from leads.models.identifier import Identifier


class ConsentChannel(models.TextChoices):
    """A channel that consent is given for."""

    EMAIL = "email", "E-mail"
    PHONE = "phone", "Phone"
    SMS = "sms", "Text message"


class ConsentState(models.TextChoices):
    """What was declared. A pending consent allows nothing."""

    PENDING = "pending", "Waits to be confirmed"
    GIVEN = "given", "Given"
    WITHDRAWN = "withdrawn", "Withdrawn"


class ConsentHow(models.TextChoices):
    """How the consent was given."""

    BOX = "box", "Ticked the box"
    SENDING = "sending", "Sent the form under these words"
    LINK = "link", "Confirmed by a link in a mail to the address"
    UNSUBSCRIBED = "unsubscribed", "Unsubscribed"
    ELSEWHERE = "elsewhere", "Told by another system"
    BY_HAND = "by_hand", "Noted by a user"


class Consent(models.Model):
    """A declaration about being mailed or called. Never changed; a later one replaces it.

    identifier: the address or number it is about or, if unknown, another identifier of the person; the consent belongs
    to the identifier's lead. wording: word for word what was agreed to. page: the address of the page where.
    message_id: of the event that contains it; an event has at most one per channel.
    """

    identifier = models.ForeignKey(Identifier, on_delete=models.CASCADE, related_name="consents", db_index=False)
    channel = models.CharField(max_length=16, choices=ConsentChannel)
    state = models.CharField(max_length=16, choices=ConsentState)
    how = models.CharField(max_length=16, choices=ConsentHow)
    wording = models.TextField(blank=True, default="")
    form = models.ForeignKey(Form, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    page = models.CharField(max_length=500, blank=True, default="")
    message_id = models.CharField(max_length=100)
    said_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["message_id", "channel", "state"], name="consent_said_once"),
            models.CheckConstraint(condition=Q(channel__in=ConsentChannel.values), name="consent_channel_known"),
            models.CheckConstraint(condition=Q(state__in=ConsentState.values), name="consent_state_known"),
            models.CheckConstraint(condition=Q(how__in=ConsentHow.values), name="consent_how_known"),
        ]
        indexes = [
            # A lead's consents by channel, the latest first.
            models.Index(fields=["identifier", "channel", "said_at"], name="consent_last_word"),
        ]

    def __str__(self) -> str:
        return f"{self.get_channel_display()}: {self.get_state_display()}"
