from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q

from leads.models.lead import Lead


class ChatDialogue(models.Model):
    """A scripted conversation with visitors of a website.

    slug: its name in addresses. colour: "#rrggbb", with readable white text. domains: sites that may frame it, empty
    for any. draft: the document being edited, see leads.channels.chat.script. before: the draft before its last change,
    for Undo. revision: the number of changes to the draft. Without a published version visitors see nothing.
    """

    name = models.CharField(max_length=100)
    slug = models.SlugField(max_length=60, db_index=False)
    is_active = models.BooleanField(default=True)
    colour = models.CharField(max_length=7, default="#0f6650")
    launcher = models.CharField(max_length=40, default="Chat with us")
    domains = models.JSONField(default=list, blank=True)
    draft = models.JSONField(default=dict)
    before = models.JSONField(null=True, blank=True)
    revision = models.PositiveIntegerField(default=0)
    live = models.ForeignKey(
        "ChatVersion", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["slug"], name="chat_dialogue_slug_once"),
            models.UniqueConstraint(fields=["name"], name="chat_dialogue_name_once"),
            models.CheckConstraint(condition=Q(colour__regex=r"^#[0-9a-f]{6}$"), name="chat_dialogue_colour_is_hex"),
        ]

    def __str__(self) -> str:
        return self.name


class ChatVersion(models.Model):
    """A published dialogue, never changed: a conversation ends under the version it began with. number: from 1."""

    dialogue = models.ForeignKey(ChatDialogue, on_delete=models.PROTECT, related_name="versions", db_index=False)
    number = models.PositiveIntegerField()
    document = models.JSONField()
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            # Also serves the editor: a dialogue's versions, newest first.
            models.UniqueConstraint(fields=["dialogue", "number"], name="chat_version_number_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="chat_version_from_one"),
        ]

    def __str__(self) -> str:
        return f"v{self.number}"


class ChatOutcome(models.TextChoices):
    """The outcome of a conversation so far, in ascending weight: an address, a meeting link, a message to sales."""

    OPEN = "open", "Nothing yet"
    LEAD = "lead", "Lead"
    MEETING = "meeting", "Meeting link"
    SALES = "sales", "Message to sales"
    BLOCKED = "blocked", "Blocked as spam"


class ChatConversation(models.Model):
    """One visitor's answers. It is stored with the first answer.

    visitor: the anonymous id of its events. lead: whose conversation it turned out to be. answers: the path through the
    dialogue, `{"step", "value"}` each, without those taken back. step: the current question, "" at the end. page: the
    address of the page with the chat.
    """

    public_id = models.UUIDField(default=uuid4)
    dialogue = models.ForeignKey(ChatDialogue, on_delete=models.PROTECT, related_name="conversations", db_index=False)
    version = models.ForeignKey(ChatVersion, on_delete=models.PROTECT, related_name="+", db_index=False)
    visitor = models.CharField(max_length=300)
    lead = models.ForeignKey(Lead, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    page = models.CharField(max_length=2000, blank=True, default="")
    answers = models.JSONField(default=list)
    step = models.CharField(max_length=40, blank=True, default="")
    outcome = models.CharField(max_length=16, choices=ChatOutcome, default=ChatOutcome.OPEN)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            # Also serves the visitor's next answer, and the transcript by the id in events.
            models.UniqueConstraint(fields=["public_id"], name="chat_conversation_once"),
            models.CheckConstraint(condition=Q(outcome__in=ChatOutcome.values), name="chat_outcome_known"),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=models.F("started_at")), name="chat_ends_after_start"
            ),
        ]
        indexes = [
            # The list of conversations, newest first: all, of one outcome, of one dialogue (also its drop-off).
            models.Index(fields=["started_at", "id"], name="chat_by_start"),
            models.Index(fields=["outcome", "started_at", "id"], name="chat_by_outcome"),
            models.Index(fields=["dialogue", "started_at", "id"], name="chat_by_dialogue"),
        ]

    def __str__(self) -> str:
        return f"{self.dialogue_id}, {self.started_at:%Y-%m-%d %H:%M}"


class ChatSpeaker(models.TextChoices):
    """The speaker of a line; a note describes an action of the visitor."""

    US = "us", "We"
    VISITOR = "visitor", "Visitor"
    NOTE = "note", "Note"


class ChatMessage(models.Model):
    """One line of the transcript, never changed or deleted. number: from 0, in the order spoken."""

    conversation = models.ForeignKey(
        ChatConversation, on_delete=models.CASCADE, related_name="messages", db_index=False
    )
    number = models.PositiveIntegerField()
    speaker = models.CharField(max_length=8, choices=ChatSpeaker)
    text = models.TextField()
    step = models.CharField(max_length=40, blank=True, default="")
    said_at = models.DateTimeField()

    class Meta:
        constraints = [
            # Also serves the transcript: one conversation's lines in order.
            models.UniqueConstraint(fields=["conversation", "number"], name="chat_message_once"),
            models.CheckConstraint(condition=Q(speaker__in=ChatSpeaker.values), name="chat_speaker_known"),
        ]

    def __str__(self) -> str:
        return f"{self.speaker}: {self.text[:60]}"


class ChatOpenings(models.Model):
    """How often a dialogue was opened on a day (UTC), without anything about who opened it."""

    dialogue = models.ForeignKey(ChatDialogue, on_delete=models.CASCADE, related_name="+", db_index=False)
    opened_date = models.DateField()
    times = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name_plural = "chat openings"
        constraints = [
            # Also serves the drop-off: how often a dialogue was opened since a day.
            models.UniqueConstraint(fields=["dialogue", "opened_date"], name="chat_openings_once_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.opened_date}: {self.times}"
