"""The schema of scoring, one concept per module."""

from scoring.models.dismissed_suggestion import DismissedSuggestion
from scoring.models.journey import Journey
from scoring.models.persona import Persona
from scoring.models.policy import Policy
from scoring.models.rescore_range import RescoreRange
from scoring.models.rule import FitRule, Per, Rule
from scoring.models.rule_set import RuleSet, RuleSetStatus

__all__ = [
    "DismissedSuggestion",
    "FitRule",
    "Journey",
    "Per",
    "Persona",
    "Policy",
    "RescoreRange",
    "Rule",
    "RuleSet",
    "RuleSetStatus",
]
