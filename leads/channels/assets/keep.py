"""Create, change and archive downloads."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction

from leads.audit.record import record_audit
from leads.channels.assets.file import KeptFile, forget_file, keep_file
from leads.channels.links.keep import new_slug, read_slug
from leads.channels.links.target import read_target
from leads.models import Asset, User
from leads.people.edit import InvalidField


def make_asset(fields: Mapping[str, Any], *, by: User | None, now: datetime) -> Asset:
    """Store a new download and return it.

    fields: title, kind, description, heading, points, form; file: an upload, or external_url; slug: generated if it is
    empty. Raises InvalidField, which names the field; nothing is stored then.
    """
    slug = read_slug(fields["slug"]) if fields.get("slug") else new_slug()
    asset = Asset(slug=slug, made_by=by, created_at=now)
    return _store(asset, fields, "download made", by=by, now=now)


def change_asset(asset: Asset, fields: Mapping[str, Any], *, by: User, now: datetime) -> None:
    """Change a download; without a new file or address it keeps the current one. Raises InvalidField."""
    former = asset.file.name
    _store(asset, fields, "download changed", by=by, now=now)
    if former and former != asset.file.name:
        transaction.on_commit(partial(forget_file, former))


@transaction.atomic
def archive_asset(asset: Asset, *, by: User, now: datetime) -> None:
    """Take a download off the list; its page and links keep working."""
    Asset.objects.in_use().filter(pk=asset.pk).update(archived_at=now)
    record_audit("download archived", asset.title, by=by, now=now)


@transaction.atomic
def restore_asset(asset: Asset, *, by: User, now: datetime) -> None:
    """Put an archived download back on the list."""
    Asset.objects.filter(pk=asset.pk).update(archived_at=None)
    record_audit("download restored", asset.title, by=by, now=now)


def _store(asset: Asset, fields: Mapping[str, Any], action: str, *, by: User | None, now: datetime) -> Asset:
    for name in ("title", "kind", "description", "heading", "points", "form"):
        setattr(asset, name, fields[name])
    upload: UploadedFile | None = fields.get("file") or None
    kept = _point(asset, upload, fields.get("external_url") or "")
    try:
        with transaction.atomic():
            asset.save()
            record_audit(action, f"{asset.title}: {asset.slug}", by=by, now=now)
    except BaseException as error:
        # A file that no row points to would never be deleted.
        if kept is not None:
            forget_file(kept.stored_as)
        if isinstance(error, IntegrityError):
            raise InvalidField("slug", f"There is a download with the address {asset.slug} already.") from error
        raise
    return asset


def _point(asset: Asset, upload: UploadedFile | None, address: str) -> KeptFile | None:
    """Set the file or the external address, whichever is given; return the stored file."""
    if upload and address:
        raise InvalidField("external_url", "Give a file or an address, not both.")
    if upload:
        kept = keep_file(upload)
        asset.file, asset.external_url = kept.stored_as, ""
        asset.file_name, asset.file_type, asset.file_size, asset.file_hash = (
            kept.name, kept.media_type, kept.size, kept.hash,
        )  # fmt: skip
        return kept
    if address:
        try:
            asset.external_url = read_target(address)
        except InvalidField as refusal:
            raise InvalidField("external_url", str(refusal)) from refusal
        asset.file, asset.file_name, asset.file_type, asset.file_size, asset.file_hash = "", "", "", 0, ""
    elif not asset.file and not asset.external_url:
        raise InvalidField("file", "Choose a file, or give the address where it lies.")
    return None
