"""Which leads a preview looks at: all where they are few, else some, always the same ones."""

from django.db.models import BigIntegerField, ExpressionWrapper, F, Value

from leads.models.lead import LeadQuerySet

# Knuth's multiplicative hash: ids that follow each other lie far apart.
_MULTIPLIER, _RANGE = 2_654_435_761, 2**32


def sample_of_leads(leads: LeadQuerySet, *, all_up_to: int, at_most: int) -> tuple[list[int], int]:
    """Return ids of all these leads, or of about `at_most` in the order of a hash, and how many leads there are.

    However few of the ids are taken from the front, they are a fair sample.
    """
    total = leads.count()
    if total <= all_up_to:
        return list(leads.order_by("pk").values_list("pk", flat=True)), total
    big = BigIntegerField()
    # Said to be big once more, for Django takes a product for an integer of 32 bits and drops limits beyond them.
    spread = ExpressionWrapper(F("pk") * Value(_MULTIPLIER, big) % Value(_RANGE, big), big)
    drawn = leads.annotate(spread=spread).filter(spread__lt=_RANGE * at_most // total).order_by("spread", "pk")
    return list(drawn.values_list("pk", flat=True)), total
