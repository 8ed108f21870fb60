"""Create a dialogue, and change its settings: name, colours, websites."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.text import slugify

from leads.audit.record import record_audit
from leads.channels.chat.script import Script, write_script
from leads.errors import InvalidValue
from leads.models import ChatDialogue, User

LOWEST_CONTRAST = 4.5  # of white text, WCAG AA
MOST_DOMAINS = 20
_COLOUR = re.compile(r"#[0-9a-f]{6}")
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
# An IP address or a name without a dot has no subdomains.
_NAMED = re.compile(r"\.[a-z][a-z0-9-]*(?::|$)")
_DOMAIN = re.compile(rf"(?:{_LABEL}\.)*{_LABEL}(?::[0-9]{{1,5}})?")


class InvalidSetting(InvalidValue):
    """A setting that can't be stored. field: its name."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@transaction.atomic
def save_dialogue(dialogue: ChatDialogue, given: dict[str, Any], *, by: User, now: datetime) -> None:
    """Store a new dialogue, or a changed one: `name`, `colour`, `launcher`, `domains`. Raises InvalidSetting."""
    dialogue.name = _name(dialogue, given["name"])
    dialogue.colour = read_colour(given["colour"])
    dialogue.launcher = given["launcher"].strip()[:40] or "Chat with us"
    dialogue.domains = read_domains(given["domains"])
    action = "chat dialogue changed" if dialogue.pk else "chat dialogue made"
    if dialogue.pk:
        dialogue.save(update_fields=["name", "colour", "launcher", "domains"])
    else:
        dialogue.slug, dialogue.created_at = _free_slug(dialogue.name), now
        dialogue.save()
    record_audit(action, dialogue.name, by=by, now=now)


def start_draft(script: Script) -> ChatDialogue:
    """Return a new dialogue with this draft, not stored yet."""
    return ChatDialogue(draft=write_script(script))


def switch_dialogue(dialogue: ChatDialogue, *, is_active: bool, by: User, now: datetime) -> None:
    """Open a dialogue to visitors, or close it; running conversations resume when it is open again."""
    ChatDialogue.objects.filter(pk=dialogue.pk).update(is_active=is_active)
    record_audit(f"chat dialogue switched {'on' if is_active else 'off'}", dialogue.name, by=by, now=now)


def read_colour(text: str) -> str:
    """Return a colour on which white text is readable. Raises InvalidSetting."""
    colour = text.strip().lower()
    if not _COLOUR.fullmatch(colour):
        raise InvalidSetting("colour", f"The colour must be written like #0f6650, got “{text[:20]}”.")
    contrast = 1.05 / (_luminance(colour) + 0.05)
    if contrast < LOWEST_CONTRAST:
        raise InvalidSetting(
            "colour",
            f"White text on {colour} has a contrast of {contrast:.2f}, and can be read from {LOWEST_CONTRAST} on. "
            "Take a darker one.",
        )
    return colour


def read_domains(text: str) -> list[str]:
    """Return the domains of a list separated by lines or commas; a web address counts as its domain.

    Raises InvalidSetting.
    """
    found = []
    for part in re.split(r"[\s,]+", text.strip().lower()):
        domain = re.sub(r"^https?://", "", part).split("/")[0]
        if domain and not _DOMAIN.fullmatch(domain):
            raise InvalidSetting("domains", f"A domain looks like example.com; got “{part[:60]}”.")
        if domain and domain not in found:
            found.append(domain)
    if len(found) > MOST_DOMAINS:
        raise InvalidSetting("domains", f"At most {MOST_DOMAINS} domains, got {len(found)}.")
    return found


def frame_ancestors(domains: Sequence[str]) -> list[str]:
    """Return the sources for frame-ancestors: this site and the domains with their subdomains, or any site."""
    if not domains:
        return ["*"]
    below = [f"*.{domain}" for domain in domains if _NAMED.search(domain)]
    return ["'self'", *domains, *below]


def _luminance(colour: str) -> float:
    """Return the relative luminance of a colour, as WCAG 2 defines it, 0..1."""
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _name(dialogue: ChatDialogue, text: str) -> str:
    name = " ".join(text.split())
    if not 1 <= len(name) <= 100:
        raise InvalidSetting("name", f"A name has 1 to 100 characters, got {len(name)}.")
    if ChatDialogue.objects.filter(name=name).exclude(pk=dialogue.pk).exists():
        raise InvalidSetting("name", f"There is a dialogue called “{name}” already.")
    return name


def _free_slug(name: str) -> str:
    base = slugify(name)[:50] or "chat"
    taken = set(ChatDialogue.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    return next(
        slug for slug in (base, *(f"{base}-{number}" for number in range(2, len(taken) + 3))) if slug not in taken
    )
