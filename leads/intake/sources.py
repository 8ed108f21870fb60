"""Where events come from, and the write keys that let them in."""

import secrets
from datetime import datetime

from leads.audit.record import record_audit
from leads.models import Source, User


def new_write_key() -> str:
    """Return a write key that nobody has."""
    return f"wk_{secrets.token_hex(16)}"


def channel_source(name: str, *, now: datetime) -> Source:
    """Return the source that a channel of our own ("Forms", "Links") stores its events under, made at its first use."""
    made = {"write_key": new_write_key(), "created_at": now}
    return Source.objects.get_or_create(name=name, defaults=made)[0]


def save_source(source: Source, *, by: User | None, now: datetime) -> None:
    """Store a new source with a key of its own, or a changed one, in the caller's transaction."""
    action = "source changed" if source.pk else "source made"
    if not source.pk:
        source.write_key, source.created_at = new_write_key(), now
    source.save()
    state = "takes events" if source.is_active else "takes no events"
    record_audit(action, f"{source.name}: {state}", by=by, now=now)


def renew_write_key(source: Source, *, by: User, now: datetime) -> None:
    """Give a source another write key; the old one stops working at once."""
    source.write_key = new_write_key()
    source.save(update_fields=["write_key"])
    record_audit("write key renewed", source.name, by=by, now=now)
