"""Try one lead: its full explanation under any version of the rules, at any time."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_safe

from leads.models import Lead
from leads.people.search import search_words
from leads.web.access import RULE_READING, roles_required
from scoring.engine.definition import RuleSetError
from scoring.engine.explain import BEHAVIOUR, FIT
from scoring.engine.score import compile_rule_set
from scoring.models import RuleSet, RuleSetStatus
from scoring.qualification.ledger import ledger_lines
from scoring.qualification.trial import try_lead
from scoring.rules.definition import rule_set_from_rows
from scoring.web.asked import whole_number

FOUND_AT_MOST = 10
VERSIONS_OFFERED = 500


@roles_required(*RULE_READING)
@require_safe
def try_page(request: HttpRequest) -> HttpResponse:
    """Search a lead with ?q=, then explain ?lead= at ?as_of= under ?version=; now and the live version unless given."""
    query, wrong = request.GET.get("q", "").strip()[:100], ""
    lead = Lead.objects.current().filter(pk=whole_number(request.GET.get("lead", "")) or 0).first()
    as_of = _moment(request.GET.get("as_of", ""))
    if as_of is None:
        wrong = f"A time looks like 2026-06-17T12:00, got {request.GET['as_of'][:40]!r}."
    chosen = _chosen(whole_number(request.GET.get("version", "")))
    context: dict[str, Any] = {
        "query": query,
        "lead": lead,
        "found": _search(query) if query and lead is None else [],
        "as_of": request.GET.get("as_of", ""),
        "chosen": chosen,
        "versions": RuleSet.objects.order_by("-version")[:VERSIONS_OFFERED],
        "wrong": wrong,
    }
    if lead and chosen and as_of:
        context |= _tried(lead, chosen, as_of)
    return render(request, "scoring/try.html", context, status=400 if wrong else 200)


def _tried(lead: Lead, chosen: RuleSet, as_of: datetime) -> dict[str, Any]:
    try:
        rules = compile_rule_set(rule_set_from_rows(chosen))
    except RuleSetError as error:
        return {"wrong": str(error)}
    trial = try_lead(lead, as_of=as_of, rules=rules)
    return {
        "trial": trial,
        "score": trial.score,
        "match": round(100 * trial.score.persona.match) if trial.score.persona else 0,
        "lines": ledger_lines(trial.score.entries, BEHAVIOUR, rules.rule_set),
        "fit_lines": ledger_lines(trial.score.entries, FIT, rules.rule_set),
    }


def _search(query: str) -> list[Lead]:
    found = Lead.objects.current().select_related("organization")
    for word in search_words(query):
        found = found.filter(search__text__contains=word)
    return list(found.order_by("-pk")[:FOUND_AT_MOST])


def _chosen(version: int | None) -> RuleSet | None:
    wanted = {"status": RuleSetStatus.LIVE} if version is None else {"version": version}
    return RuleSet.objects.filter(**wanted).first()


def _moment(text: str) -> datetime | None:
    """Read a time as the field sends it; without a zone it is the time zone of the screens. Empty: now."""
    if not text:
        return timezone.now()
    try:
        moment = parse_datetime(text)
    except ValueError:
        return None
    return timezone.make_aware(moment) if moment and timezone.is_naive(moment) else moment
