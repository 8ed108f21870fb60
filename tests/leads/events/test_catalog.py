"""Incoming names find their kind."""

import pytest

from leads.events.catalog import BY_KEY, CATALOG, channel_of, kind_of, label_of

# The events of Segment's specifications for B2B, shops, chats and e-mails, and the guide's own.
SPECIFIED = """
Account Created, Account Deleted, Signed Up, Signed In, Signed Out, Invite Sent, Account Added User,
Account Removed User, Trial Started, Trial Ended, Products Searched, Product List Viewed, Product List Filtered,
Promotion Viewed, Promotion Clicked, Product Clicked, Product Viewed, Product Added, Product Removed, Cart Viewed,
Checkout Started, Checkout Step Viewed, Checkout Step Completed, Payment Info Entered, Order Updated, Order Completed,
Order Refunded, Order Cancelled, Coupon Entered, Coupon Applied, Coupon Denied, Coupon Removed,
Product Added to Wishlist, Product Removed from Wishlist, Wishlist Product Added to Cart, Product Shared, Cart Shared,
Product Reviewed, Live Chat Conversation Started, Live Chat Conversation Ended, Live Chat Message Sent,
Live Chat Message Received, Email Delivered, Email Opened, Email Link Clicked, Email Bounced, Email Marked as Spam,
Unsubscribed, eBook Downloaded, Webinar Registered, Newsletter Subscribed, Form Submitted, Ad Clicked,
Social Interaction, Phone Call
"""


@pytest.mark.parametrize("name", [name.strip() for name in SPECIFIED.split(",")])
def test_every_specified_name_is_in_the_catalog_whatever_its_spelling(name):
    kind = kind_of(name)

    assert kind in BY_KEY
    assert kind_of(name.upper()) == kind_of(name.replace(" ", "_").lower()) == kind_of(name.replace(" ", "-")) == kind


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("E-Book Download", "ebook_downloaded"),
        ("Phone Call", "call_received"),
        ("Live Chat Message Received", "chat_answered"),
        ("Order Completed", "order_completed"),
        ("Calculator Used", "calculator_used"),
        ("!!!", "custom"),
        ("x" * 80, "x" * 60),
    ],
)
def test_a_name_finds_its_kind(name, kind):
    assert kind_of(name) == kind


@pytest.mark.parametrize("kind", [kind.key for kind in CATALOG if kind.is_bookkeeping])
def test_no_name_is_one_of_our_own_kinds(kind):
    assert kind_of(kind) == f"custom_{kind}"
    assert kind_of(kind.capitalize()) == f"custom_{kind}"


def test_a_custom_kind_keeps_its_name_and_counts_as_content():
    assert label_of("calculator_used", "Calculator used!") == "Calculator used!"
    assert label_of("calculator_used") == "Calculator used"
    assert channel_of("calculator_used") == "content"
