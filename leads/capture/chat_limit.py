"""The rate limit of the chat per network address: enough for an office full of people, too little for a bot."""

from axes.helpers import get_client_ip_address
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from leads.channels.forms.guard import count_up

MOST_ANSWERS = 60
SPAN = 60  # seconds


def is_over_limit(request: HttpRequest) -> bool:
    """Count this request, and return whether its address has sent too many within a minute.

    The address is not stored, only a keyed hash that cannot be reversed.
    """
    who = salted_hmac("leads.chat.visitor", get_client_ip_address(request) or "").hexdigest()[:20]
    return count_up(f"chat-rate:{who}", SPAN) > MOST_ANSWERS
