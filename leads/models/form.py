from typing import Self

from django.db import models
from django.db.models import F, Q


class FormQuerySet(models.QuerySet["Form"]):
    """Questions asked of forms more than once."""

    def live(self) -> Self:
        """Forms that accept answers."""
        return self.filter(is_live=True)


class Form(models.Model):
    """A form for visitors. key: its part of every address, never changes.

    fields and consents: lists of objects, see leads.channels.forms.fields. event_kind: from the catalog, recorded for a
    submission. colour: "#rrggbb", "" for the product's own. allowed_domains: sites (with subdomains) that may show it
    or send to it; empty for any. phone_region: the two-letter country of numbers without a country code. asked_at_most:
    with progressive profiling, the number of questions shown at once; empty for all.
    """

    key = models.CharField(max_length=32)
    name = models.CharField(max_length=100)
    is_live = models.BooleanField(default=True)

    brand = models.CharField(max_length=60, blank=True, default="")
    heading = models.CharField(max_length=120, blank=True, default="")
    intro = models.CharField(max_length=300, blank=True, default="")
    button = models.CharField(max_length=60, default="Send")
    privacy_text = models.CharField(max_length=300, blank=True, default="")
    privacy_url = models.CharField(max_length=500, blank=True, default="")
    side_heading = models.CharField(max_length=120, blank=True, default="")
    side_text = models.CharField(max_length=300, blank=True, default="")
    side_points = models.JSONField(default=list, blank=True)
    colour = models.CharField(max_length=7, blank=True, default="")

    fields = models.JSONField(default=list, blank=True)
    consents = models.JSONField(default=list, blank=True)
    phone_region = models.CharField(max_length=2, blank=True, default="")
    is_progressive = models.BooleanField(default=False)
    asked_at_most = models.PositiveSmallIntegerField(null=True, blank=True)

    event_kind = models.CharField(max_length=60, default="form_submitted")
    is_double_opt_in = models.BooleanField(default=False)
    thanks_heading = models.CharField(max_length=120, blank=True, default="Thank you")
    thanks_text = models.CharField(max_length=600, blank=True, default="")
    redirect_url = models.CharField(max_length=500, blank=True, default="")
    mail_subject = models.CharField(max_length=150, blank=True, default="")
    mail_text = models.TextField(blank=True, default="")
    mail_link = models.CharField(max_length=500, blank=True, default="")
    allowed_domains = models.JSONField(default=list, blank=True)

    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    objects = FormQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key"], name="form_key_once"),
            models.UniqueConstraint(fields=["name"], name="form_name_once"),
            models.CheckConstraint(
                condition=Q(asked_at_most=None) | Q(asked_at_most__gte=1), name="form_asks_for_something"
            ),
        ]
        indexes = [
            # The list of forms, newest first.
            models.Index(F("created_at").desc(), F("id").desc(), name="form_by_age"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def title(self) -> str:
        """The heading that visitors see above the form."""
        return self.heading or self.name


class FormCount(models.Model):
    """How often a step of a form was reached on a day.

    step: "view", "start", "field:<name>", "sent", "elsewhere" (sent from a page that is not ours), "blocked". count:
    only ever increased, by the database.
    """

    form = models.ForeignKey(Form, on_delete=models.CASCADE, related_name="counts", db_index=False)
    on_date = models.DateField()
    step = models.CharField(max_length=80)
    count = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [
            # Also serves the counts of a form's last days.
            models.UniqueConstraint(fields=["form", "on_date", "step"], name="form_count_once"),
        ]

    def __str__(self) -> str:
        return f"{self.step} on {self.on_date}: {self.count}"
