"""All that a merge and its undo may touch, in a form that can be compared."""

from django.forms.models import model_to_dict

from leads.identity.follow import tables
from leads.models import DuplicateCandidate, Event, Identifier, Lead, LeadSearch, StageChange
from leads.rows import fetch

# These only ever grow, or say when the next scoring is.
BOOKKEEPING = {"facts_version", "score_due_at"}


def whole_state() -> dict[str, object]:
    """Return leads, who holds what, whose each event is, search texts, histories, pairs, and what hangs on leads."""
    return {
        "leads": {lead.pk: _lead(lead) for lead in Lead.objects.all()},
        "identifiers": dict(Identifier.objects.values_list("pk", "lead_id")),
        "events": dict(Event.objects.values_list("pk", "lead_id")),
        "texts": dict(LeadSearch.objects.values_list("lead_id", "text")),
        "stages": list(StageChange.objects.order_by("pk").values_list("lead_id", "from_stage", "to_stage", "reason")),
        "followers": {
            name: fetch(f"SELECT {key}, {column} FROM {name} ORDER BY 1", []) for name, column, key in tables()
        },
    }


def pairs() -> set[tuple[object, ...]]:
    """Return the pairs that may be one person, with all that is known of them."""
    return set(
        DuplicateCandidate.objects.values_list(
            "first_id", "second_id", "reason", "strength", "origin", "dismissed_at", "dismissed_by_id"
        )
    )


def _lead(lead: Lead) -> dict[str, object]:
    fields = {**model_to_dict(lead), "attribute_times": lead.attribute_times}
    return {name: value for name, value in fields.items() if name not in BOOKKEEPING}
