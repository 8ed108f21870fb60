"""Toasts: a sentence about what happened, with Undo if possible."""

from django.contrib import messages
from django.http import HttpRequest


def add_toast(request: HttpRequest, text: str, *, undo_url: str = "") -> None:
    """Show a toast on the next page or fragment; its Undo posts to `undo_url`."""
    messages.success(request, text, extra_tags=undo_url)


def add_refusal(request: HttpRequest, text: str) -> None:
    """Show a toast that explains why an action was refused."""
    messages.warning(request, text)
