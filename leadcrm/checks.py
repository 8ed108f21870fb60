"""System checks: report at start-up any configuration that is unsafe or would fail later."""

import sqlite3
import zoneinfo
from collections.abc import Sequence
from ipaddress import ip_address, ip_network
from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import connections

from scoring.models import RuleSet, RuleSetStatus

SQLITE_NEEDED = (3, 35, 0)
REDIS_SCHEMES = ("redis", "rediss", "unix")


@register()
def check_public_url(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """PUBLIC_URL is used for links in e-mails and decides whether cookies require https."""
    url = urlsplit(settings.PUBLIC_URL)
    if url.scheme in ("http", "https") and url.hostname and not url.path and not url.query:
        return []
    return [_error(1, "PUBLIC_URL must be http:// or https:// and a host, without a path", settings.PUBLIC_URL)]


@register()
def check_allowed_hosts(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """If any host is allowed, a forged Host header ends up in password reset e-mails."""
    if "*" not in settings.ALLOWED_HOSTS:
        return []
    return [_error(2, "ALLOWED_HOSTS must name the hosts that the product is reached by", "*")]


@register()
def check_sales_hours(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """The claim clock of an SQL runs only during sales hours."""
    starts, ends = settings.SALES_DAY_STARTS, settings.SALES_DAY_ENDS
    errors: list[CheckMessage] = []
    if not 0 <= starts < ends <= 24:
        expected = "SALES_DAY_STARTS must be before SALES_DAY_ENDS, both hours from 0 to 24"
        errors.append(_error(3, expected, f"{starts} and {ends}"))
    if settings.SALES_TIME_ZONE not in zoneinfo.available_timezones():
        expected = "SALES_TIME_ZONE must be an IANA name such as Europe/Berlin"
        errors.append(_error(4, expected, settings.SALES_TIME_ZONE))
    if settings.CLAIM_TARGET_MINUTES <= 0:
        errors.append(_error(9, "CLAIM_TARGET_MINUTES must be > 0 minutes", settings.CLAIM_TARGET_MINUTES))
    return errors


@register()
def check_trusted_proxies(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """A trusted proxy is believed about the client's address, so it must be named by its own address."""
    expected = "TRUSTED_PROXIES must list IP addresses or networks such as 10.0.0.0/8"
    return [_error(5, expected, proxy) for proxy in settings.TRUSTED_PROXIES if not _is_network(proxy)]


@register()
def check_database(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """The embedded database must support RETURNING."""
    if not settings.IS_SQLITE or sqlite3.sqlite_version_info >= SQLITE_NEEDED:
        return []
    return [_error(6, "SQLite must be 3.35 or newer", sqlite3.sqlite_version)]


@register()
def check_redis_url(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """The broker and the cache share one Redis. The URL may hold a password, so only the scheme is shown."""
    scheme = urlsplit(settings.REDIS_URL).scheme
    if not settings.REDIS_URL or scheme in REDIS_SCHEMES:
        return []
    return [_error(7, f"REDIS_URL must start with {', '.join(f'{name}://' for name in REDIS_SCHEMES)}", scheme)]


@register()
def check_email_url(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Outgoing mail needs a server. EMAIL_URL may hold a password, so only the scheme is shown."""
    url = urlsplit(settings.EMAIL_URL)
    if not url.scheme.startswith("smtp") or url.hostname:
        return []
    return [
        _error(8, "EMAIL_URL must name a mail server, as in smtp+tls://user:password@mail.example.com:587", url.scheme)
    ]


@register(Tags.security, deploy=True)
def check_https(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Sign-ins over plain http can be intercepted; cookies are marked secure only with https."""
    host = urlsplit(settings.PUBLIC_URL).hostname or ""
    if settings.IS_HTTPS or _is_loopback(host):
        return []
    message = f"PUBLIC_URL must be https where others reach it, got {settings.PUBLIC_URL!r}."
    return [Warning(message, id="leadcrm.W001", hint="Serve behind https and set PUBLIC_URL to that address.")]


@register(Tags.database)
def check_live_rule_set(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Without a live rule set no lead is scored and none becomes an MQL."""
    if "default" not in (databases or ()):
        return []
    if RuleSet._meta.db_table not in connections["default"].introspection.table_names():
        return []
    if RuleSet.objects.filter(status=RuleSetStatus.LIVE).exists():
        return []
    return [Warning("No rule set is live, so no lead is scored.", id="leadcrm.W002", hint="Publish one in the admin.")]


def _error(number: int, expected: str, got: object) -> Error:
    return Error(f"{expected}, got {got!r}.", id=f"leadcrm.E{number:03}")


def _is_network(value: str) -> bool:
    try:
        ip_network(value, strict=False)
    except ValueError:
        return False
    return True


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
