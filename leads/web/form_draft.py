"""The state of the form editor as sent by its page: an unsaved form, and the actions on it."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import QueryDict

from leads.channels.forms.check import KINDS, MOST_FIELDS
from leads.channels.forms.fields import CHOICE, LEAD_FIELDS, MODES, TYPES, ConsentText, Field, field_from_json
from leads.events.catalog import label_of
from leads.models import ConsentChannel, Form

FIELD_PREFIX = "fields"
NOT_ASKED = ""
Row = dict[str, Any]


class SettingsForm(forms.Form):
    """A form's settings, without fields and consents. Validated when the form is saved."""

    name = forms.CharField(required=False, label="Name")
    heading = forms.CharField(required=False, label="Heading")
    intro = forms.CharField(required=False, label="Below it")
    button = forms.CharField(required=False, label="Button")
    brand = forms.CharField(required=False, label="Your company")
    colour = forms.CharField(required=False, label="Colour")
    privacy_text = forms.CharField(required=False, label="Small print")
    privacy_url = forms.CharField(required=False, label="Address of your privacy notice")
    side_heading = forms.CharField(required=False, label="Heading beside the form")
    side_text = forms.CharField(required=False, label="Text beside the form")
    side_points = forms.CharField(required=False, label="Points, one a line", widget=forms.Textarea(attrs={"rows": 3}))
    event_kind = forms.ChoiceField(
        required=False, label="Record event", choices=[(kind, label_of(kind)) for kind in KINDS]
    )
    thanks_heading = forms.CharField(required=False, label="Thanks, heading")
    thanks_text = forms.CharField(required=False, label="Thanks, text")
    redirect_url = forms.CharField(required=False, label="Lead on to this page instead")
    mail_subject = forms.CharField(required=False, label="Mail to the person, subject")
    mail_text = forms.CharField(required=False, label="Mail, text", widget=forms.Textarea(attrs={"rows": 4}))
    mail_link = forms.CharField(required=False, label="Link in the mail")
    is_double_opt_in = forms.BooleanField(
        required=False, label="Consent to mail is confirmed by a link (double opt-in)"
    )
    is_progressive = forms.BooleanField(required=False, label="Don't ask again what somebody has answered")
    asked_at_most = forms.IntegerField(required=False, label="Questions at once, at most")
    allowed_domains = forms.CharField(
        required=False, label="Sites that may show or send it, one a line", widget=forms.Textarea(attrs={"rows": 3})
    )
    phone_region = forms.CharField(required=False, label="Country of numbers without its code")


class FieldForm(forms.Form):
    """One field of a form."""

    name = forms.CharField(required=False, label="Stored as")
    label = forms.CharField(required=False, label="Label")
    type = forms.ChoiceField(required=False, label="Type", choices=list(TYPES.items()))
    help = forms.CharField(required=False, label="Help below it")
    placeholder = forms.CharField(required=False, label="Example inside it")
    options = forms.CharField(required=False, label="Choices, one a line", widget=forms.Textarea(attrs={"rows": 3}))
    value = forms.CharField(required=False, label="Value")
    required = forms.BooleanField(required=False, label="Required")
    half = forms.BooleanField(required=False, label="Half the width")
    later = forms.BooleanField(required=False, label="Only ask later, of who has answered others")


class Draft:
    """A form being edited. settings: raw, by the names of SettingsForm; rows: the raw fields.

    consents: channel -> (mode, wording). opened: the number of the row with open details, None for none.
    """

    def __init__(self, settings: Row, rows: list[Row], consents: dict[str, tuple[str, str]]) -> None:
        self.settings = settings
        self.rows = rows
        self.consents = consents
        self.opened: int | None = None

    def step(self, what: str) -> None:
        """Change the fields: "up-2", "down-2", "remove-2", or "add-company", "add-choice"..."""
        verb, _, rest = what.partition("-")
        if verb == "add":
            self._add(rest)
        elif rest.isdecimal() and int(rest) < len(self.rows):
            self._move(verb, int(rest))

    def _add(self, what: str) -> None:
        if len(self.rows) >= MOST_FIELDS:
            return
        taken = {str(row["name"]) for row in self.rows}
        label, kind = LEAD_FIELDS.get(what, ("", what))
        if kind not in TYPES or what in taken:
            return
        name = what if what in LEAD_FIELDS else _free_name(what, taken)
        options = "First choice\nSecond choice" if kind == CHOICE else ""
        self.rows.append(_row(Field(name, label or f"New {TYPES[kind].lower()}", kind), options=options))
        self.opened = len(self.rows) - 1

    def _move(self, verb: str, number: int) -> None:
        other = {"up": number - 1, "down": number + 1}.get(verb)
        if verb == "remove":
            del self.rows[number]
        elif other is not None and 0 <= other < len(self.rows):
            self.rows[number], self.rows[other] = self.rows[other], self.rows[number]

    def changes(self) -> dict[str, Any]:
        """Return the changes for `save_form`."""
        asked_at_most = str(self.settings.get("asked_at_most") or "").strip()
        return {
            **self.settings,
            "asked_at_most": int(asked_at_most) if asked_at_most.isdecimal() and len(asked_at_most) < 5 else None,
            "side_points": str(self.settings["side_points"]).splitlines(),
            "allowed_domains": str(self.settings["allowed_domains"]).splitlines(),
            "fields": [_field(row) for row in self.rows],
            "consents": [
                ConsentText(channel, wording.strip(), mode)
                for channel, (mode, wording) in self.consents.items()
                if mode != NOT_ASKED
            ],
        }

    def as_form(self, form: Form) -> Form:
        """Return the form as visitors would see it, unsaved."""
        changes = self.changes()
        shown = Form(pk=form.pk, key=form.key, is_live=form.is_live)
        for name, value in changes.items():
            setattr(shown, name, value)
        shown.fields = [field.as_json() for field in changes["fields"] if field.label and field.type in TYPES]
        known = [consent for consent in changes["consents"] if consent.mode in MODES]
        shown.consents = [consent.as_json() for consent in known]
        return shown


