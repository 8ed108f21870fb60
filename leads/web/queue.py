"""The sales queue: waiting leads, claiming, and releasing."""

from datetime import datetime, timedelta
from hashlib import blake2b

from django.conf import settings
from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from leads.errors import AlreadyClaimed, LeadError
from leads.handoff.claim import claim_lead
from leads.handoff.release import release_lead
from leads.models import Event, Lead, StageChange, User
from leads.people.keyset import BadCursor, Order, Page, page_of
from leads.reports.response import claim_times
from leads.web.access import CLAIMING, EVERYONE, roles_required, signed_in
from leads.web.toasts import add_refusal, add_toast
from leads.web.waiting import group_waiting

PAGE_SIZE = 50
MINE_SHOWN = 50
SOON = timedelta(minutes=15)
MESSAGES_SHOWN_FOR = timedelta(days=30)
MOST_URGENT_FIRST = Order(("respond_by",), is_descending=False)


@roles_required(*EVERYONE)
@never_cache
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """Show the waiting leads. A poll with a current If-None-Match gets 204."""
    context = _board(request, now=timezone.now())
    tag = f'"{_fingerprint(context)}"'
    if request.headers.get("If-None-Match") == tag:
        return HttpResponse(status=204)
    template = "leads/queue/_board.html" if request.headers.get("HX-Request") else "leads/queue.html"
    response = render(request, template, {**context, "tag": tag})
    response["ETag"] = tag
    return response


@roles_required(*CLAIMING)
@require_POST
def claim(request: HttpRequest, lead_id: int) -> HttpResponse:
    """Claim a lead for the user. If another rep was first, tell who; htmx gets status 409."""
    lead = get_object_or_404(Lead, pk=lead_id)
    try:
        claim_lead(lead, rep=signed_in(request), now=timezone.now())
    except AlreadyClaimed as refusal:
        return _lost(request, lead, refusal)
    add_toast(request, f"{lead.display_name} is yours.", undo_url=reverse("lead-release", args=[lead.pk]))
    return _answer(request, lead)


@roles_required(*CLAIMING)
@require_POST
def release(request: HttpRequest, lead_id: int) -> HttpResponse:
    """Put a claimed lead back into the queue."""
    lead = get_object_or_404(Lead, pk=lead_id)
    try:
        release_lead(lead, rep=signed_in(request), now=timezone.now())
    except LeadError as refusal:
        add_refusal(request, str(refusal))
    else:
        add_toast(request, f"{lead.display_name} is back in the queue.")
    return _answer(request, lead)


def _answer(request: HttpRequest, lead: Lead) -> HttpResponse:
    if not request.headers.get("HX-Request"):
        return redirect("lead-page", lead.pk) if request.POST.get("back") == "lead" else redirect("queue")
    context = _board(request, now=timezone.now())
    return render(request, "leads/queue/_board.html", {**context, "tag": "", "with_toasts": True})


def _lost(request: HttpRequest, lead: Lead, refusal: AlreadyClaimed) -> HttpResponse:
    if not request.headers.get("HX-Request"):
        add_refusal(request, str(refusal))
        return _answer(request, lead)
    context = {"lead": lead, "refusal": refusal}
    response = render(request, "leads/queue/_lost.html", context, status=409)
    response["HX-Retarget"] = f"#waiting-{lead.pk}"
    response["HX-Reswap"] = "outerHTML"
    return response


def _board(request: HttpRequest, *, now: datetime) -> dict[str, object]:
    """Return the context of the queue; a fixed number of queries."""
    user = signed_in(request)
    page = _waiting(request)
    return {
        "page": page,
        "groups": group_waiting(page.rows, _reasons(page.rows), _messages(page.rows, now), now=now, soon=SOON),
        "counts": _counts(now),
        "mine": _mine(user),
        "is_mine": request.GET.get("show") == "mine",
        "times": claim_times(since=now - timedelta(days=30), until=now),
        "may_claim": user.role in CLAIMING,
        "target_minutes": settings.CLAIM_TARGET_MINUTES,
        "hours": (settings.SALES_DAY_STARTS, settings.SALES_DAY_ENDS, settings.SALES_TIME_ZONE),
        "toasts": messages.get_messages(request),
    }


def _waiting(request: HttpRequest) -> Page[Lead]:
    waiting = Lead.objects.awaiting_claim().select_related("organization")
    try:
        return page_of(waiting, MOST_URGENT_FIRST, after=request.GET.get("after", ""), size=PAGE_SIZE)
    except BadCursor:
        return page_of(waiting, MOST_URGENT_FIRST, size=PAGE_SIZE)


def _counts(now: datetime) -> dict[str, int]:
    late, soon = Q(respond_by__lt=now), Q(respond_by__gte=now, respond_by__lt=now + SOON)
    waiting = Lead.objects.awaiting_claim().order_by()
    return waiting.aggregate(all=Count("id"), late=Count("id", filter=late), soon=Count("id", filter=soon))


def _mine(user: User) -> list[Lead]:
    return list(Lead.objects.claimed_by(user).select_related("organization")[: MINE_SHOWN + 1])


def _reasons(leads: list[Lead]) -> dict[int, StageChange]:
    """Return for each lead the stage change that made it an SQL (the last one; a release does not count)."""
    changes = StageChange.objects.filter(lead__in=leads, to_stage="sql").exclude(from_stage="claimed").order_by("id")
    return {change.lead_id: change for change in changes}


def _messages(leads: list[Lead], now: datetime) -> dict[int, str]:
    """Return for each lead its latest recent message to sales, from a chat or form."""
    asked = Event.objects.filter(
        lead__in=leads, kind="sales_contact_requested", occurred_at__gt=now - MESSAGES_SHOWN_FOR
    ).order_by("occurred_at", "id")
    said = asked.values_list("lead", "properties__message")
    return {lead_id: message for lead_id, message in said if isinstance(message, str) and message.strip()}


def _fingerprint(context: dict[str, object]) -> str:
    """Return a value that changes when the board does: the groups, and the user's own leads."""
    groups, mine = context["groups"], context["mine"]
    shown = [[(group.title, [row.lead.pk for row in group.rows]) for group in groups], [lead.pk for lead in mine]]  # type: ignore[attr-defined]
    return blake2b(repr((shown, context["counts"], context["is_mine"])).encode(), digest_size=8).hexdigest()
