"""`manage.py api_token USERNAME`: print a user's REST token."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rest_framework.authtoken.models import Token

from leads.models import User


class Command(BaseCommand):
    """Creates or shows the token with which a user's programs use the REST API."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--renew", action="store_true", help="make a new token; the old one stops working")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["username"]).first()
        if user is None:
            raise CommandError(f"USERNAME must name a user, got {options['username']!r}.")
        if options["renew"]:
            Token.objects.filter(user=user).delete()
        self.stdout.write(Token.objects.get_or_create(user=user)[0].key)
