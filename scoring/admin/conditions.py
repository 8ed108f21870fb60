"""Form fields for conditions, shown as the lines that people write."""

from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminExpandableTextareaWidget

from scoring.rules.lines import LineError, format_conditions, parse_conditions


class ConditionsField(forms.CharField):
    """Conditions on an event, one a line; cleaned to the list that the database keeps."""

    widget = UnfoldAdminExpandableTextareaWidget(attrs={"rows": 1})

    def prepare_value(self, value: Any) -> Any:
        """Show stored conditions as lines, and what the user typed as typed."""
        return format_conditions(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        """Read the lines; an unreadable one is named."""
        if isinstance(value, list):
            return value
        try:
            return parse_conditions(value or "")
        except LineError as error:
            raise forms.ValidationError(str(error)) from error

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare meanings, not spelling; what can't be read is a change."""
        try:
            return (initial or []) != parse_conditions(data or "")
        except LineError:
            return True
