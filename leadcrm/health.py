"""Health checks: /healthz for restarts, /readyz for load balancers."""

from collections.abc import Callable

import redis
from django.conf import settings
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from leads.events.due import seconds_behind

Part = dict[str, object]
OK, FAILED = "ok", "failed"
PING_TIMEOUT = 2  # seconds


@require_safe
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """Answer 200 as long as the process serves requests, whatever else is down."""
    return JsonResponse({"status": OK})


@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """Report the state of each part; 503 if one fails. Errors are named by class only, which reveals no secret."""
    probes = {"database": _database, "migrations": _migrations, "broker": _broker, "scoring": _scoring}
    parts = {name: _answer_of(probe) for name, probe in probes.items()}
    is_ready = all(part["status"] != FAILED for part in parts.values())
    return JsonResponse({"status": OK if is_ready else FAILED, "parts": parts}, status=200 if is_ready else 503)


def _answer_of(probe: Callable[[], Part]) -> Part:
    try:
        return probe()
    except (Error, redis.RedisError, ValueError) as error:
        return {"status": FAILED, "error": type(error).__name__}


def _database() -> Part:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return {"status": OK, "vendor": connection.vendor}


def _migrations() -> Part:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    missing = [f"{migration.app_label}.{migration.name}" for migration, _ in plan]
    return {"status": FAILED if missing else OK, "missing": missing}


def _broker() -> Part:
    if not settings.REDIS_URL:
        return {"status": "not used"}
    with redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=PING_TIMEOUT, socket_connect_timeout=PING_TIMEOUT
    ) as broker:
        broker.ping()
    return {"status": OK}


def _scoring() -> Part:
    lag, limit = seconds_behind(now=timezone.now()), settings.SCORING_LAG_LIMIT
    return {"status": OK if lag <= limit else FAILED, "lag_seconds": round(lag, 1), "limit_seconds": limit}
