"""The ready-made qualifying dialogue of a new installation."""

from datetime import datetime

from leads.channels.chat.publish import publish_dialogue
from leads.channels.chat.script import Choice, Script, Step, write_script
from leads.models import ChatDialogue

NAME, SLUG = "Qualify", "qualify"
SIZES = ("1 to 9", "10 to 49", "50 to 249", "250 or more")


def starter(*, meeting_url: str = "") -> Script:
    """Return the dialogue; without a meeting address it offers no meeting."""
    return Script(
        "Hello. Two or three questions, and you are with the right people.",
        (
            Step(
                "topic",
                "choice",
                "What brings you here?",
                attribute="topic",
                choices=(Choice("Pricing"), Choice("A demo"), Choice("Support", "support")),
            ),
            Step(
                "size",
                "choice",
                "How many people work at your company?",
                attribute="company_size",
                choices=tuple(Choice(size) for size in SIZES),
            ),
            Step("email", "email", "At which e-mail address may we answer you?"),
            *(_meeting(meeting_url) if meeting_url else ()),
            Step("message", "sales", "What should we know before we call or write?"),
            Step("thanks", "end", "Thank you. Somebody from sales has your message and answers during office hours."),
            Step(
                "support",
                "end",
                "Customers get help fastest from our support team: you find their address on every invoice.",
            ),
        ),
    )


def _meeting(url: str) -> tuple[Step, ...]:
    return (
        Step(
            "how",
            "choice",
            "How shall we go on?",
            choices=(Choice("Book a meeting", "meeting"), Choice("Leave a message", "message")),
        ),
        Step("meeting", "meeting", "Choose a time that suits you.", url=url, label="See free times"),
    )


def add_starter_dialogue(*, now: datetime, meeting_url: str = "") -> None:
    """Publish the ready-made dialogue, unless there is a dialogue already."""
    if ChatDialogue.objects.exists():
        return
    document = write_script(starter(meeting_url=meeting_url))
    dialogue = ChatDialogue.objects.create(name=NAME, slug=SLUG, draft=document, created_at=now)
    publish_dialogue(dialogue, by=None, now=now)
