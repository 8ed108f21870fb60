"""A lead's page: stage, reasons, activity."""

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from leads.consent.state import current_consents
from leads.models import DuplicateCandidate, Lead, Merge, Organization, Stage, StageChange, User
from leads.people.company_score import with_scores
from leads.people.keyset import BadCursor, Order
from leads.web.access import CLAIMING, EVERYONE, MERGING, roles_required, signed_in
from leads.web.calls import CallForm
from leads.web.filters import working_users
from leads.web.lists import ListState
from leads.web.stage_path import stage_path
from leads.web.timeline import channel_choices, day_above, kinds_of, moments, timeline_page

HISTORY_SHOWN = 30
DUPLICATES_SHOWN = 10


@roles_required(*EVERYONE)
@require_safe
def lead_page(request: HttpRequest, lead_id: int) -> HttpResponse:
    """Show a lead; a merged lead's address redirects to its survivor."""
    lead = get_object_or_404(Lead.objects.select_related("organization", "owner"), pk=lead_id)
    if lead.merged_into_id:
        return redirect("lead-page", lead.merged_into_id)
    user = signed_in(request)
    state = ListState(request.GET, list(working_users()))
    changes = list(StageChange.objects.filter(lead=lead).select_related("actor").order_by("-id")[:HISTORY_SHOWN])
    context = {
        "lead": lead,
        "company": with_scores(Organization.objects.filter(pk=lead.organization_id or 0)).first(),
        "state": state,
        "path": stage_path(lead, changes),
        "changes": changes,
        "duplicates": _duplicates(lead),
        "merges": _merges(lead),
        "may_merge": user.role in MERGING,
        "consents": current_consents([lead.pk]),
        "may_claim": user.role in CLAIMING and lead.stage == Stage.SQL,
        "may_release": lead.stage == Stage.CLAIMED and (lead.owner == user or user.role in ("manager", "admin")),
        **_neighbours(lead, state, user),
        "call_form": CallForm(),
        **_timeline(request, lead),
    }
    return render(request, "leads/lead.html", context)


@roles_required(*EVERYONE)
@require_safe
def lead_timeline(request: HttpRequest, lead_id: int) -> HttpResponse:
    """Show a page of a lead's events; htmx gets only the list, others the whole lead page."""
    lead = get_object_or_404(Lead, pk=lead_id)
    if lead.merged_into_id:
        return redirect("lead-timeline", lead.merged_into_id)
    if not request.headers.get("HX-Request"):
        target = redirect("lead-page", lead.pk)
        target["Location"] += f"?{request.GET.urlencode()}#activity"
        return target
    template = "leads/lead/_moments.html" if request.GET.get("part") == "rows" else "leads/lead/_timeline.html"
    return render(request, template, {"lead": lead, **_timeline(request, lead)})


def _timeline(request: HttpRequest, lead: Lead) -> dict[str, object]:
    channel = request.GET.get("channel", "")
    channel = channel if kinds_of(channel) else ""
    after = request.GET.get("older_than", "")
    try:
        page = timeline_page(lead, channel=channel, after=after)
    except BadCursor:
        after = ""
        page = timeline_page(lead, channel=channel, after=after)
    return {
        "moments": moments(
            page.rows, reader=signed_in(request), shown_day=day_above(after) if request.GET.get("part") else None
        ),
        "older": page.next,
        "channel": channel,
        "channels": channel_choices(channel),
        "is_first_page": not page.previous,
    }


def _duplicates(lead: Lead) -> list[tuple[Lead, DuplicateCandidate]]:
    """Return the lead's possible duplicates, the most likely first."""
    open_pairs = DuplicateCandidate.objects.filter(Q(first=lead) | Q(second=lead), dismissed_at=None)
    pairs = open_pairs.select_related("first", "second").order_by("-strength", "-pk")[:DUPLICATES_SHOWN]
    return [(pair.second if pair.first_id == lead.pk else pair.first, pair) for pair in pairs]


def _merges(lead: Lead) -> list[Merge]:
    """Return the merges with this lead, including undone ones, the latest first."""
    merges = Merge.objects.filter(Q(survivor=lead) | Q(absorbed=lead)).defer("before")
    return list(merges.select_related("survivor", "absorbed", "merged_by", "undone_by").order_by("-pk")[:HISTORY_SHOWN])


def _neighbours(lead: Lead, state: ListState, user: User) -> dict[str, Lead | None]:
    """Return the neighbouring leads in the list that this one was opened from."""
    leads = state.filters.narrow(Lead.objects.current(), user=user, now=timezone.now()).only("pk")
    return {
        "previous_lead": _next_to(lead, leads, state.order, is_reversed=True),
        "next_lead": _next_to(lead, leads, state.order, is_reversed=False),
    }


def _next_to(lead: Lead, leads: "QuerySet[Lead]", order: Order, *, is_reversed: bool) -> Lead | None:
    beyond = order.beyond(order.key_of(lead), is_reversed=is_reversed)
    return leads.filter(beyond).order_by(*order.names(is_reversed=is_reversed)).first()
