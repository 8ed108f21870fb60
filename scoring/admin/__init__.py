"""The Django admin of scoring, one module per concept."""

from scoring.admin.rule_set import RuleSetAdmin

__all__ = ["RuleSetAdmin"]
