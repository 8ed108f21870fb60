from typing import Any

from django.apps import AppConfig
from django.apps import apps as installed_apps
from django.apps.registry import Apps
from django.db.models.signals import post_migrate
from django.utils import timezone


class ScoringConfig(AppConfig):
    """How good a lead is, and whether it is an MQL or an SQL."""

    name = "scoring"

    def ready(self) -> None:
        """Connect the facts that leads announces to scoring, and give a new database its rules."""
        from scoring import receivers  # noqa: F401  (connects on import, which needs loaded models)

        post_migrate.connect(add_rules_to_new_database, sender=self)


def add_rules_to_new_database(apps: Apps = installed_apps, **kwargs: Any) -> None:
    """Make the default rule set live after the tables were made, or emptied; not on the way back to no tables."""
    from scoring.rules.default import add_default_rule_set  # needs loaded models

    if "ruleset" in apps.all_models["scoring"]:
        add_default_rule_set(now=timezone.now())
