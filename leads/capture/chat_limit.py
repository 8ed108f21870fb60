"""How much one address may write in a chat: enough for an office full of people, too little for a machine."""

from axes.helpers import get_client_ip_address
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from leads.channels.forms.guard import count_up

MOST_ANSWERS = 60
SPAN = 60  # seconds


def is_over_limit(request: HttpRequest) -> bool:
    """Count this request, and tell whether its address has written too much within a minute.

    No address is kept: a keyed hash that nobody can turn back stands for it.
    """
    who = salted_hmac("leads.chat.visitor", get_client_ip_address(request) or "").hexdigest()[:20]
    return count_up(f"chat-rate:{who}", SPAN) > MOST_ANSWERS
