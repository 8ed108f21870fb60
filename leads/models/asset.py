from typing import Self

from django.conf import settings
from django.core.files.storage import storages
from django.core.files.storage.base import Storage
from django.db import models
from django.db.models import F, Q

from leads.models.form import Form


class AssetKind(models.TextChoices):
    """What a download is, which decides the event of taking it."""

    EBOOK = "ebook", "An eBook or guide"
    CONTENT = "content", "Another file"


def asset_storage() -> Storage:
    """Return the storage of files: VAR_DIR/media unless settings name another. No address serves it directly."""
    return storages["default"]


class AssetQuerySet(models.QuerySet["Asset"]):
    """Questions asked of downloads more than once."""

    def in_use(self) -> Self:
        """Downloads that are not archived."""
        return self.filter(archived_at=None)


class Asset(models.Model):
    """A file, or an external address, that visitors get for filling in a form.

    slug: the end of its address, never changes. heading, points: the coloured half of its page. form: the form to fill
    in; without one it is not available. file: stored under a name of ours; file_name: what it is saved as; file_type:
    of MEDIA types; file_size: bytes; file_hash: SHA-256 in hex. external_url: instead of a file.
    """

    title = models.CharField(max_length=120)
    slug = models.CharField(max_length=60)
    kind = models.CharField(max_length=16, choices=AssetKind, default=AssetKind.EBOOK)
    description = models.CharField(max_length=600, blank=True, default="")
    heading = models.CharField(max_length=120, blank=True, default="")
    points = models.JSONField(default=list, blank=True)
    form = models.ForeignKey(Form, null=True, blank=True, on_delete=models.SET_NULL, related_name="assets")
    file = models.FileField(storage=asset_storage, max_length=200, blank=True, default="")
    file_name = models.CharField(max_length=150, blank=True, default="")
    file_type = models.CharField(max_length=100, blank=True, default="")
    file_size = models.PositiveBigIntegerField(default=0)
    file_hash = models.CharField(max_length=64, blank=True, default="")
    external_url = models.CharField(max_length=2000, blank=True, default="")
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    created_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True, blank=True)

    objects = AssetQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["slug"], name="asset_slug_once"),
            models.CheckConstraint(condition=Q(kind__in=AssetKind.values), name="asset_kind_known"),
            models.CheckConstraint(
                condition=(Q(file="") & ~Q(external_url="")) | (~Q(file="") & Q(external_url="")),
                name="asset_is_file_or_address",
            ),
        ]
        indexes = [
            # The list of downloads, newest first.
            models.Index(F("created_at").desc(), F("id").desc(), name="asset_by_age"),
        ]

    def __str__(self) -> str:
        return self.title
