"""Incoming names find their kind."""

import pytest

from leads.events.catalog import BY_KEY, CATALOG, channel_of, is_hand_raise, is_voluntary, kind_of, label_of

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
        ("x" * 59 + " yz", "x" * 59),
    ],
)
def test_a_name_finds_its_kind(name, kind):
    assert kind_of(name) == kind


@pytest.mark.parametrize(
    "name", ["Calculator  Used", "x" * 59 + " yz", "_private_", "E-Book Download", "identified", "Ünïcode"]
)
def test_the_kind_of_a_kind_is_itself(name):
    assert kind_of(kind_of(name)) == kind_of(name)


# The guide's own lists: what makes an MQL, and what of it is "ready to buy".
HAND_RAISES = {"demo_requested", "quote_requested", "sales_contact_requested", "trial_converted", "meeting_booked"}
ENGAGEMENTS = HAND_RAISES | {
    "content_downloaded", "ebook_downloaded", "newsletter_subscribed", "social_interaction", "webinar_registered",
    "webinar_attended", "ad_clicked", "call_received", "chat_engaged", "event_form_submitted", "trial_started",
}  # fmt: skip


def test_what_is_voluntary_and_what_raises_a_hand_is_what_the_guide_says():
    kinds = [kind.key for kind in CATALOG]

    assert {kind for kind in kinds if is_voluntary(kind, {})} == ENGAGEMENTS
    assert {kind for kind in kinds if is_hand_raise(kind)} == HAND_RAISES
    assert not is_voluntary("calculator_used", {"phone": "+38511234567", "email": "ana@tvrtka.hr"})


@pytest.mark.parametrize(
    ("fields", "is_engagement"),
    [
        ({"phone": "+38511234567", "email": "ana@tvrtka.hr"}, True),
        ({"mobile": 38511234567, "work_email": "ana@tvrtka.hr"}, True),
        ({"phone": "+38511234567"}, False),
        ({"email": "ana@tvrtka.hr"}, False),
        ({"phone": "  ", "email": "ana@tvrtka.hr"}, False),
        ({"phone": None, "email": "ana@tvrtka.hr"}, False),
        ({}, False),
    ],
)
def test_a_form_is_an_engagement_where_it_carries_phone_and_email(fields, is_engagement):
    assert is_voluntary("form_submitted", fields) is is_engagement


@pytest.mark.parametrize("kind", [kind.key for kind in CATALOG if kind.is_bookkeeping])
def test_no_name_is_one_of_our_own_kinds(kind):
    assert kind_of(kind) == f"custom_{kind}"
    assert kind_of(kind.capitalize()) == f"custom_{kind}"


def test_a_custom_kind_keeps_its_name_and_counts_as_content():
    assert label_of("calculator_used", "Calculator used!") == "Calculator used!"
    assert label_of("calculator_used") == "Calculator used"
    assert channel_of("calculator_used") == "content"
