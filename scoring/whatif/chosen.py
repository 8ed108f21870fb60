"""Which rules are asked about: a stored version, or rules that are still being typed."""

from collections.abc import Mapping

from leads.errors import LeadError
from scoring.engine.definition import rule_set_from_json
from scoring.engine.score import CompiledRuleSet, compile_rule_set
from scoring.models import RuleSet, RuleSetStatus
from scoring.rules.definition import rule_set_from_rows
from scoring.rules.draft import next_version


class NoSuchVersion(LeadError):
    """There is no rule set of the version asked for."""


class NoDraft(LeadError):
    """No version is being written."""


def version_rules(version: int | None) -> CompiledRuleSet:
    """Return the rules of a version, of the newest draft unless one is named.

    Raises NoSuchVersion or NoDraft, or RuleSetError where a draft can't be used as it is.
    """
    rows = RuleSet.objects.order_by("-version")
    row = (
        rows.filter(version=version).first() if version is not None else rows.filter(status=RuleSetStatus.DRAFT).first()
    )
    if row is None and version is None:
        raise NoDraft("There is no draft. One starts as soon as an admin changes the rules.")
    if row is None:
        raise NoSuchVersion(f"There is no version {version} of the rules.")
    return compile_rule_set(rule_set_from_rows(row))


def unsaved_rules(definition: Mapping[str, object]) -> CompiledRuleSet:
    """Return rules given as JSON, as if they were saved as the next version. Raises RuleSetError."""
    return compile_rule_set(rule_set_from_json(definition, next_version()))
