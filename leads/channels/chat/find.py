"""Find the dialogue that visitors may talk to."""

from leads.models import ChatDialogue


def open_dialogue(slug: str) -> ChatDialogue | None:
    """Return the published, active dialogue of this name."""
    return ChatDialogue.objects.filter(slug=slug, is_active=True, live__isnull=False).first()
