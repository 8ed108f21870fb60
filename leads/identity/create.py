"""Create leads for people of whom only identifiers are known."""

from datetime import datetime

from django.db import connection

from leads.models import Lead
from leads.rows import fetch


def create_leads(count: int, *, now: datetime) -> list[int]:
    """Insert blank leads, due for scoring, in one statement; return their ids."""
    if not count:
        return []
    blank = Lead(stage_changed_at=now, last_event_at=now, created_at=now, score_due_at=now)
    columns = [column for column in Lead._meta.concrete_fields if not column.primary_key]
    values = [column.get_db_prep_save(column.pre_save(blank, add=True), connection) for column in columns]
    names, places = ", ".join(str(column.column) for column in columns), ", ".join(["%s"] * len(columns))
    sql = f"""
        WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < %s)
        INSERT INTO leads_lead ({names}) SELECT {places} FROM numbers RETURNING id
    """  # noqa: S608 - names of our own
    return sorted(row[0] for row in fetch(sql, [count, *values]))
