"""A database whose statements fail, to see what a crash in the middle of something leaves behind."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


class PowerCut(Exception):
    """Nothing in the product expects this one."""


@contextmanager
def failing_at(part: str, *, number: int = 1, error: Exception | None = None) -> Iterator[None]:
    """Let a statement that contains `part` fail: the first such statement, or the one of this number."""
    seen = 0

    def execute_or_fail(execute, sql, params, many, context):
        nonlocal seen
        seen += part in sql
        if part in sql and seen == number:
            raise error or PowerCut
        return execute(sql, params, many, context)

    with connection.execute_wrapper(execute_or_fail):
        yield
