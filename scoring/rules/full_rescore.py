"""A full rescore: which leads are still to be scored by the live rules, as ranges of ids.

To mark a million leads due would write each of them twice. Instead every lead counts as due from the moment the ranges
are stored, in the transaction that makes it so; whoever scores a batch moves its range's beginning in the same
transaction, and holds the range by its row lock meanwhile. A process that dies gives its range back at once.
"""

from functools import reduce
from itertools import pairwise
from operator import or_

from django.db import transaction
from django.db.models import Max, Min, Q, QuerySet

from leads.models import Lead
from scoring.models import RescoreRange

# More than there are processes to share them, so that the last ones end about together; none is too small to be
# worth its own batch.
MOST_RANGES = 32
SMALLEST_RANGE = 1000


@transaction.atomic
def begin_full_rescore() -> None:
    """Let every lead that there is count as due, whatever an earlier full rescore left undone."""
    RescoreRange.objects.all().delete()
    ids = Lead.objects.current().aggregate(first=Min("pk"), last=Max("pk"))
    if ids["last"] is not None:
        RescoreRange.objects.bulk_create(_ranges(ids["first"] - 1, ids["last"]))


def lock_range() -> RescoreRange | None:
    """Return a range that nobody works on, locked until the transaction ends; None when there is none."""
    return RescoreRange.objects.select_for_update(skip_locked=True).order_by("pk").first()


def advance(unfinished: RescoreRange, lead_id: int | None) -> None:
    """Note that the leads up to this id are scored (None: all of the range)."""
    if lead_id is None or lead_id >= unfinished.last_id:
        unfinished.delete()
    else:
        unfinished.scored_to_id = lead_id
        unfinished.save(update_fields=["scored_to_id"])


def is_rescoring() -> bool:
    """Say whether a full rescore is going on."""
    return RescoreRange.objects.exists()


def leads_in(*unfinished: RescoreRange) -> QuerySet[Lead]:
    """The leads of these ranges that a full rescore has not reached."""
    is_within = (Q(pk__gt=each.scored_to_id, pk__lte=each.last_id) for each in unfinished)
    return Lead.objects.current().filter(reduce(or_, is_within, Q(pk__in=[])))


def waiting_leads() -> QuerySet[Lead]:
    """The leads that a full rescore has not reached."""
    return leads_in(*RescoreRange.objects.all())


def _ranges(before: int, last: int) -> list[RescoreRange]:
    number = min(MOST_RANGES, 1 + (last - before - 1) // SMALLEST_RANGE)
    bounds = [before + (last - before) * position // number for position in range(number + 1)]
    return [RescoreRange(scored_to_id=low, last_id=high) for low, high in pairwise(bounds)]
