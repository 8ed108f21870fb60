"""/metrics for Prometheus. The values are counted from the database, so that every web process reports the same."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.core.cache import cache
from django.db.models import Count, Max, Model
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Metric, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector
from rest_framework.authentication import TokenAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from leads.events.due import seconds_behind
from leads.models import Event, Lead, RejectedEvent, Role, Stage

CACHE_KEY = "metrics"
CACHED_FOR = 15  # seconds; a count of a million leads need not be made for every scrape


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer in Prometheus' text format; needs METRICS_TOKEN as a bearer token or an admin's API token."""
    status = _refusal(request)
    if status:
        return HttpResponse(
            "An admin's API token or METRICS_TOKEN is needed.\n", status=status, content_type="text/plain"
        )
    text = cache.get_or_set(CACHE_KEY, lambda: write_metrics(timezone.now()), CACHED_FOR)
    return HttpResponse(text, content_type=CONTENT_TYPE_LATEST)


def write_metrics(now: datetime) -> bytes:
    """Return all metrics as of now."""
    registry = CollectorRegistry()
    registry.register(_Counts(now))
    return generate_latest(registry)


class _Counts(Collector):
    """Counts rows on every scrape; stores nothing."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def collect(self) -> Iterable[Metric]:
        stages = GaugeMetricFamily("leadcrm_leads", "Leads by lifecycle stage.", labels=["stage"])
        counts = dict(Lead.objects.current().values_list("stage").annotate(Count("id")).order_by())
        for stage in Stage.values:
            stages.add_metric([stage], counts.get(stage, 0))
        yield stages
        yield GaugeMetricFamily(
            "leadcrm_sqls_waiting", "SQLs no rep has claimed.", Lead.objects.awaiting_claim().count()
        )
        due = Lead.objects.due_for_scoring(self.now).count()
        yield GaugeMetricFamily("leadcrm_leads_due", "Leads whose score is due.", due)
        yield GaugeMetricFamily(
            "leadcrm_scoring_lag_seconds", "Age of the oldest due score, seconds.", seconds_behind(now=self.now)
        )
        yield CounterMetricFamily("leadcrm_events", "Events stored, by their highest id.", _highest_id(Event))
        rejected = _highest_id(RejectedEvent)
        yield CounterMetricFamily("leadcrm_rejected_events", "Events refused, by their highest id.", rejected)


def _highest_id(model: type[Model]) -> int:
    return model._default_manager.aggregate(highest=Max("pk"))["highest"] or 0


def _refusal(request: HttpRequest) -> int:
    """Return the status to refuse the request with, 0 if it may read the metrics."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer" and settings.METRICS_TOKEN:
        return 0 if constant_time_compare(token.strip(), settings.METRICS_TOKEN) else 401
    try:
        found = TokenAuthentication().authenticate(Request(request))
    except AuthenticationFailed:
        return 401
    if found is None:
        return 401
    return 0 if found[0].role == Role.ADMIN else 403
