"""Show an action's refusals in the form, so that what was typed stays."""

from collections.abc import Iterator
from contextlib import contextmanager

from django import forms

from leads.people.edit import InvalidField


@contextmanager
def refusals_shown_in(form: forms.Form) -> Iterator[None]:
    """Turn an InvalidField into a form error: beside its field, or at the top if the form has no such field."""
    try:
        yield
    except InvalidField as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
