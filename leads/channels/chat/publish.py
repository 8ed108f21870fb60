"""Publish a dialogue's draft as its next version, or restore an earlier version into the draft."""

from datetime import datetime

from django.db import transaction
from django.db.models import F

from leads.audit.record import record_audit
from leads.channels.chat.check import Mistake, mistakes
from leads.channels.chat.script import read_script
from leads.errors import LeadError
from leads.models import ChatDialogue, ChatVersion, User


class HasMistakes(LeadError):
    """A dialogue that can't be published yet. mistakes: the reasons, each with its step."""

    def __init__(self, found: list[Mistake]) -> None:
        count = f"{len(found)} mistakes" if len(found) > 1 else "a mistake"
        super().__init__(f"Not published: the dialogue has {count}. {found[0].text}")
        self.mistakes = found


@transaction.atomic
def publish_dialogue(dialogue: ChatDialogue, *, by: User | None, now: datetime) -> ChatVersion:
    """Publish the stored draft for new conversations; running conversations keep their version.

    Publishing what is live already changes nothing. by: None for the dialogue of a new installation. Raises
    HasMistakes.
    """
    locked = ChatDialogue.objects.select_for_update(of=("self",)).select_related("live").get(pk=dialogue.pk)
    if locked.live is not None and locked.live.document == locked.draft:
        return locked.live
    if found := mistakes(read_script(locked.draft)):
        raise HasMistakes(found)
    latest = locked.versions.order_by("-number").values_list("number", flat=True).first() or 0
    locked.live = ChatVersion.objects.create(
        dialogue=locked, number=latest + 1, document=locked.draft, published_at=now, published_by=by
    )
    locked.save(update_fields=["live"])
    dialogue.live = locked.live
    if by is not None:
        record_audit("chat dialogue published", f"{locked.name}, version {locked.live.number}", by=by, now=now)
    return locked.live


def restore_version(dialogue: ChatDialogue, version: ChatVersion) -> None:
    """Copy an earlier version into the draft; visitors see it after publishing. Undo restores the former draft."""
    ChatDialogue.objects.filter(pk=dialogue.pk).update(
        before=F("draft"), draft=version.document, revision=F("revision") + 1
    )
    dialogue.refresh_from_db()
