"""Store what people said about being mailed or called."""

from collections.abc import Iterable

from leads.models import Consent


def record_consents(consents: Iterable[Consent]) -> None:
    """Store consents in the caller's transaction; those of a message that is stored already are skipped."""
    Consent.objects.bulk_create(consents, ignore_conflicts=True)
