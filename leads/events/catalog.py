"""The catalog of event kinds: labels, channels, aliases, and what each says about the lead's interest."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of event.

    label: in timelines. channel: the default channel. is_voluntary: voluntary engagement. is_hand_raise: the lead asks
    for sales. aliases: names used by clients and vendors. is_own: something the lead did, rather than we or a machine.
    is_bookkeeping: only identifies somebody; stored like every event, but never shown or scored, and not available as a
    name for clients.
    """

    key: str
    label: str
    channel: str
    is_voluntary: bool = False
    is_hand_raise: bool = False
    is_own: bool = True
    is_bookkeeping: bool = False
    aliases: tuple[str, ...] = ()


CATALOG = (
    Kind("page_viewed", "Viewed a page", "content", aliases=("page", "screen", "content seen", "$pageview")),
    Kind("content_downloaded", "Downloaded content", "ebook", is_voluntary=True),
    Kind("ebook_downloaded", "Downloaded eBook", "ebook", is_voluntary=True,
         aliases=("E-Book Download", "eBook Download")),
    Kind("form_submitted", "Sent a form", "form", aliases=("Form Submission", "Form Completed")),
    Kind("newsletter_subscribed", "Subscribed to the newsletter", "newsletter", is_voluntary=True,
         aliases=("Newsletter Signup", "Newsletter Sign-up", "Subscribed")),
    Kind("social_interaction", "Reacted on social media", "social", is_voluntary=True,
         aliases=("Social Comment", "Social Like")),
    Kind("store_visited", "Visited the store", "store",
         aliases=("Store Visit", "Showroom Visited", "Products Searched", "Product List Viewed",
                  "Product List Filtered", "Promotion Viewed", "Promotion Clicked", "Product Clicked", "Product Viewed",
                  "Product Reviewed")),
    Kind("email_bounced", "E-mail bounced", "newsletter", is_own=False, aliases=("Bounced",)),
    Kind("link_followed", "Followed a link", "content"),
    Kind("unsubscribed", "Unsubscribed", "newsletter", aliases=("Email Unsubscribed",)),
    Kind("form_failed", "A form was refused", "form"),
    Kind("webinar_registered", "Registered for a webinar", "webinar", is_voluntary=True,
         aliases=("Webinar Registration", "Webinar Sign-up", "webinar.registration_created")),
    Kind("webinar_attended", "Attended a webinar", "webinar", is_voluntary=True, aliases=("Webinar Attendance",)),
    Kind("ad_clicked", "Clicked an ad", "ad", is_voluntary=True, aliases=("Ad Click",)),
    Kind("call_received", "Called us", "call", is_voluntary=True, aliases=("Phone Call", "Inbound Call")),
    Kind("call_missed", "Called us and missed us", "call", aliases=("Missed Call",)),
    Kind("chat_engaged", "Chatted with us", "chat", is_voluntary=True,
         aliases=("Live Chat Conversation Started", "Live Chat Message Sent", "Chat Started")),
    Kind("chat_answered", "We answered in the chat", "chat", is_own=False, aliases=("Live Chat Message Received",)),
    Kind("chat_ended", "Ended a chat", "chat", aliases=("Live Chat Conversation Ended",)),
    Kind("event_form_submitted", "Left a card at an event", "event", is_voluntary=True, aliases=("Event Form",)),
    Kind("email_clicked", "Clicked a link in an e-mail", "newsletter", aliases=("Email Link Clicked", "Link Clicked")),
    Kind("email_opened", "Opened an e-mail", "newsletter"),
    Kind("email_replied", "Replied to an e-mail", "newsletter", aliases=("Email Replied", "Email Reply Received")),
    Kind("email_marked_as_spam", "Called an e-mail spam", "newsletter"),
    Kind("call_made", "We called", "call", is_own=False, aliases=("Outbound Call",)),
    Kind("email_sent", "We sent an e-mail", "newsletter", is_own=False, aliases=("Email Delivered",)),
    Kind("message_ignored", "Left a message unanswered", "newsletter", is_own=False),
    Kind("demo_requested", "Asked for a demo", "form", is_voluntary=True, is_hand_raise=True,
         aliases=("Demo Request",)),
    Kind("quote_requested", "Asked for a quote", "form", is_voluntary=True, is_hand_raise=True,
         aliases=("Quote Request",)),
    Kind("sales_contact_requested", "Asked for sales", "form", is_voluntary=True, is_hand_raise=True,
         aliases=("Contact Sales", "Sales Contact Request")),
    Kind("trial_started", "Started a trial", "trial", is_voluntary=True, aliases=("Trial Start",)),
    Kind("trial_converted", "Converted a trial", "trial", is_voluntary=True, is_hand_raise=True),
    Kind("meeting_booked", "Booked a meeting", "event", is_voluntary=True, is_hand_raise=True,
         aliases=("invitee.created",)),
    Kind("meeting_rescheduled", "Moved a meeting", "event"),
    Kind("meeting_cancelled", "Called off a meeting", "event"),
    Kind("meeting_missed", "Missed a meeting", "event"),
    Kind("trial_ending", "Trial is about to end", "trial", is_own=False),
    Kind("trial_ended", "Trial ended", "trial", is_own=False),
    Kind("erasure_requested", "Asked for their data to be erased", "content", is_own=False),
    Kind("data_requested", "Asked for a copy of their data", "content", is_own=False),
    Kind("signed_up", "Signed up", "trial"),
    Kind("signed_in", "Signed in", "trial"),
    Kind("signed_out", "Signed out", "trial"),
    Kind("account_created", "Created an account", "trial"),
    Kind("account_deleted", "Deleted the account", "trial"),
    Kind("colleague_invited", "Invited a colleague", "trial", aliases=("Invite Sent", "Account Added User")),
    Kind("colleague_removed", "Removed a colleague", "trial", aliases=("Account Removed User",)),
    Kind("cart_changed", "Changed the cart", "store",
         aliases=("Product Added", "Product Removed", "Cart Viewed", "Wishlist Product Added to Cart",
                  "Product Added to Wishlist", "Product Removed from Wishlist")),
    Kind("checkout_started", "Started a checkout", "store",
         aliases=("Checkout Step Viewed", "Checkout Step Completed", "Payment Info Entered")),
    Kind("order_completed", "Ordered", "store", aliases=("Order Completed",)),
    Kind("order_updated", "Changed an order", "store"),
    Kind("order_cancelled", "Cancelled an order", "store", aliases=("Order Refunded",)),
    Kind("coupon_used", "Used a coupon", "store",
         aliases=("Coupon Entered", "Coupon Applied", "Coupon Denied", "Coupon Removed")),
    Kind("product_shared", "Shared a product", "store", aliases=("Cart Shared",)),
    # Shows that a person is present, not a machine that fetches pages; worth no points.
    Kind("page_kept_open", "Kept a page open", "content", is_own=False),
    Kind("website_measured", "The website measured itself", "content", is_own=False,
         aliases=("$feature_flag_called", "$web_vitals", "$$heatmap", "$performance_event", "$exception",
                  "$groupidentify")),
    Kind("identified", "Said who they are", "content", is_own=False, is_bookkeeping=True),
    Kind("grouped", "Said where they work", "content", is_own=False, is_bookkeeping=True),
    Kind("aliased", "Took another id", "content", is_own=False, is_bookkeeping=True),
)  # fmt: skip

