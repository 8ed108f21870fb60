"""Connect a vendor; change, switch off and remove a connector; process deliveries again."""

import secrets as random
from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from leads.audit.record import record_audit
from leads.channels.connectors.mapping import LONGEST_PATH, PATH, TARGETS, WHO
from leads.channels.connectors.provider import Provider
from leads.channels.connectors.registry import provider_of
from leads.errors import InvalidValue
from leads.intake.sources import channel_source
from leads.models import Connector, Delivery, DeliveryState, Event, User
from leads.secrets import SecretsUnreadable, reseal, seal, unseal

LONGEST_NAME = 60
LONGEST_SECRET = 2000
LONGEST_OPTION = 1000


@transaction.atomic
def make_connector(
    provider: Provider, *, name: str, secrets: Mapping[str, str], options: Mapping[str, str], by: User, now: datetime
) -> Connector:
    """Connect a vendor's account. Raises InvalidValue if a name or a secret is missing or invalid."""
    connector = Connector(
        provider=provider.key,
        name=_name(name, None),
        key=_new_key(),
        sealed_secrets=seal(_given(provider, secrets, kept={})),
        settings=_options(provider, options),
        source=channel_source(f"{provider.label}: {name.strip()}"[:100], now=now),
        created_at=now,
    )
    connector.save(force_insert=True)
    record_audit("connector made", f"{connector.name} ({provider.label})", by=by, now=now)
    return connector


@transaction.atomic
def change_connector(
    connector: Connector,
    *,
    name: str,
    secrets: Mapping[str, str],
    options: Mapping[str, str],
    by: User,
    now: datetime,
    dropped: frozenset[str] = frozenset(),
) -> None:
    """Change name, options and the given secrets; other secrets stay, except for those `dropped`.

    Raises InvalidValue if a name or a secret is missing or invalid.
    """
    provider = provider_of(connector.provider)
    if provider is None:
        raise InvalidValue(f"This version knows no provider {connector.provider}.")
    kept = {key: value for key, value in _known_secrets(connector).items() if key not in dropped}
    replaced = sorted(field.label for field in provider.secrets if secrets.get(field.name) or field.name in dropped)
    connector.name = _name(name, connector)
    connector.sealed_secrets = seal(_given(provider, secrets, kept=kept))
    connector.settings = {**connector.settings, **_options(provider, options)}
    connector.save(update_fields=["name", "sealed_secrets", "settings"])
    what = f"{connector.name}: new {', '.join(replaced)}" if replaced else connector.name
    record_audit("connector changed", what[:200], by=by, now=now)


@transaction.atomic
def switch_connector(connector: Connector, *, is_active: bool, by: User, now: datetime) -> None:
    """Accept deliveries, or refuse them; those already stored are processed in any case."""
    connector.is_active = is_active
    connector.save(update_fields=["is_active"])
    record_audit("connector switched on" if is_active else "connector switched off", connector.name, by=by, now=now)


@transaction.atomic
def renew_address(connector: Connector, *, by: User, now: datetime) -> None:
    """Give a connector a new address; deliveries to the old one are refused at once."""
    connector.key, connector.verified_at = _new_key(), None
    connector.save(update_fields=["key", "verified_at"])
    record_audit("connector's address renewed", connector.name, by=by, now=now)


@transaction.atomic
def remove_connector(connector: Connector, *, by: User, now: datetime) -> None:
    """Remove a connector with its secrets and its log; the events from it stay with their leads."""
    source, name = connector.source, connector.name
    Delivery.objects.filter(connector=connector).delete()
    connector.delete()
    if Event.objects.filter(source=source).exists():
        source.is_active = False
        source.name = f"{source.name[:70]} (removed {now:%d %b %Y %H:%M})"
        source.save(update_fields=["is_active", "name"])
    else:
        source.delete()
    record_audit("connector removed", name, by=by, now=now)


@transaction.atomic
def set_mapping(connector: Connector, mapping: Mapping[str, str], *, by: User, now: datetime) -> None:
    """Store the mapping of a generic webhook. Raises InvalidValue."""
    connector.settings = {**connector.settings, "mapping": checked_mapping(mapping)}
    connector.save(update_fields=["settings"])
    record_audit("connector's mapping changed", connector.name, by=by, now=now)


