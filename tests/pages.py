"""What tests read from the pages that they got."""

import re
from html import unescape

from django.http import HttpResponse


def words(response: HttpResponse) -> str:
    """Return a page as text; it must have been answered with 200."""
    assert response.status_code == 200
    return response.content.decode()


def link(response: HttpResponse, rel: str) -> str | None:
    """Return the address of the page beside a page of a list; rel: "next" or "prev". None: there is none."""
    found = re.search(rf'rel="{rel}" href="([^"]*)"', response.content.decode())
    return unescape(found[1]) if found else None
