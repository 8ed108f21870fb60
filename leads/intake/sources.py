"""Sources of events, and their write keys."""

import secrets
from datetime import datetime

from django.db import IntegrityError, transaction

from leads.audit.record import record_audit
from leads.errors import InvalidValue
from leads.models import Source, User

LONGEST_NAME = 100


def new_write_key() -> str:
    """Return an unused write key."""
    return f"wk_{secrets.token_hex(16)}"


def channel_source(name: str, *, now: datetime) -> Source:
    """Return the source under which one of our own channels ("Forms", "Links") stores events; created on first use."""
    made = {"write_key": new_write_key(), "is_channel": True, "created_at": now}
    return Source.objects.get_or_create(name=name, defaults=made)[0]


def add_source(name: str, *, by: User, now: datetime) -> Source:
    """Create a source with its own key. Raises InvalidValue if the name is empty, too long or taken."""
    source = Source(name=_usable(name))
    _save(source, by=by, now=now)
    return source


def rename_source(source: Source, name: str, *, by: User, now: datetime) -> None:
    """Rename a source. Raises InvalidValue if the name is empty, too long, taken, or a channel's."""
    if source.is_channel:
        raise InvalidValue(f"{source.name} is a channel of LeadCRM's own and is found by its name.")
    before, source.name = source.name, _usable(name)
    if source.name != before:
        _save(source, by=by, now=now)


def switch_source(source: Source, *, is_active: bool, by: User, now: datetime) -> None:
    """Enable a source's key, or disable it everywhere within half a minute."""
    source.is_active = is_active
    _save(source, by=by, now=now)


def _usable(name: str) -> str:
    name = name.strip()
    if not 1 <= len(name) <= LONGEST_NAME:
        raise InvalidValue(f"A source's name must have 1 to {LONGEST_NAME} characters, got {len(name)}.")
    return name


def _save(source: Source, *, by: User, now: datetime) -> None:
    try:
        with transaction.atomic():
            save_source(source, by=by, now=now)
    except IntegrityError as error:
        raise InvalidValue(f"There is a source called {source.name} already.") from error


def save_source(source: Source, *, by: User | None, now: datetime) -> None:
    """Store a new source with a key of its own, or a changed one, in the caller's transaction."""
    action = "source changed" if source.pk else "source made"
    if not source.pk:
        source.write_key, source.created_at = new_write_key(), now
    source.save()
    state = "takes events" if source.is_active else "takes no events"
    record_audit(action, f"{source.name}: {state}", by=by, now=now)


@transaction.atomic
def renew_write_key(source: Source, *, by: User, now: datetime) -> None:
    """Give a source a new write key; the old one stops working at once."""
    source.write_key = new_write_key()
    source.save(update_fields=["write_key"])
    record_audit("write key renewed", source.name, by=by, now=now)
