"""Keep what people said about being written to or called."""

from collections.abc import Iterable

from leads.models import Consent


def record_consents(consents: Iterable[Consent]) -> None:
    """Store consents in the caller's transaction; what a message said already is not stored again."""
    Consent.objects.bulk_create(consents, ignore_conflicts=True)
