from django.conf import settings
from django.db import models
from django.db.models import F, Q

from leads.models.lead import Lead
from leads.models.organization import Organization


class ImportState(models.TextChoices):
    """The state of an import."""

    MAPPING = "mapping", "Waits for its columns"
    CHECKING = "checking", "Being checked"
    CHECKED = "checked", "Checked"
    RUNNING = "running", "Running"
    STOPPED = "stopped", "Stopped"
    DONE = "done", "Done"
    UNDOING = "undoing", "Being undone"
    UNDONE = "undone", "Undone"
    FAILED = "failed", "Failed"


class OnConflict(models.TextChoices):
    """Which value counts if a known lead already has one."""

    FILL = "fill", "Fill in only what is empty"
    OVERWRITE = "overwrite", "Overwrite with what the file says"


# States in which a worker is needed.
AT_WORK = (ImportState.CHECKING, ImportState.RUNNING, ImportState.UNDOING)


class ImportJob(models.Model):
    """A file of leads on its way in, and what became of its rows.

    file: a name in Django's storage, empty once it is removed. encoding, delimiter, is_workbook: how the file is
    read. headings: as
    the file gives them. columns: what each is mapped to, "" for none. first_rows: some rows, for the mapping screen.
    total: rows under the headings. checked_to, stored_to: how many of them the dry run and the run have passed;
    stored_to moves in the transaction that stores the rows. check, result, undo: counts by outcome, and by reason.
    heartbeat_at: when somebody last worked on it.
    """

    name = models.CharField(max_length=200)
    file = models.CharField(max_length=200, blank=True, default="")
    encoding = models.CharField(max_length=20)
    delimiter = models.CharField(max_length=1)
    is_workbook = models.BooleanField(default=False)
    headings = models.JSONField(default=list)
    first_rows = models.JSONField(default=list)
    columns = models.JSONField(default=list)
    default_country = models.CharField(max_length=2, blank=True, default="")
    day_first = models.BooleanField(default=True)
    on_conflict = models.CharField(max_length=16, choices=OnConflict, default=OnConflict.FILL)

    state = models.CharField(max_length=16, choices=ImportState, default=ImportState.MAPPING)
    problem = models.CharField(max_length=500, blank=True, default="")
    total = models.PositiveIntegerField(default=0)
    checked_to = models.PositiveIntegerField(default=0)
    stored_to = models.PositiveIntegerField(default=0)
    check_counts = models.JSONField(default=dict)
    result = models.JSONField(default=dict)
    undo = models.JSONField(default=dict)

    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ImportState.values), name="import_state_known"),
            models.CheckConstraint(condition=Q(on_conflict__in=OnConflict.values), name="import_on_conflict_known"),
            models.CheckConstraint(
                condition=Q(checked_to__lte=F("total"), stored_to__lte=F("total")), name="import_within_its_rows"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[ImportState.RUNNING, ImportState.DONE]) | Q(started_at__isnull=False),
                name="import_started_has_time",
            ),
        ]
        indexes = [
            # The list of imports, newest first.
            models.Index(F("created_at").desc(), F("id").desc(), name="import_by_age"),
            # The sweep: what somebody should work on. Few, so the many finished ones stay out of it.
            models.Index(fields=["heartbeat_at"], condition=Q(state__in=AT_WORK), name="import_at_work"),
        ]

    def __str__(self) -> str:
        return self.name


class ImportedLead(models.Model):
    """A lead that an import created or changed, with what is needed to undo that.

    row: the first row of the file about the lead, from 1. before: the replaced values, by name, [value, its time];
    empty for a new lead. identifiers: ids of those that the import gave to the lead. kept_because: why undoing left the
    lead as it was, "" before.
    """

    # No constraint: it would be checked for each lead; the import itself ensures that both exist.
    job = models.ForeignKey(
        ImportJob, on_delete=models.CASCADE, related_name="imported_leads", db_index=False, db_constraint=False
    )
    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="imports", db_constraint=False)
    row = models.PositiveIntegerField()
    is_new = models.BooleanField()
    before = models.JSONField(default=dict)
    identifiers = models.JSONField(default=list)
    kept_because = models.CharField(max_length=100, blank=True, default="")

    class Meta:
        constraints = [
            # Also serves the leads of one import, and undoing them in order.
            models.UniqueConstraint(fields=["job", "lead"], name="imported_lead_once"),
        ]

    def __str__(self) -> str:
        return f"{self.lead_id} by import {self.job_id}"


class ImportedOrganization(models.Model):
    """An organization that an import created or changed. before: see ImportedLead."""

    job = models.ForeignKey(ImportJob, on_delete=models.CASCADE, related_name="imported_organizations", db_index=False)
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="imports")
    is_new = models.BooleanField()
    before = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["job", "organization"], name="imported_organization_once"),
        ]

    def __str__(self) -> str:
        return f"{self.organization_id} by import {self.job_id}"


class ImportMapping(models.Model):
    """The last mapping for files with the same headings. headings: a digest of them in order."""

    headings = models.CharField(max_length=64)
    columns = models.JSONField()
    default_country = models.CharField(max_length=2, blank=True, default="")
    day_first = models.BooleanField(default=True)
    on_conflict = models.CharField(max_length=16, choices=OnConflict, default=OnConflict.FILL)
    used_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["headings"], name="import_mapping_once"),
            models.CheckConstraint(
                condition=Q(on_conflict__in=OnConflict.values), name="import_mapping_on_conflict_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{len(self.columns)} columns"
