"""The visitor of a request, according to our own cookie."""

from django.http import HttpRequest

from leads.channels.links.target import VISITOR

# Set by our snippet (leads/capture/scripts/c.js). Sent to us only if we share a domain with the website.
SNIPPET_COOKIE = "leadcrm_id"


def visitor_of(request: HttpRequest) -> str:
    """Return the anonymous id in the cookie, or ""; the caller validates it."""
    return request.COOKIES.get(SNIPPET_COOKIE, "") or request.COOKIES.get(VISITOR, "")
