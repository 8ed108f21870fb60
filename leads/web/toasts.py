"""Toasts: one sentence on what happened, with Undo where there is a way back."""

from django.contrib import messages
from django.http import HttpRequest


def add_toast(request: HttpRequest, text: str, *, undo_url: str = "") -> None:
    """Show a toast with the next page or fragment; its Undo posts to `undo_url`."""
    messages.success(request, text, extra_tags=undo_url)


def add_refusal(request: HttpRequest, text: str) -> None:
    """Show a toast that says why something was not done."""
    messages.warning(request, text)