BY_KEY: Mapping[str, Kind] = {kind.key: kind for kind in CATALOG}


def normal_name(name: str) -> str:
    """Return a name without case and punctuation: "E-Book Download" equals "ebook_download"."""
    return re.sub(r"[\W_]+", "", name.lower())


BOOKKEEPING = frozenset(kind.key for kind in CATALOG if kind.is_bookkeeping)

ALIASES: Mapping[str, str] = {
    normal_name(alias): kind.key for kind in CATALOG if not kind.is_bookkeeping for alias in (kind.key, *kind.aliases)
}

VOLUNTARY_KINDS = frozenset(kind.key for kind in CATALOG if kind.is_voluntary)
HAND_RAISE_KINDS = frozenset(kind.key for kind in CATALOG if kind.is_hand_raise)
# Whether a form counts as engagement depends on its fields.
KINDS_JUDGED_BY_PROPERTIES = frozenset({"form_submitted"})
# Also withdraws consent.
UNSUBSCRIBED = "unsubscribed"

PHONE_FIELDS = ("phone", "phone_number", "telephone", "mobile")
EMAIL_FIELDS = ("email", "email_address", "e_mail", "work_email")


@lru_cache(maxsize=4096)
def kind_of(name: str) -> str:
    """Return the catalog's kind for an incoming name, or a custom kind made of the name (at most 60 characters)."""
    custom = re.sub(r"\W+", "_", name.strip().lower()).strip("_")[:60].rstrip("_") or "custom"
    return ALIASES.get(normal_name(name)) or (f"custom_{custom}" if custom in BOOKKEEPING else custom)


def is_voluntary(kind: str, properties: Mapping[str, object]) -> bool:
    """Return whether an event is voluntary engagement.

    A form counts if it contains both a phone number and an e-mail address.
    """
    if kind in KINDS_JUDGED_BY_PROPERTIES:
        return _has_any(properties, PHONE_FIELDS) and _has_any(properties, EMAIL_FIELDS)
    return kind in VOLUNTARY_KINDS


def is_hand_raise(kind: str) -> bool:
    """Return whether an event of this kind is a hand-raise."""
    return kind in HAND_RAISE_KINDS


def label_of(kind: str, name: str = "") -> str:
    """Return an event's label in timelines; custom kinds keep the client's name."""
    known = BY_KEY.get(kind)
    return known.label if known else name or kind.replace("_", " ").capitalize()


def channel_of(kind: str) -> str:
    """Return the channel of a kind; custom kinds belong to content."""
    known = BY_KEY.get(kind)
    return known.channel if known else "content"


def _has_any(properties: Mapping[str, object], fields: tuple[str, ...]) -> bool:
    # Most forms have none of them, which is quickly said.
    if properties.keys().isdisjoint(fields):
        return False
    return any(str(properties.get(field) or "").strip() for field in fields)
