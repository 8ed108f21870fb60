"""Form fields for conditions, criteria and steps, edited as lines of text."""

from collections.abc import Callable
from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminExpandableTextareaWidget, UnfoldAdminTextareaWidget

from scoring.rules.lines import LineError, format_conditions, parse_conditions
from scoring.rules.part_lines import format_criteria, format_steps, parse_criteria, parse_steps


class LinesField(forms.CharField):
    """A list of parts, one per line; the cleaned value is the list as stored."""

    parse: Callable[[str], list[dict[str, Any]]]
    format: Callable[[list[dict[str, Any]]], str]

    def prepare_value(self, value: Any) -> Any:
        """Show stored parts as lines, and invalid input as typed."""
        return type(self).format(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        """Parse the lines; an invalid line is named."""
        if isinstance(value, list):
            return value
        try:
            return type(self).parse(value or "")
        except LineError as error:
            raise forms.ValidationError(str(error)) from error

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare the meaning, not the spelling; unparsable text counts as a change."""
        try:
            return (initial or []) != type(self).parse(data or "")
        except LineError:
            return True


class ConditionsField(LinesField):
    """Conditions on an event."""

    widget = UnfoldAdminExpandableTextareaWidget(attrs={"rows": 1})
    parse = staticmethod(parse_conditions)
    format = staticmethod(format_conditions)


class CriteriaField(LinesField):
    """Criteria of a persona."""

    widget = UnfoldAdminTextareaWidget(attrs={"rows": 4})
    parse = staticmethod(parse_criteria)
    format = staticmethod(format_criteria)


class StepsField(LinesField):
    """Steps of a journey."""

    widget = UnfoldAdminTextareaWidget(attrs={"rows": 4})
    parse = staticmethod(parse_steps)
    format = staticmethod(format_steps)
