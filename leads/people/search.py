"""Keep the search texts of leads up to date."""

from collections.abc import Collection

from leads.models import Lead
from leads.rows import given, one_of, run


def search_text(lead: Lead, company: str) -> str:
    """Return a lead's search text, in lower case."""
    return " ".join(filter(None, [lead.first_name, lead.last_name, lead.email, lead.phone, company])).lower()


def search_words(asked: str) -> list[str]:
    """Return the words to search for in `asked`, in lower case, without NUL, which PostgreSQL can't compare."""
    return asked.replace("\x00", " ").lower().split()


def refresh_search(lead_ids: Collection[int]) -> None:
    """Rewrite the search texts of these leads; two statements for any number of them."""
    if not lead_ids:
        return
    # A merged lead is found through its survivor.
    leads = Lead.objects.current().filter(pk__in=one_of(lead_ids)).select_related("organization").order_by("pk")
    rows = [
        {"lead_id": lead.pk, "text": search_text(lead, lead.organization.name if lead.organization else "")}
        for lead in leads
    ]
    table, parameters = given(rows, lead_id="bigint", text="text")
    sql = f"""
        INSERT INTO leads_leadsearch (lead_id, text)
        SELECT lead_id, text FROM {table} WHERE true
        ON CONFLICT (lead_id) DO UPDATE SET text = excluded.text, is_compared = false
    """  # noqa: S608 - names of our own
    run(sql, parameters)
