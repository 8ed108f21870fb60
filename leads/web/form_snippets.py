"""The code for putting a form on a site."""

from dataclasses import dataclass
from html import escape

from django.conf import settings

from leads.channels.forms.fields import BY_SENDING, CHECKBOX, CHOICE, HIDDEN, LONG, Field, consents_of, fields_of
from leads.channels.forms.guard import TRAP
from leads.channels.forms.show import INPUT_TYPES
from leads.models import Form
from leads.rows import JSON


@dataclass(frozen=True, slots=True)
class Snippet:
    """One way to put a form on a site. key: of its tab; hint: what to note."""

    key: str
    label: str
    text: str
    hint: str


def snippets_of(form: Form) -> list[Snippet]:
    """Return the ways to put a form on a site, the simplest first."""
    address = f"{settings.PUBLIC_URL}/f/{form.key}/"
    return [
        Snippet("script", "Script", _script(form, address), "Grows with its contents and carries the campaign along."),
        Snippet("frame", "Iframe", _frame(form, address), "Where no script may run. Give it the height that it needs."),
        Snippet("html", "HTML", _html(form, address), "Your own form, in your own look, without any script."),
        Snippet("api", "API", _api(form, address), "From a server, or by fetch from an allowed site."),
    ]


def _script(form: Form, address: str) -> str:
    return (
        f"<!-- LeadCRM form: {escape(form.name)} -->\n"
        f'<div data-leadcrm-form="{form.key}"></div>\n'
        f'<script async\n  src="{address}embed.js">\n</script>'
    )


def _frame(form: Form, address: str) -> str:
    return f'<iframe src="{address}frame/"\n  title="{escape(form.title)}"\n  width="100%" height="640"></iframe>'


def _html(form: Form, address: str) -> str:
    lines = [f'<form method="post" action="{address}">']
    lines += [f"  {_input(field)}" for field in fields_of(form) if not field.later]
    lines += [
        f'  <label><input type="checkbox" name="{consent.input_name}"> {escape(consent.wording)}</label>'
        if consent.mode != BY_SENDING
        else f"  <p>{escape(consent.wording)}</p>"
        for consent in consents_of(form)
    ]
    lines.append(f'  <input name="{TRAP}" hidden tabindex="-1" autocomplete="off">')
    return "\n".join([*lines, f"  <button>{escape(form.button)}</button>", "</form>"])


def _input(field: Field) -> str:
    label, needed = escape(field.label), " required" if field.required else ""
    if field.type == HIDDEN:
        return f'<input type="hidden" name="{field.name}" value="{escape(field.value)}">'
    if field.type == CHECKBOX:
        return f'<label><input type="checkbox" name="{field.name}"{needed}> {label}</label>'
    if field.type == LONG:
        return f'<label>{label} <textarea name="{field.name}"{needed}></textarea></label>'
    if field.type == CHOICE:
        options = "".join(f"<option>{escape(option)}</option>" for option in field.options)
        return f'<label>{label} <select name="{field.name}"{needed}><option></option>{options}</select></label>'
    return f'<label>{label} <input type="{INPUT_TYPES.get(field.type, "text")}" name="{field.name}"{needed}></label>'


def _api(form: Form, address: str) -> str:
    body = {field.name: _example(field) for field in fields_of(form) if not field.later and field.type != HIDDEN}
    body |= {consent.input_name: True for consent in consents_of(form) if consent.mode != BY_SENDING}
    body["_page"] = "https://www.example.com/contact"
    return f"curl {address} \\\n  -H 'Content-Type: application/json' \\\n  -d '{JSON(body)}'"


def _example(field: Field) -> object:
    examples: dict[str, object] = {
        "email": "maja@example.com",
        "phone": "+46701234567",
        "checkbox": True,
        "number": 120,
        "date": "2026-12-01",
    }
    if field.type == CHOICE:
        return field.options[0] if field.options else ""
    return examples.get(field.type, "Maja Lindqvist" if field.name == "name" else "…")
