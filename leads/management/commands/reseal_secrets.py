"""`manage.py reseal_secrets`: after a change of SECRET_KEY, seal the connectors' secrets with the new one."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from leads.channels.connectors.connect import reseal_connectors


class Command(BaseCommand):
    """Reads with SECRET_KEY and SECRET_KEY_FALLBACKS, seals with SECRET_KEY."""

    help = "Seals the secrets of connectors with today's SECRET_KEY, so that the fallbacks can be dropped."

    def handle(self, *args: Any, **options: Any) -> None:
        """Seal what can be read; name what can't."""
        done, unreadable = reseal_connectors()
        self.stdout.write(f"The secrets of {done} connector{'' if done == 1 else 's'} are sealed with SECRET_KEY.")
        if unreadable:
            raise CommandError(f"Sealed with a key that is not known: {', '.join(unreadable)}. Enter them again.")
