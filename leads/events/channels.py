"""The channels of events, with label and icon."""

from typing import NamedTuple


class Channel(NamedTuple):
    """A channel as shown to users."""

    label: str
    icon: str


CHANNELS = {
    "ad": Channel("Ad click", "mouse-pointer-click"),
    "call": Channel("Call", "phone"),
    "chat": Channel("Chat", "message-circle"),
    "content": Channel("Content view", "eye"),
    "ebook": Channel("eBook", "book-open"),
    "event": Channel("Event", "calendar-days"),
    "form": Channel("Web form", "file-text"),
    "import": Channel("Import", "inbox"),
    "newsletter": Channel("Newsletter", "newspaper"),
    "social": Channel("Social", "share-2"),
    "store": Channel("Store visit", "store"),
    "trial": Channel("Trial", "package-open"),
    "webinar": Channel("Webinar", "video"),
}


def channel_label(channel: str) -> str:
    """Return a channel's label; an unknown channel keeps its name."""
    known = CHANNELS.get(channel)
    return known.label if known else channel.replace("_", " ").capitalize()


def channel_icon(channel: str) -> str:
    """Return the name of a channel's icon."""
    known = CHANNELS.get(channel)
    return known.icon if known else "zap"
