"""The demo's users, and the website that its events come from."""

from datetime import datetime, timedelta

from leads.events.record import record_rejections
from leads.models import RejectedEvent, Role, Source, User

PASSWORD = "demo"  # noqa: S105  (printed at the start of every demo)
WRITE_KEY = "wk_demo"
TIME_ZONE = "Europe/Oslo"

USERS = (
    ("admin", Role.ADMIN, "Maren", "Holt"),
    ("marketer", Role.MARKETER, "Ida", "Solberg"),
    ("sales", Role.SALES, "Priya", "Kapoor"),
    ("sales2", Role.SALES, "Theo", "Lang"),
)


def make_users() -> list[User]:
    """Return the demo's users, created if they are missing."""
    return [_make_user(username, role, first_name, last_name) for username, role, first_name, last_name in USERS]


def make_website(*, now: datetime) -> Source:
    """Return the source of the demo's events."""
    defaults = {"write_key": WRITE_KEY, "created_at": now}
    return Source.objects.get_or_create(name="Website", defaults=defaults)[0]


def make_rejections(website: Source, *, now: datetime) -> None:
    """Store some events of the website that were rejected, unless there are some already."""
    if RejectedEvent.objects.exists():
        return
    rejected = (
        ("An event needs a userId or an anonymousId.", '{"type": "track", "event": "Price List Opened"}', 400),
        ("track needs the event's name in `event`, got null.", '{"type": "track", "userId": "shop-118"}', 55),
        ("Refused: The body is not JSON: Expecting value: line 1 column 12 (char 11).", '{"batch": [}', 12),
    )
    for reason, body, minutes in rejected:
        record_rejections(website.pk, [(reason, body)], now=now - timedelta(minutes=minutes))


def _make_user(username: str, role: str, first_name: str, last_name: str) -> User:
    existing = User.objects.filter(username=username).first()
    return existing or User.objects.create_user(
        username,
        f"{username}@halden.example",
        PASSWORD,
        role=role,
        first_name=first_name,
        last_name=last_name,
        time_zone=TIME_ZONE,
    )
