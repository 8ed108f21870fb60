"""Scoring in the Django admin, one concept a module."""

from scoring.admin.rule_set import RuleSetAdmin

__all__ = ["RuleSetAdmin"]
