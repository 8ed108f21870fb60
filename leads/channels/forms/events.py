"""The events that a submission becomes: one with the person's traits, and one for sending the form."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from leads.channels.forms.answers import Answers
from leads.channels.forms.fields import EMAIL, HIDDEN, PHONE, fields_of
from leads.channels.forms.visit import Visit
from leads.channels.tracking.agent import is_bot
from leads.events.catalog import channel_of
from leads.identity import keys as identity
from leads.identity.keys import Key
from leads.intake.inbound import InboundEvent
from leads.models import Form, Signal

WHO = ":who"


def message_id_of(form: Form, visit: Visit) -> str:
    """Return the message id of a submission's event, the same for every repetition."""
    return f"form:{form.key}:{visit.submission_id}"[:95]


def keys_of(form: Form, answers: Answers, visit: Visit) -> tuple[Key, ...]:
    """Return a submission's identifiers, strongest first."""
    kinds = {EMAIL: identity.EMAIL, PHONE: identity.PHONE}
    typed = [
        (kinds[field.type], str(answers.values[field.name]))
        for field in fields_of(form)
        if field.type in kinds and answers.values.get(field.name)
    ]
    # The first typed address identifies the person; the token's identifier fills in one that was not asked for.
    keys: dict[str, str] = {}
    for kind, value in [*typed, *([visit.known.key] if visit.known else [])]:
        keys.setdefault(kind, value)
    if visit.anonymous_id:
        keys.setdefault(identity.ANONYMOUS_ID, visit.anonymous_id)
    return tuple(sorted(keys.items(), key=lambda key: identity.STRENGTH[key[0]]))


def identified_event(form: Form, answers: Answers, visit: Visit, *, now: datetime) -> InboundEvent:
    """Return the event that stores the answers as the lead's traits; it is neither shown nor scored."""
    hidden = {field.name for field in fields_of(form) if field.type == HIDDEN}
    traits = {name: value for name, value in answers.values.items() if name not in hidden}
    keys = keys_of(form, answers, visit)
    message_id = message_id_of(form, visit) + WHO
    return _event(form, visit, "identified", message_id=message_id, keys=keys, properties=traits, now=now)


def submission_event(
    form: Form, answers: Answers, visit: Visit, *, kind: str, properties: Mapping[str, Any], now: datetime
) -> InboundEvent:
    """Return the event of sending the form, with all answers and the page it was sent from."""
    keys = keys_of(form, answers, visit)
    addresses = {name: value for name, value in keys if name in (identity.EMAIL, identity.PHONE)}
    told = {
        **addresses,
        **answers.values,
        **visit.properties(),
        "form": form.name,
        "form_id": form.key,
        **properties,
    }
    return _event(form, visit, kind, message_id=message_id_of(form, visit), keys=keys, properties=told, now=now)


def _event(
    form: Form,
    visit: Visit,
    kind: str,
    *,
    message_id: str,
    keys: tuple[Key, ...],
    properties: Mapping[str, Any],
    now: datetime,
) -> InboundEvent:
    return InboundEvent(
        message_id=message_id,
        kind=kind,
        name=form.name if kind != "identified" else "",
        channel=channel_of(kind),
        occurred_at=min(visit.at or now, now),
        keys=keys,
        properties=properties,
        signal=Signal.BOT_AGENT.value if visit.agent and is_bot(visit.agent) else "",
    )
