"""The form of a connector, built from its provider's fields. Stored secrets are never shown, only replaced."""

from typing import Any

from django import forms

from leads.channels.connectors.connect import LONGEST_NAME, LONGEST_OPTION, LONGEST_SECRET
from leads.channels.connectors.mapping import TARGETS
from leads.channels.connectors.provider import OptionField, Provider, SecretField
from leads.models import Connector
from leads.secrets import SecretsUnreadable, unseal

SECRET, OPTION, DROP = "secret_", "option_", "drop_"


class ConnectorForm(forms.Form):
    """A connector's name, secrets and options."""

    name = forms.CharField(max_length=LONGEST_NAME, label="Name")

    def __init__(self, provider: Provider, connector: Connector | None, data: Any = None) -> None:
        super().__init__(data, initial={"name": connector.name if connector else provider.label[:LONGEST_NAME]})
        self.provider = provider
        stored = _stored(connector)
        for secret in provider.secrets:
            self.fields[SECRET + secret.name] = _secret_field(secret, is_stored=secret.name in stored)
            if secret.is_optional and secret.name in stored:
                label = f"Remove: {secret.label}"
                self.fields[DROP + secret.name] = forms.BooleanField(required=False, label=label)
        for option in provider.options:
            known = connector.settings.get(option.name, option.default) if connector else option.default
            self.fields[OPTION + option.name] = _option_field(option, known)

    def rows(self) -> list[forms.BoundField]:
        """Return the fields in order."""
        return [self[name] for name in self.fields if not name.startswith(DROP)]

    def drops(self) -> list[forms.BoundField]:
        """Return the boxes that remove a stored secret."""
        return [self[name] for name in self.fields if name.startswith(DROP)]

    def given(self, prefix: str) -> dict[str, Any]:
        """Return the values of secrets, options or removals, by name."""
        return {name[len(prefix) :]: value for name, value in self.cleaned_data.items() if name.startswith(prefix)}

    @property
    def dropped(self) -> frozenset[str]:
        """Return the secrets to remove."""
        return frozenset(name for name, value in self.given(DROP).items() if value)


class MappingForm(forms.Form):
    """The JSON paths of a generic webhook's fields."""

    def __init__(self, known: dict[str, str], data: Any = None) -> None:
        super().__init__(data)
        for target in TARGETS:
            field = forms.CharField(
                max_length=200, required=False, label=target.label, initial=known.get(target.name, "")
            )
            field.widget.attrs |= {"list": "paths", "autocomplete": "off", "spellcheck": "false"}
            self.fields[target.name] = field


def _stored(connector: Connector | None) -> set[str]:
    try:
        return {name for name, value in unseal(connector.sealed_secrets).items() if value} if connector else set()
    except SecretsUnreadable:
        return set()


def _secret_field(secret: SecretField, *, is_stored: bool) -> forms.CharField:
    hint = "Stored and never shown again; enter another to replace it." if is_stored else secret.hint
    # Not the user's password: the browser must neither fill it in nor save it.
    widget = forms.PasswordInput(attrs={"autocomplete": "new-password", "placeholder": "••••••••" if is_stored else ""})
    return forms.CharField(
        max_length=LONGEST_SECRET,
        required=not (secret.is_optional or is_stored),
        label=secret.label,
        help_text=hint,
        widget=widget,
    )


def _option_field(option: OptionField, known: object) -> forms.Field:
    if option.choices:
        return forms.ChoiceField(
            choices=option.choices,
            initial=known,
            label=option.label,
            help_text=option.hint,
            required=any(not value for value, _ in option.choices) is False,
        )
    return forms.CharField(
        max_length=LONGEST_OPTION, initial=known, required=False, label=option.label, help_text=option.hint
    )
