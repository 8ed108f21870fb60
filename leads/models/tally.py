from django.db import models
from django.db.models import Q


class Counted(models.TextChoices):
    """What is counted for links, downloads and kiosks."""

    LINK_CLICK = "link_click", "Clicks by people"
    LINK_MACHINE = "link_machine", "Clicks by machines"
    ASSET_VIEW = "asset_view", "Views of a download's page"
    ASSET_FORM = "asset_form", "Forms sent for a download"
    ASSET_DOWNLOAD = "asset_download", "Downloads"
    KIOSK_CARD = "kiosk_card", "Cards left at a stand"


class Tally(models.Model):
    """How often something happened on a day (UTC). The database adds, without reading first.

    Counts of events are written in the events' transaction, so the two never differ.
    """

    what = models.CharField(max_length=20, choices=Counted)
    thing_id = models.BigIntegerField()
    date = models.DateField()
    number = models.PositiveBigIntegerField()

    class Meta:
        constraints = [
            # Also serves the counts shown in lists.
            models.UniqueConstraint(fields=["what", "thing_id", "date"], name="tally_once_a_day"),
            models.CheckConstraint(condition=Q(what__in=Counted.values), name="tally_what_known"),
        ]

    def __str__(self) -> str:
        return f"{self.get_what_display()} of {self.thing_id} on {self.date}: {self.number}"