def draft_of(form: Form) -> Draft:
    """Return the draft of a stored form."""
    lines = ("side_points", "allowed_domains")
    settings = {
        name: "\n".join(getattr(form, name)) if name in lines else getattr(form, name)
        for name in SettingsForm.base_fields
    }
    asked = {kept["channel"]: (kept["mode"], kept["wording"]) for kept in form.consents}
    consents = {channel: asked.get(channel, (NOT_ASKED, "")) for channel in ConsentChannel.values}
    return Draft(settings, [_row(field_from_json(kept)) for kept in form.fields], consents)


def draft_in(sent: QueryDict) -> Draft:
    """Return the draft sent by the editor's page."""
    settings = {name: _value(field, sent, name) for name, field in SettingsForm.base_fields.items()}
    total = sent.get("total", "")
    count = min(int(total), MOST_FIELDS) if total.isdecimal() and len(total) < 4 else 0
    rows = [
        {name: _value(field, sent, f"{FIELD_PREFIX}-{number}-{name}") for name, field in FieldForm.base_fields.items()}
        for number in range(count)
    ]
    consents = {
        channel: (sent.get(f"{channel}_mode", NOT_ASKED), _text(sent, f"{channel}_wording"))
        for channel in ConsentChannel.values
    }
    return Draft(settings, rows, consents)


def field_forms(draft: Draft, errors: Mapping[str, str]) -> list[FieldForm]:
    """Return the rows as inputs with their errors."""
    shown = []
    for number, row in enumerate(draft.rows):
        prefix = f"{FIELD_PREFIX}-{number}"
        form = FieldForm({f"{prefix}-{name}": value for name, value in row.items()}, prefix=prefix)
        _add_errors(form, {name: errors.get(f"{prefix}-{name}", "") for name in form.fields})
        shown.append(form)
    return shown


def settings_form(draft: Draft, errors: Mapping[str, str]) -> SettingsForm:
    """Return the settings as inputs with their errors."""
    form = SettingsForm(draft.settings)
    _add_errors(form, {name: errors.get(name, "") for name in form.fields})
    return form


def _add_errors(form: forms.Form, errors: Mapping[str, str]) -> None:
    form.is_valid()
    for name, words in errors.items():
        if words:
            form.add_error(name, words)


def _row(field: Field, *, options: str = "") -> Row:
    return {**field.as_json(), "options": options or "\n".join(field.options)}


def _field(row: Row) -> Field:
    options = dict.fromkeys(line.strip()[:200] for line in str(row["options"]).splitlines() if line.strip())
    return Field(
        name=str(row["name"]).strip(),
        label=str(row["label"]).strip(),
        type=str(row["type"]),
        required=bool(row["required"]),
        help=str(row["help"]).strip(),
        placeholder=str(row["placeholder"]).strip(),
        options=tuple(options) if row["type"] == CHOICE else (),
        half=bool(row["half"]),
        later=bool(row["later"]),
        value=str(row["value"]).strip(),
    )


def _value(field: forms.Field, sent: QueryDict, name: str) -> str | bool:
    return name in sent if isinstance(field, forms.BooleanField) else _text(sent, name)


def _text(sent: QueryDict, name: str) -> str:
    return sent.get(name, "").replace("\0", "").replace("\r\n", "\n")


def _free_name(kind: str, taken: set[str]) -> str:
    names = (kind if number == 1 else f"{kind}_{number}" for number in range(1, MOST_FIELDS + 2))
    return next(name for name in names if name not in taken and name not in LEAD_FIELDS)
