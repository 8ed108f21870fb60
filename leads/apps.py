from typing import Any

from django.apps import AppConfig
from django.apps import apps as installed_apps
from django.apps.registry import Apps
from django.db.models.signals import post_migrate
from django.utils import timezone


class LeadsConfig(AppConfig):
    """People, what they did, and who works them."""

    name = "leads"

    def ready(self) -> None:
        """Connect the receivers, and the starter content of a new database."""
        from leads import receivers  # noqa: F401  (connects on import, which needs loaded models)

        post_migrate.connect(add_dialogue_to_new_database, sender=self)


def add_dialogue_to_new_database(apps: Apps = installed_apps, **kwargs: Any) -> None:
    """Publish the ready-made chat after the tables are created or emptied, but not while migrating back to zero."""
    from leads.channels.chat.starter import add_starter_dialogue  # needs loaded models

    if "chatdialogue" in apps.all_models["leads"]:
        add_starter_dialogue(now=timezone.now())
