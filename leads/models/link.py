from django.conf import settings
from django.db import models
from django.db.models import F, Q


class LinkKind(models.TextChoices):
    """Where a tracked link is placed, which decides the meaning of a click."""

    AD = "ad", "An ad"
    EMAIL = "email", "An e-mail"
    SOCIAL = "social", "A post on social media"
    PAGE = "page", "Anywhere else"
    HONEYPOT = "honeypot", "Hidden in an e-mail, to catch machines"


class LinkQuerySet(models.QuerySet["Link"]):
    """Questions asked of links more than once."""

    def in_use(self) -> "LinkQuerySet":
        """Links that are not archived."""
        return self.filter(archived_at=None)


class Link(models.Model):
    """An address of ours for an ad, a mail or a post; a click on it is recorded and redirected to the target.

    slug: the end of the address, never changes because it is printed and sent. target: an http or https address that no
    request can change. utm_*: passed to the target unless the click has its own. passes_visitor: the target is a site
    of ours and receives the visitor's anonymous id. Archived links leave the list and keep working.
    """

    name = models.CharField(max_length=100)
    slug = models.CharField(max_length=60)
    target = models.CharField(max_length=2000)
    kind = models.CharField(max_length=16, choices=LinkKind, default=LinkKind.AD)
    utm_source = models.CharField(max_length=100, blank=True, default="")
    utm_medium = models.CharField(max_length=100, blank=True, default="")
    utm_campaign = models.CharField(max_length=100, blank=True, default="")
    utm_content = models.CharField(max_length=100, blank=True, default="")
    utm_term = models.CharField(max_length=100, blank=True, default="")
    passes_visitor = models.BooleanField(default=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    created_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True, blank=True)

    objects = LinkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["slug"], name="link_slug_once"),
            models.CheckConstraint(condition=Q(kind__in=LinkKind.values), name="link_kind_known"),
            models.CheckConstraint(
                condition=Q(target__startswith="https://") | Q(target__startswith="http://"), name="link_target_is_web"
            ),
        ]
        indexes = [
            # The list of links, newest first.
            models.Index(F("created_at").desc(), F("id").desc(), name="link_by_age"),
        ]

    def __str__(self) -> str:
        return self.name
