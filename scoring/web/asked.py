"""The rules that a request is about: a stored version, or rules being typed."""

import json

from django.http import HttpRequest

from leads.errors import LeadError
from scoring.engine.score import CompiledRuleSet
from scoring.rules.live import live_rule_set
from scoring.whatif.chosen import NoDraft, unsaved_rules, version_rules


class NotUnderstood(LeadError):
    """The request can't be parsed."""


def asked_rules(request: HttpRequest) -> CompiledRuleSet:
    """Return the rules of a request: the posted `definition` (JSON), or the rules of `version`.

    Raises LeadError or RuleSetError, which say what is wrong.
    """
    if "definition" in request.POST:
        return unsaved_rules(_definition(request.POST["definition"]))
    return version_rules(asked_version(request.GET.get("version") or request.POST.get("version") or ""))


def rules_or_live(request: HttpRequest) -> CompiledRuleSet:
    """Return the rules of a request: the named version, else the newest draft, else the live one."""
    try:
        return asked_rules(request)
    except NoDraft:
        return live_rule_set()


def asked_version(text: str) -> int | None:
    """Parse a version, None if it is empty. Raises NotUnderstood."""
    version = whole_number(text)
    if text and version is None:
        raise NotUnderstood(f"A version is a whole number, got {text[:40]!r}.")
    return version


def whole_number(text: str) -> int | None:
    """Parse a version or an id from an address; None if it is not a number that a column can hold."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


def _definition(text: str) -> dict[str, object]:
    try:
        definition = json.loads(text)
    except ValueError:
        definition = None
    if not isinstance(definition, dict):
        raise NotUnderstood("The rules must be a JSON object.")
    return definition
