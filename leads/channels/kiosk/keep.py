"""Open and end a kiosk."""

from datetime import datetime

from django.conf import settings
from django.core import signing
from django.db import transaction

from leads.audit.record import record_audit
from leads.models import Form, Kiosk, User
from leads.people.edit import InvalidField

SALT = "leads.channels.kiosk"
LONGEST_PASS = 200


@transaction.atomic
def open_kiosk(form: Form, *, event: str, ends_at: datetime, by: User | None, now: datetime) -> Kiosk:
    """Open a form for the tablets of a stand until `ends_at`. Raises InvalidField."""
    if ends_at <= now:
        raise InvalidField("ends_on", "That day is over. Choose today or a later one.")
    kiosk = Kiosk.objects.create(form=form, event=event, ends_at=ends_at, made_by=by, created_at=now)
    record_audit("kiosk opened", f"{event}: {form.name}", by=by, now=now)
    return kiosk


@transaction.atomic
def end_kiosk(kiosk: Kiosk, *, by: User, now: datetime) -> None:
    """Stop accepting cards from a kiosk's tablets, for example because one was lost."""
    if Kiosk.objects.filter(pk=kiosk.pk, ended_at=None).update(ended_at=now):
        record_audit("kiosk ended", kiosk.event, by=by, now=now)


def kiosk_address(kiosk: Kiosk, key: str) -> str:
    """Return the unguessable address that adds a tablet to the kiosk. key: of the form."""
    return f"{settings.PUBLIC_URL}/kiosk/{key}/?pass={pass_of(kiosk)}"


def pass_of(kiosk: Kiosk) -> str:
    """Return the pass that a tablet of this kiosk presents."""
    return signing.Signer(salt=SALT).sign_object([kiosk.pk, kiosk.created_at.isoformat()])


def kiosk_with(passed: str, *, key: str) -> Kiosk | None:
    """Return the kiosk of this pass, open or over, if it is for the form with this key; otherwise None."""
    if not passed or len(passed) > LONGEST_PASS:
        return None
    try:
        pk, made_at = signing.Signer(salt=SALT).unsign_object(passed)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    kiosk = Kiosk.objects.select_related("form").filter(pk=pk, form__key=key).first()
    return kiosk if kiosk and kiosk.created_at.isoformat() == made_at else None
