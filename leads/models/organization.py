from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower


class Organization(models.Model):
    """A company that leads work for.

    external_id: the group id of the tracking clients. domain: lower case, without "www.". employee_count: people.
    """

    name = models.CharField(max_length=200)
    domain = models.CharField(max_length=253, blank=True, default="")
    external_id = models.CharField(max_length=200, blank=True, default="")
    industry = models.CharField(max_length=100, blank=True, default="")
    employee_count = models.PositiveIntegerField(null=True, blank=True)
    country = models.CharField(max_length=100, blank=True, default="")
    attributes = models.JSONField(default=dict, blank=True)
    attribute_times = models.JSONField(default=dict, blank=True, editable=False)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["domain"], condition=~Q(domain=""), name="organization_domain_once"),
            models.UniqueConstraint(
                fields=["external_id"], condition=~Q(external_id=""), name="organization_external_id_once"
            ),
        ]
        indexes = [
            # Intake: find an organization by the name in a trait or a form.
            models.Index(Lower("name"), name="organization_by_name"),
        ]

    def __str__(self) -> str:
        return self.name
