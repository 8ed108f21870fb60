"""Create, change and archive tracked links."""

import re
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from leads.audit.record import record_audit
from leads.channels.links.target import read_target
from leads.models import Link, User
from leads.people.edit import InvalidField

# Without characters that look alike, since addresses are also typed off paper.
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
LENGTH_OF_MADE_SLUG = 10
SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?")


def new_slug() -> str:
    """Return a random, unguessable slug."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH_OF_MADE_SLUG))


def read_slug(text: str) -> str:
    """Return the requested slug, normalised. Raises InvalidField."""
    slug = text.strip().lower()
    if not SLUG.fullmatch(slug):
        raise InvalidField(
            "slug", f"Expected 1 to 60 letters, digits and hyphens, such as spring-sale, got “{text[:80]}”."
        )
    return slug


def make_link(fields: Mapping[str, Any], *, by: User | None, now: datetime) -> Link:
    """Store a new link and return it.

    fields: name, target, kind, utm_*, passes_visitor; slug: generated if it is empty. Raises InvalidField, which names
    the field.
    """
    known = {name: value for name, value in fields.items() if name not in ("slug", "target")}
    slug = read_slug(fields["slug"]) if fields.get("slug") else new_slug()
    link = Link(**known, slug=slug, target=read_target(fields["target"]), made_by=by, created_at=now)
    try:
        with transaction.atomic():
            link.save()
            record_audit("link made", f"{link.name}: {link.slug} to {link.target}", by=by, now=now)
    except IntegrityError as error:
        raise InvalidField("slug", f"There is a link with the address {slug} already.") from error
    return link


@transaction.atomic
def change_link(link: Link, fields: Mapping[str, Any], *, by: User, now: datetime) -> None:
    """Change a link, except its slug, which is printed and sent. Raises InvalidField, which names the field."""
    target = read_target(fields["target"])
    for name, value in {**fields, "target": target}.items():
        if name != "slug":
            setattr(link, name, value)
    link.save()
    record_audit("link changed", f"{link.name}: {link.slug} to {link.target}", by=by, now=now)


@transaction.atomic
def archive_link(link: Link, *, by: User, now: datetime) -> None:
    """Take a link off the list; it keeps working, since somebody may still click on it."""
    Link.objects.in_use().filter(pk=link.pk).update(archived_at=now)
    record_audit("link archived", link.name, by=by, now=now)


@transaction.atomic
def restore_link(link: Link, *, by: User, now: datetime) -> None:
    """Put an archived link back on the list."""
    Link.objects.filter(pk=link.pk).update(archived_at=None)
    record_audit("link restored", link.name, by=by, now=now)
