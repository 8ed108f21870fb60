from typing import Any

from django.apps import AppConfig
from django.apps import apps as installed_apps
from django.apps.registry import Apps
from django.db.models.signals import post_migrate
from django.utils import timezone


class ScoringConfig(AppConfig):
    """Scores leads and decides whether they are MQLs or SQLs."""

    name = "scoring"

    def ready(self) -> None:
        """Connect the receivers, and the default rules of a new database."""
        from scoring import receivers  # noqa: F401  (connects on import, which needs loaded models)

        post_migrate.connect(add_rules_to_new_database, sender=self)


def add_rules_to_new_database(apps: Apps = installed_apps, **kwargs: Any) -> None:
    """Make the default rule set live after the tables are created or emptied, but not while migrating to zero."""
    from scoring.rules.default import add_default_rule_set  # needs loaded models

    if "ruleset" in apps.all_models["scoring"]:
        add_default_rule_set(now=timezone.now())
