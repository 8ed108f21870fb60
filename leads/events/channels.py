"""The channels that events come through: what each is called, and its outline in static/icons.svg."""

from typing import NamedTuple


class Channel(NamedTuple):
    """A channel as a user sees it."""

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
    """Name a channel; one that is not of ours keeps its own name."""
    known = CHANNELS.get(channel)
    return known.label if known else channel.replace("_", " ").capitalize()


def channel_icon(channel: str) -> str:
    """Return the name of a channel's outline."""
    known = CHANNELS.get(channel)
    return known.icon if known else "zap"
