"""Show what an action refuses of a form in the form itself, so that what was typed stays."""

from collections.abc import Iterator
from contextlib import contextmanager

from django import forms

from leads.people.edit import InvalidField


@contextmanager
def refusals_shown_in(form: forms.Form) -> Iterator[None]:
    """Turn an InvalidField into an error of the form: beside its field, or above them all if it has no such field."""
    try:
        yield
    except InvalidField as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
