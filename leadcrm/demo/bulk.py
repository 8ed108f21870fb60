"""Ids given by hand, and statistics, for a database that is filled in one go."""

from collections.abc import Iterable

from django.core.management.color import no_style
from django.db import connection
from django.db.models import Max, Model


def next_id(model: type[Model]) -> int:
    """Return the first id that no row has yet."""
    highest = model._default_manager.aggregate(highest=Max("pk"))["highest"]
    return (highest or 0) + 1


def continue_ids(models: Iterable[type[Model]]) -> None:
    """Let the database's own counters go on after ids that were given by hand."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), list(models)):
            cursor.execute(statement)


def refresh_statistics() -> None:
    """Let the database plan with what is stored now."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
