"""Create and change forms. Consents that were given keep their wording, whatever is changed here."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from leads.audit.record import record_audit
from leads.channels.forms.check import check_form
from leads.channels.forms.ready import READY
from leads.models import Form, User

# Fields that may be edited; the rest is managed here.
EDITABLE = (
    *("name", "brand", "heading", "intro", "button", "privacy_text", "privacy_url", "side_heading", "side_text"),
    *("side_points", "colour", "fields", "consents", "phone_region", "is_progressive", "asked_at_most", "event_kind"),
    *("is_double_opt_in", "thanks_heading", "thanks_text", "redirect_url", "mail_subject", "mail_text", "mail_link"),
    "allowed_domains",
)


def make_form(ready: str, *, name: str = "", key: str = "", by: User | None, now: datetime) -> Form:
    """Store a form copied from the ready-made one in READY, live at once, under its name or the next free one.

    key: for its address; random unless given.
    """
    made = {"fields": [], "consents": [], **READY[ready]}
    return _store({**made, "name": name or made["name"], "key": key or new_key()}, by=by, now=now)


def copy_form(form: Form, *, by: User, now: datetime) -> Form:
    """Store a copy of a form under a new name."""
    copied = {name: getattr(form, name) for name in EDITABLE}
    return _store({**copied, "key": new_key()}, by=by, now=now)


@transaction.atomic
def save_form(form: Form, changes: Mapping[str, Any], *, by: User, now: datetime) -> None:
    """Change a form; visitors get the new questions from now on.

    changes: by the names in EDITABLE; fields as Field, consents as ConsentText. Raises FormRefused with a message for
    each invalid one; nothing is stored then.
    """
    for name, value in check_form(changes, form=form).items():
        setattr(form, name, value)
    form.changed_at = now
    form.save()
    record_audit("form changed", form.name, by=by, now=now)


def open_form(form: Form, *, is_live: bool, by: User, now: datetime) -> None:
    """Open a form for answers, or close it."""
    form.is_live, form.changed_at = is_live, now
    form.save(update_fields=["is_live", "changed_at"])
    record_audit("form opened" if is_live else "form closed", form.name, by=by, now=now)


@transaction.atomic
def _store(made: Mapping[str, Any], *, by: User | None, now: datetime) -> Form:
    name = _free_name(str(made["name"]))
    form = Form(**{**made, "name": name, "created_at": now, "changed_at": now})
    form.save()
    record_audit("form made", form.name, by=by, now=now)
    return form


def new_key() -> str:
    """Return an unused key, short enough for an address."""
    letters = "23456789abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ"
    return "fm_" + "".join(secrets.choice(letters) for _ in range(8))


def _free_name(name: str) -> str:
    taken = set(Form.objects.filter(name__startswith=name[:90]).values_list("name", flat=True))
    names = (name if number == 1 else f"{name[:90]} {number}" for number in range(1, len(taken) + 2))
    return next(free for free in names if free not in taken)
