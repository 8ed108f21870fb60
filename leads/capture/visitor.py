"""Who visits, as far as cookies of ours say it."""

from django.http import HttpRequest

from leads.channels.links.target import VISITOR

# Set by our snippet (leads/capture/scripts/c.js); it reaches our addresses where they share a domain with the website.
SNIPPET_COOKIE = "leadcrm_id"


def visitor_of(request: HttpRequest) -> str:
    """Return the anonymous id that the browser brings along, or nothing; whoever uses it checks it."""
    return request.COOKIES.get(SNIPPET_COOKIE, "") or request.COOKIES.get(VISITOR, "")
