"""Which leads a question is answered from: all where they are few, else some, always the same ones, part by part."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from time import perf_counter

from django.db.models import BigIntegerField, ExpressionWrapper, F, Value

from leads.models.lead import LeadQuerySet
from scoring.whatif.interval import Estimate, estimate

# Knuth's multiplicative hash: ids that follow each other lie far apart.
_MULTIPLIER, _RANGE = 2_654_435_761, 2**32


@dataclass(frozen=True, slots=True)
class Bounds:
    """How long a question may take. part: leads looked at at once.

    all_up_to: so many leads are all looked at. Of more a sample is: as many as `seconds` allow, at most about `most`.
    """

    all_up_to: int
    most: int
    seconds: float
    part: int = 1000


class Sample:
    """Leads to look at, and how many of all `total` were looked at so far."""

    def __init__(self, lead_ids: Sequence[int], total: int, bounds: Bounds, *, began: float) -> None:
        self.total = total
        self.looked_at = 0
        self._lead_ids, self._bounds, self._began = lead_ids, bounds, began

    @property
    def is_all(self) -> bool:
        """Say whether no lead was left out."""
        return self.looked_at >= self.total

    def parts(self) -> Iterator[list[int]]:
        """Yield the leads part by part, each in id order, until no lead or no time is left."""
        size, is_bounded = self._bounds.part, self.total > self._bounds.all_up_to
        for start in range(0, len(self._lead_ids), size):
            part = self._lead_ids[start : start + size]
            yield sorted(part)
            self.looked_at += len(part)
            if is_bounded and perf_counter() - self._began > self._bounds.seconds:
                break

    def estimate(self, hits: int) -> Estimate:
        """Return how many of all leads are meant where so many of those looked at are."""
        return estimate(hits, self.looked_at, self.total)


def sample_of_leads(leads: LeadQuerySet, bounds: Bounds) -> Sample:
    """Return all of these leads, or some in the order of a hash: however few from the front are a fair sample."""
    began, total = perf_counter(), leads.count()
    if total <= bounds.all_up_to:
        lead_ids = list(leads.order_by("pk").values_list("pk", flat=True))
        return Sample(lead_ids, len(lead_ids), bounds, began=began)
    big = BigIntegerField()
    # Said to be big once more, for Django takes a product for an integer of 32 bits and drops limits beyond them.
    spread = ExpressionWrapper(F("pk") * Value(_MULTIPLIER, big) % Value(_RANGE, big), big)
    drawn = leads.annotate(spread=spread).filter(spread__lt=_RANGE * bounds.most // total).order_by("spread", "pk")
    return Sample(list(drawn.values_list("pk", flat=True)), total, bounds, began=began)


def sample_of_ids(lead_ids: Iterable[int], bounds: Bounds) -> Sample:
    """Return the same of leads whose ids are known already."""
    began = perf_counter()
    spread = sorted((lead_id * _MULTIPLIER % _RANGE, lead_id) for lead_id in lead_ids)
    drawn = spread if len(spread) <= bounds.all_up_to else spread[: bounds.most]
    return Sample([lead_id for _, lead_id in drawn], len(spread), bounds, began=began)
