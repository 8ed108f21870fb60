from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from leads.models.organization import Organization


class Stage(models.TextChoices):
    """A lead's stage in the lifecycle."""

    NEW = "new", "New"
    ENGAGED = "engaged", "Engaged"
    MQL = "mql", "MQL"
    SQL = "sql", "SQL"
    CLAIMED = "claimed", "Claimed"
    CUSTOMER = "customer", "Customer"
    RECYCLED = "recycled", "Recycled"
    DISQUALIFIED = "disqualified", "Disqualified"


class LeadKind(models.TextChoices):
    """Who showed interest."""

    PERSON = "person", "Person"
    ORGANIZATION = "organization", "Organization"


class LeadQuerySet(models.QuerySet["Lead"]):
    """Questions asked of leads more than once."""

    def current(self) -> Self:
        """Leads that were not merged into another."""
        return self.filter(merged_into=None)

    def due_for_scoring(self, now: datetime) -> Self:
        """Leads whose stored score must be recomputed by now."""
        return self.current().filter(score_due_at__lte=now)

    def awaiting_claim(self) -> Self:
        """SQLs that no sales rep has claimed yet, most urgent first."""
        return self.filter(stage=Stage.SQL, claimed_at=None, merged_into=None).order_by("respond_by", "id")

    def claimed_by(self, rep: object) -> Self:
        """Leads that a sales rep has claimed, longest ago first."""
        return self.filter(stage=Stage.CLAIMED, owner=rep, merged_into=None).order_by("claimed_at", "id")


class Lead(models.Model):
    """A person or organization that showed interest and is known by a user id, an e-mail address or a phone number.

    fit: points, 0..40; behaviour: points, 0..60; score: their sum. likelihood: probability, 0..1.
    respond_by: while the lead waits for a sales rep, the end of the claim target. score_due_at: when the stored
    score must be computed again, empty when it never will. facts_version: counts every change of what the score is
    computed from. decided_version: the rule set version of the last scoring.
    last_event_at: of the latest event, or created_at while last_event_kind is empty.
    """

    kind = models.CharField(max_length=16, choices=LeadKind, default=LeadKind.PERSON)
    email = models.EmailField(blank=True, default="")
    phone = models.CharField(max_length=32, blank=True, default="")
    first_name = models.CharField(max_length=100, blank=True, default="")
    last_name = models.CharField(max_length=100, blank=True, default="")
    title = models.CharField(max_length=150, blank=True, default="")
    country = models.CharField(max_length=100, blank=True, default="")
    organization = models.ForeignKey(
        Organization, null=True, blank=True, on_delete=models.SET_NULL, related_name="leads"
    )
    attributes = models.JSONField(default=dict, blank=True)
    attribute_times = models.JSONField(default=dict, blank=True, editable=False)
    source = models.CharField(max_length=40, blank=True, default="", help_text="The channel that brought the lead.")

    stage = models.CharField(max_length=16, choices=Stage, default=Stage.NEW)
    stage_changed_at = models.DateTimeField()
    recycled_at = models.DateTimeField(null=True, blank=True)
    retry_on = models.DateField(null=True, blank=True)
    disqualified_at = models.DateTimeField(null=True, blank=True)

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="owned_leads",
        db_index=False,
    )
    claimed_at = models.DateTimeField(null=True, blank=True)
    respond_by = models.DateTimeField(null=True, blank=True)

    score = models.FloatField(default=0)
    fit = models.FloatField(default=0)
    behaviour = models.FloatField(default=0)
    likelihood = models.FloatField(null=True, blank=True)
    persona = models.CharField(max_length=100, blank=True, default="")
    scored_at = models.DateTimeField(null=True, blank=True)
    score_due_at = models.DateTimeField(null=True, blank=True)
    facts_version = models.PositiveBigIntegerField(default=0)
    decided_version = models.PositiveIntegerField(null=True, blank=True)

    last_event_at = models.DateTimeField()
    last_event_kind = models.CharField(max_length=60, blank=True, default="")
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.CASCADE, related_name="absorbed", db_index=False
    )
    created_at = models.DateTimeField()

    objects = LeadQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=LeadKind.values), name="lead_kind_known"),
            models.CheckConstraint(condition=Q(stage__in=Stage.values), name="lead_stage_known"),
            models.CheckConstraint(condition=Q(score__gte=0, score__lte=100), name="lead_score_0_to_100"),
            models.CheckConstraint(
                condition=Q(likelihood=None) | Q(likelihood__gte=0, likelihood__lte=1), name="lead_likelihood_0_to_1"
            ),
            models.CheckConstraint(
                condition=~Q(stage=Stage.CLAIMED) | Q(claimed_at__isnull=False), name="lead_claimed_has_time"
            ),
            models.CheckConstraint(
                condition=~Q(stage=Stage.RECYCLED) | Q(recycled_at__isnull=False), name="lead_recycled_has_time"
            ),
        ]
        indexes = [
            # Scoring: what is due, longest due first.
            models.Index(fields=["score_due_at", "id"], condition=Q(score_due_at__isnull=False), name="lead_score_due"),
            # The claim queue: unclaimed SQLs, most urgent first.
            models.Index(
                fields=["respond_by", "id"],
                condition=Q(stage=Stage.SQL, claimed_at=None, merged_into=None),
                name="lead_claim_queue",
            ),
            # The lead list by score, last activity, age and name; further filters apply while these are scanned.
            models.Index(F("score").desc(), F("id").desc(), name="lead_list_by_score"),
            models.Index(F("last_event_at").desc(), F("id").desc(), name="lead_list_by_activity"),
            models.Index(F("created_at").desc(), F("id").desc(), name="lead_list_by_age"),
            models.Index(fields=["last_name", "first_name", "id"], name="lead_list_by_name"),
            # A rep's own leads, and the leads merged into one. Partial, since both are few.
            models.Index(fields=["owner", "stage"], condition=Q(owner__isnull=False), name="lead_by_owner"),
            models.Index(fields=["merged_into"], condition=Q(merged_into__isnull=False), name="lead_absorbed"),
            # The list and the counts of one stage.
            models.Index(F("stage"), F("score").desc(), F("id").desc(), name="lead_stage_by_score"),
        ]

    def __str__(self) -> str:
        return self.display_name

    @property
    def display_name(self) -> str:
        """The name to show, or what else is known of the lead."""
        return f"{self.first_name} {self.last_name}".strip() or self.email or self.phone or f"Lead {self.pk}"


class LeadSearch(models.Model):
    """The text of the search box, apart from the lead so that a changed score does not touch its index.

    text: name, e-mail address, phone number and company in lower case. PostgreSQL has a trigram index on it.
    is_compared: whether the lead was compared with similar ones since the text was written.
    """

    lead = models.OneToOneField(Lead, primary_key=True, on_delete=models.CASCADE, related_name="search")
    text = models.TextField()
    is_compared = models.BooleanField(default=False, db_default=False)

    class Meta:
        indexes = [
            # The search for duplicates: leads still to be compared.
            models.Index(fields=["lead"], condition=Q(is_compared=False), name="lead_to_compare"),
        ]

    def __str__(self) -> str:
        return self.text
