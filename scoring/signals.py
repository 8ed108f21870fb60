"""Facts that scoring announces, inside the transaction that makes them so."""

from django.dispatch import Signal

# A rule set became live, and every lead is to be scored by it.
rules_published = Signal()
