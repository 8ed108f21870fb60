"""The request id in the log, for error pages."""

import structlog
from django import template

register = template.Library()


@register.simple_tag
def request_id() -> str:
    """Return the id of the current request, "" outside of one."""
    return str(structlog.contextvars.get_contextvars().get("request_id", ""))