def checked_mapping(mapping: Mapping[str, str]) -> dict[str, str]:
    """Return the mapped paths. Raises InvalidValue for an invalid path, and if no path identifies a person."""
    labels = {target.name: target.label for target in TARGETS}
    paths = {name: path.strip() for name, path in mapping.items() if name in labels and path.strip()}
    for name, path in paths.items():
        if not PATH.fullmatch(path) or len(path) > LONGEST_PATH:
            raise InvalidValue(f"{labels[name]} must be a path such as data.email, got “{path[:60]}”.")
    if not any(name in paths for name in WHO):
        raise InvalidValue("Say where the e-mail address, the phone number or the user id is: one of them is needed.")
    return paths


def replay(delivery: Delivery, *, now: datetime) -> None:
    """Process a finished delivery again; events that it created before are not created twice."""
    _again(delivery.connector, now, pk=delivery.pk)


def replay_failed(connector: Connector, *, now: datetime) -> list[int]:
    """Process every failed delivery of a connector again; return their ids."""
    ids = list(connector.deliveries.failed().order_by("pk").values_list("pk", flat=True))
    _again(connector, now, state=DeliveryState.FAILED)
    return ids


def reseal_connectors() -> tuple[int, list[str]]:
    """Seal all secrets with the current SECRET_KEY; return the count, and the names of the unreadable ones."""
    done, unreadable = 0, []
    for connector in Connector.objects.exclude(sealed_secrets="").order_by("pk"):
        try:
            sealed = reseal(connector.sealed_secrets)
        except SecretsUnreadable:
            unreadable.append(connector.name)
            continue
        done += Connector.objects.filter(pk=connector.pk, sealed_secrets=connector.sealed_secrets).update(
            sealed_secrets=sealed
        )
    return done, unreadable


def _again(connector: Connector, now: datetime, **which: object) -> None:
    Delivery.objects.filter(connector=connector, due_at=None, **which).update(
        state=DeliveryState.WAITING, reason="", attempts=0, due_at=now, finished_at=None
    )


def _new_key() -> str:
    return random.token_urlsafe(24)


def _name(name: str, connector: Connector | None) -> str:
    name = name.strip()
    if not name or len(name) > LONGEST_NAME:
        raise InvalidValue(f"The name must have 1 to {LONGEST_NAME} characters, got {len(name)}.")
    others = Connector.objects.filter(name=name)
    if (others.exclude(pk=connector.pk) if connector else others).exists():
        raise InvalidValue(f"There is a connector “{name}” already.")
    return name


def _known_secrets(connector: Connector) -> dict[str, str]:
    """Return the stored secrets; none if they can't be read, and then all of them must be entered again."""
    try:
        return unseal(connector.sealed_secrets)
    except SecretsUnreadable:
        return {}


def _given(provider: Provider, secrets: Mapping[str, str], *, kept: Mapping[str, str]) -> dict[str, str]:
    names = {field.name for field in provider.secrets}
    given = {name: value.strip() for name, value in secrets.items() if name in names and value.strip()}
    for name, value in given.items():
        if len(value) > LONGEST_SECRET:
            raise InvalidValue(f"{name} may have {LONGEST_SECRET} characters, got {len(value)}.")
    known = {**kept, **given}
    missing = [field.label for field in provider.secrets if not field.is_optional and not known.get(field.name)]
    if missing:
        raise InvalidValue(f"{missing[0]} is missing: without it nothing can be verified.")
    return known


def _options(provider: Provider, options: Mapping[str, str]) -> dict[str, str]:
    chosen = {}
    for field in provider.options:
        value = options.get(field.name, field.default).strip()
        if field.choices and value not in dict(field.choices):
            raise InvalidValue(f"{field.label}: expected one of the choices, got “{value[:60]}”.")
        if len(value) > LONGEST_OPTION:
            raise InvalidValue(f"{field.label} may have {LONGEST_OPTION} characters, got {len(value)}.")
        chosen[field.name] = value
    return chosen
