"""Drive the admin as a browser does: take the fields of the form on a page, change some, send them all."""

from html.parser import HTMLParser
from typing import Any

from django.http import HttpResponse
from django.test import Client


class _Fields(HTMLParser):
    """The fields of one form, by name, with the values that a browser would send."""

    def __init__(self, form_id: str) -> None:
        super().__init__()
        self.form_id = form_id
        self.fields: dict[str, str] = {}
        self._inside = False
        self._select = self._textarea = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given: dict[str, str] = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = given.get("id") == self.form_id
        if not self._inside:
            return
        name = given.get("name", "")
        if tag == "input" and name:
            self._take_input(name, given)
        elif tag == "textarea":
            self._textarea, self.fields[name] = name, ""
        elif tag == "select":
            self._select = name
            self.fields[name] = ""
        elif tag == "option" and "selected" in given:
            self.fields[self._select] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        if tag == "textarea":
            # A browser drops the line break that stands right after the tag.
            self.fields[self._textarea] = self.fields[self._textarea].removeprefix("\n")
            self._textarea = ""

    def handle_data(self, data: str) -> None:
        if self._textarea:
            self.fields[self._textarea] += data

    def _take_input(self, name: str, given: dict[str, str]) -> None:
        kind = given.get("type", "text")
        if kind in ("checkbox", "radio"):
            if "checked" in given:
                self.fields[name] = given.get("value", "on")
        elif kind not in ("submit", "button", "file"):
            self.fields[name] = given.get("value", "")


def form_fields(response: HttpResponse, form_id: str) -> dict[str, str]:
    """Return the fields of the form with this id, without the rows that scripts copy."""
    parser = _Fields(form_id)
    parser.feed(response.content.decode())
    assert parser.fields, f"no form {form_id!r} on the page"
    return {name: value for name, value in parser.fields.items() if "__prefix__" not in name}


def send_form(client: Client, address: str, form_id: str, **changes: Any) -> HttpResponse:
    """Fetch the page, change these fields (None: leave it out) and send the form; return the page after it."""
    fields: dict[str, Any] = {**form_fields(client.get(address), form_id), **changes}
    return client.post(address, {name: value for name, value in fields.items() if value is not None}, follow=True)
