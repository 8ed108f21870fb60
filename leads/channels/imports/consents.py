"""Consents in a file, given to another system: the heading and the value become the wording."""

from collections.abc import Sequence
from datetime import datetime

from leads.channels.imports.read_row import Draft
from leads.consent.record import record_consents
from leads.identity.keys import EMAIL, PHONE, Key
from leads.identity.register import Registered
from leads.models import Consent, ConsentChannel, ConsentHow, ImportJob


def record_told_consents(job: ImportJob, drafts: Sequence[Draft], people: Registered, *, now: datetime) -> None:
    """Store the consents of rows, once however often the import processes them."""
    record_consents(
        Consent(
            identifier_id=people.ids[_address(draft, word.channel)],
            channel=word.channel,
            state=word.state,
            how=ConsentHow.ELSEWHERE,
            wording=f"{job.name}, {word.wording}",
            message_id=f"import-{job.pk}-{draft.row}",
            said_at=min(draft.created_at or now, now),
        )
        for draft in drafts
        for word in draft.consents
    )


def _address(draft: Draft, channel: str) -> Key:
    """Return the address or number of a consent or, without one, the row's strongest identifier."""
    kind = EMAIL if channel == ConsentChannel.EMAIL else PHONE
    return next((key for key in draft.keys if key[0] == kind), draft.keys[0])
