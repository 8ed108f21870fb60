"""Possible duplicates: the list, a pair side by side, and the decisions."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from leads.errors import LeadError
from leads.identity.duplicates import dismiss_pair, reopen_pair
from leads.merging.compare import compare_fields, compare_sides
from leads.merging.merge import merge_leads
from leads.merging.outcome import usual_survivor
from leads.merging.undo import undo_merge
from leads.models import DuplicateCandidate, Lead, Merge
from leads.people.keyset import Order, Page
from leads.people.search import search_words
from leads.web.access import EVERYONE, MERGING, roles_required, signed_in
from leads.web.paging import asked_page
from leads.web.toasts import add_refusal, add_toast

PAGE_SIZE = 50
STRONGEST_FIRST = Order(("strength",), is_descending=True)
DISMISSED_LAST_FIRST = Order(("dismissed_at",), is_descending=True)
MERGED_LAST_FIRST = Order(("merged_at",), is_descending=True)
KEEP = "keep:"  # followed by a field's name: the id of the lead whose value is kept


@roles_required(*EVERYONE)
@require_safe
def duplicate_list(request: HttpRequest) -> HttpResponse:
    """Show undecided pairs, dismissed pairs, or merges; the strongest or latest first."""
    show = request.GET.get("show", "")
    context = {"show": show, "may_decide": signed_in(request).role in MERGING}
    if show == "merged":
        return render(request, "leads/duplicates.html", {**context, "page": _merges(request)})
    pairs = DuplicateCandidate.objects.select_related("first__organization", "second__organization", "dismissed_by")
    pairs = pairs.filter(first__merged_into=None, second__merged_into=None)
    if show == "apart":
        page = asked_page(request, pairs.filter(dismissed_at__isnull=False), DISMISSED_LAST_FIRST, size=PAGE_SIZE)
    else:
        page = asked_page(request, pairs.filter(dismissed_at=None), STRONGEST_FIRST, size=PAGE_SIZE)
    return render(request, "leads/duplicates.html", {**context, "page": page})


@roles_required(*EVERYONE)
@require_safe
def duplicate_page(request: HttpRequest, first_id: int, second_id: int) -> HttpResponse:
    """Show a pair side by side with the result of a merge; htmx gets only the comparison."""
    pair = _pair(first_id, second_id)
    if isinstance(pair, HttpResponse):
        return pair
    chosen = _chosen(request.GET.dict(), pair)
    noted = DuplicateCandidate.objects.select_related("dismissed_by").filter(first=pair[0], second=pair[1])
    context = {
        "pair": pair,
        "survivor": chosen.survivor,
        "absorbed": chosen.absorbed,
        "choices": chosen.choices,
        "fields": compare_fields(pair, chosen.survivor, chosen.choices, now=timezone.now()),
        "sides": compare_sides(pair, chosen.survivor),
        "noted": noted.first(),
        "may_decide": signed_in(request).role in MERGING,
    }
    is_fragment = request.headers.get("HX-Target") == "comparison"
    return render(request, "leads/duplicates/_comparison.html" if is_fragment else "leads/duplicate.html", context)


@roles_required(*MERGING)
@require_POST
def merge(request: HttpRequest, first_id: int, second_id: int) -> HttpResponse:
    """Merge the pair as chosen; without JavaScript also show the result of the choices first."""
    pair = _pair(first_id, second_id)
    if isinstance(pair, HttpResponse):
        return pair
    if "preview" in request.POST:
        asked = {name: value for name, value in request.POST.items() if name == "survivor" or name.startswith(KEEP)}
        return redirect(f"{reverse('duplicate-page', args=[first_id, second_id])}?{urlencode(asked)}")
    chosen = _chosen(request.POST.dict(), pair)
    survivor, absorbed = chosen.survivor, chosen.absorbed
    try:
        made = merge_leads(survivor.pk, absorbed.pk, choices=chosen.choices, by=signed_in(request), now=timezone.now())
    except LeadError as refusal:
        add_refusal(request, str(refusal))
        return redirect("duplicate-page", *sorted((first_id, second_id)))
    words = f"{absorbed.display_name} and {survivor.display_name} are one lead now."
    add_toast(request, words, undo_url=reverse("merge-undo", args=[made.pk]))
    return redirect("lead-page", survivor.pk)


@roles_required(*MERGING)
@require_POST
def undo(request: HttpRequest, merge_id: int) -> HttpResponse:
    """Split a merge into two leads again."""
    made = get_object_or_404(Merge.objects.select_related("survivor", "absorbed"), pk=merge_id)
    try:
        undo_merge(merge_id, by=signed_in(request), now=timezone.now())
    except LeadError as refusal:
        add_refusal(request, str(refusal))
    else:
        add_toast(request, f"{made.survivor.display_name} and {made.absorbed.display_name} are two leads again.")
    return redirect("lead-page", made.survivor_id)


@roles_required(*MERGING)
@require_POST
def dismiss(request: HttpRequest, first_id: int, second_id: int) -> HttpResponse:
    """Decide that the two are different people."""
    try:
        dismiss_pair(first_id, second_id, by=signed_in(request), now=timezone.now())
    except LeadError as refusal:
        add_refusal(request, str(refusal))
    else:
        undo_url = reverse("duplicate-reopen", args=[first_id, second_id])
        add_toast(request, "They stay two leads and are not asked about again.", undo_url=undo_url)
    return redirect("duplicate-list")


@roles_required(*MERGING)
@require_POST
def reopen(request: HttpRequest, first_id: int, second_id: int) -> HttpResponse:
    """Take back that decision."""
    try:
        reopen_pair(first_id, second_id, by=signed_in(request), now=timezone.now())
    except LeadError as refusal:
        add_refusal(request, str(refusal))
    else:
        add_toast(request, "The pair is there to decide again.")
    return redirect("duplicate-page", *sorted((first_id, second_id)))


@roles_required(*MERGING)
@require_safe
def find_other(request: HttpRequest, lead_id: int) -> HttpResponse:
    """Search for the lead to merge a lead with."""
    lead = get_object_or_404(Lead.objects.current(), pk=lead_id)
    asked = request.GET.get("q", "").strip()[:100]
    found = Lead.objects.current().exclude(pk=lead.pk).select_related("organization")
    for word in search_words(asked):
        found = found.filter(search__text__contains=word)
    context = {"lead": lead, "asked": asked, "found": found.order_by("-last_event_at", "-pk")[:20] if asked else []}
    return render(request, "leads/duplicates/find.html", context)


@dataclass(frozen=True, slots=True)
class _Chosen:
    survivor: Lead
    absorbed: Lead
    choices: dict[str, str]


def _chosen(params: dict[str, str], pair: tuple[Lead, Lead]) -> _Chosen:
    """Return the chosen survivor and values; invalid choices are ignored."""
    named = [lead for lead in pair if str(lead.pk) == params.get("survivor")]
    survivor = named[0] if named else usual_survivor(*pair)
    absorbed = pair[1] if survivor is pair[0] else pair[0]
    sides = {str(survivor.pk): "survivor", str(absorbed.pk): "absorbed"}
    choices = {
        name.removeprefix(KEEP): sides[value]
        for name, value in params.items()
        if name.startswith(KEEP) and value in sides
    }
    return _Chosen(survivor, absorbed, choices)


def _pair(first_id: int, second_id: int) -> tuple[Lead, Lead] | HttpResponse:
    """Return the pair in id order, or a redirect to the lead that both have become."""
    leads = Lead.objects.select_related("organization", "owner").in_bulk([first_id, second_id])
    if len(leads) != len({first_id, second_id}):
        raise Http404(f"There are no leads {first_id} and {second_id}.")
    now_ids = sorted({lead.merged_into_id or lead.pk for lead in leads.values()})
    if len(now_ids) == 1:
        return redirect("lead-page", now_ids[0])
    if now_ids != [first_id, second_id]:
        return redirect("duplicate-page", *now_ids)
    return leads[now_ids[0]], leads[now_ids[1]]


def _merges(request: HttpRequest) -> Page[Merge]:
    merges = Merge.objects.filter(undone_at=None).select_related("survivor", "absorbed", "merged_by").defer("before")
    return asked_page(request, merges, MERGED_LAST_FIRST, size=PAGE_SIZE)
