"""Keep what the search box looks through in step with the leads."""

from collections.abc import Collection

from leads.models import Lead
from leads.rows import given, one_of, run


def search_text(lead: Lead, company: str) -> str:
    """Return the words by which a lead is found, in lower case."""
    return " ".join(filter(None, [lead.first_name, lead.last_name, lead.email, lead.phone, company])).lower()


def search_words(asked: str) -> list[str]:
    """Return what of `asked` to look for: its words, in lower case. PostgreSQL compares with no NUL."""
    return asked.replace("\x00", " ").lower().split()


def refresh_search(lead_ids: Collection[int]) -> None:
    """Write the search texts of these leads anew; two statements for any number of them."""
    if not lead_ids:
        return
    # One that was merged away is found by its survivor.
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
