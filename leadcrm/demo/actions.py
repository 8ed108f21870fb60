"""The things a visitor does, one function each, and how likely each is in a phase of the journey."""

from collections.abc import Callable, Mapping

from leadcrm.demo import content
from leadcrm.demo.story import Story

Action = Callable[[Story], None]


def view_page(story: Story, path: str, campaign: tuple[str, str, str] | None = None) -> None:
    """Look at a page of the website."""
    utm = dict(zip(("utm_source", "utm_medium", "utm_campaign"), campaign, strict=True)) if campaign else {}
    story.add("page_viewed", {"path": path, "url": content.page_url(path, campaign), **utm})
    if story.rng.random() < 0.1:
        story.add("page_kept_open", path=path, seconds=10)


def click_ad(story: Story) -> None:
    """Come by an advertisement."""
    campaign = story.rng.choice(content.CAMPAIGNS["ad"])
    if story.rng.random() < 0.3:
        source, medium, name = campaign
        story.add(
            "ad_clicked", network=source, campaign=name, keyword=story.rng.choice(content.KEYWORDS),
            utm_source=source, utm_medium=medium, utm_campaign=name,
        )  # fmt: skip
    view_page(story, story.rng.choice(content.PRODUCTS), campaign)


def react_on_social(story: Story) -> None:
    """Like or comment on a post."""
    network, post = story.rng.choice(content.NETWORKS), story.rng.choice(content.POSTS)
    story.add("social_interaction", network=network, action=story.rng.choice(("like", "comment")), post=post)


def subscribe(story: Story) -> None:
    """Ask for the newsletter."""
    story.add("newsletter_subscribed", identifies=True, list="Grounds", email=story.person.email)


def download_ebook(story: Story) -> None:
    """Give an address for an eBook."""
    story.add("ebook_downloaded", identifies=True, title=story.rng.choice(content.EBOOKS), email=story.person.email)


def download_content(story: Story) -> None:
    """Give an address for a data sheet or a list."""
    story.add("content_downloaded", identifies=True, title=story.rng.choice(content.CONTENT))


def send_short_form(story: Story) -> None:
    """Send a form that asks for the e-mail address alone."""
    if story.rng.random() < 0.06:
        story.add("form_failed", form="Price alert", field="email", reason="The address has no @.")
    story.add("form_submitted", identifies=True, form="Price alert", email=story.person.email)


def send_contact_form(story: Story) -> None:
    """Send the form with phone and e-mail."""
    phone = story.person.phone
    known = {"phone": phone} if phone else {}
    story.add("form_submitted", known, identifies=True, form="Contact", email=story.person.email)


def register_for_webinar(story: Story) -> None:
    """Sign up for a webinar, and mostly come."""
    webinar = story.rng.choice(content.WEBINARS)
    story.add("webinar_registered", identifies=True, webinar=webinar)
    if story.rng.random() < 0.5 + 0.1 * story.intent:
        story.add_later(story.rng.uniform(2, 9), "webinar_attended", webinar=webinar, minutes=story.rng.randint(12, 55))


def chat(story: Story) -> None:
    """Chat with somebody on the website."""
    knows = story.rng.random() < 0.6
    topic = story.rng.choice(content.CHAT_TOPICS)
    story.add("chat_engaged", identifies=knows, minutes=story.rng.randint(1, 9), topic=topic)
    if story.rng.random() < 0.5:
        story.add("chat_answered", by="Ida Solberg")
        story.add("chat_ended")


def leave_card(story: Story) -> None:
    """Leave a card at a fair."""
    stand = f"{story.rng.choice('ABC')}{story.rng.randint(2, 28)}"
    story.add("event_form_submitted", identifies=True, event=story.rng.choice(content.FAIRS), stand=stand)


def visit_store(story: Story) -> None:
    """Come to a showroom, where the host writes the visitor down."""
    tried = story.rng.sample(content.MODELS, story.rng.randint(1, 2))
    story.add("store_visited", identifies=True, store=story.rng.choice(content.SHOWROOMS), tried=tried)
    if story.rng.random() < 0.3:
        story.add("link_followed", link="showroom", title="Poster in the showroom")


def call_us(story: Story) -> None:
    """Call; who takes the call writes the caller down."""
    topic = story.rng.choice(content.CALL_TOPICS)
    story.add("call_received", identifies=True, minutes=story.rng.randint(1, 16), topic=topic)
    if story.rng.random() < 0.15:
        story.add("call_missed", direction="in", outcome="no_answer")


def look_at_prices(story: Story) -> None:
    """Look at the prices, once or more."""
    for _ in range(story.rng.choices((1, 2, 3, 4), (50, 30, 14, 6))[0]):
        view_page(story, content.PRICING)


def configure_machine(story: Story) -> None:
    """Put a machine together on the website: a kind of event that the catalog does not know."""
    story.add("machine_configured", model=story.rng.choice(content.MODELS), cups_a_day=story.rng.randrange(20, 400, 10))


def request_demo(story: Story) -> None:
    """Ask for a demo."""
    story.add("demo_requested", identifies=True, model=story.rng.choice(content.MODELS), email=story.person.email)


def request_quote(story: Story) -> None:
    """Ask for a quote."""
    machines = story.rng.choices((1, 2, 3, 6), (55, 25, 14, 6))[0]
    story.add("quote_requested", identifies=True, model=story.rng.choice(content.MODELS), machines=machines)


def request_sales(story: Story) -> None:
    """Ask for a call from sales."""
    story.add("sales_contact_requested", identifies=True, topic=story.rng.choice(content.CALL_TOPICS))


def book_meeting(story: Story) -> None:
    """Book a meeting; one in ten is moved, one called off, one missed."""
    place = f"{story.rng.choice(content.SHOWROOMS)} showroom"
    story.add("meeting_booked", identifies=True, place=place)
    # By a digit of its time, so that no draw of chance changes what comes after.
    turn = int(story.age * 1000) % 10
    if turn < 3:
        story.add_later(1, ("meeting_rescheduled", "meeting_cancelled", "meeting_missed")[turn], place=place)


def start_trial(story: Story) -> None:
    """Take a machine for two weeks, and perhaps keep it."""
    model = story.rng.choice(content.MODELS)
    story.add("trial_started", identifies=True, model=model, days=14)
    story.add("signed_up", plan="trial")
    story.add("account_created", plan="trial")
    _use_account(story)
    story.add_later(11, "trial_ending", model=model)
    story.add_later(14, "trial_ended", model=model)
    if story.rng.random() < 0.16 + 0.12 * story.intent:
        story.add_later(14.02, "trial_converted", model=model)
    elif story.rng.random() < 0.1:
        story.add_later(16, "account_deleted")


def _use_account(story: Story) -> None:
    for day in range(1, story.rng.randint(1, 5)):
        story.add_later(day, "signed_in")
        if story.rng.random() < 0.4:
            story.add_later(day + 0.04, "signed_out")
    if story.rng.random() < 0.2:
        story.add_later(3, "colleague_invited", role="Office manager")
        if story.rng.random() < 0.3:
            story.add_later(6, "colleague_removed", role="Office manager")


def shop(story: Story) -> None:
    """Look around the shop for beans and parts, and rarely get as far as paying."""
    product = story.rng.choice(content.PRODUCTS_SOLD)
    if story.rng.random() < 0.1:
        story.add("website_measured", measure="largest contentful paint", milliseconds=story.rng.randint(400, 3000))
    story.add("cart_changed", product=product, quantity=story.rng.randint(1, 6))
    for kind, chance in (("product_shared", 0.1), ("coupon_used", 0.15), ("checkout_started", 0.3)):
        if story.rng.random() < chance:
            story.add(kind, product=product)


# What those do who are about to ask, and how those ask.
BEFORE_ASKING: tuple[Action, ...] = (
    download_ebook, register_for_webinar, chat, call_us, visit_store, leave_card, send_contact_form, start_trial,
)  # fmt: skip
HAND_RAISES: tuple[Action, ...] = (request_demo, request_quote, request_sales, book_meeting)

# How a lead first came, by the channel that gets the credit; how many of a hundred come so.
ENTRIES: Mapping[str, tuple[float, Action]] = {
    "ad": (31, click_ad),
    "form": (24, send_short_form),
    "ebook": (12, download_ebook),
    "webinar": (8, register_for_webinar),
    "newsletter": (8, subscribe),
    "event": (6, leave_card),
    "social": (4, react_on_social),
    "store": (3, visit_store),
    "chat": (2, chat),
    "call": (2, call_us),
}

# What is done on a visit, with weights, from just looking to ready to buy.
PHASES: tuple[tuple[tuple[Action, ...], tuple[float, ...]], ...] = (
    (
        (send_short_form, download_content, subscribe, download_ebook, react_on_social),
        (7, 0.6, 0.7, 0.7, 0.3),
    ),
    (
        (look_at_prices, configure_machine, shop, download_ebook, register_for_webinar, chat, send_contact_form,
         visit_store, leave_card, call_us, send_short_form),
        (5, 2, 0.8, 1.6, 1.6, 1.2, 1.2, 0.9, 0.7, 0.7, 2),
    ),
    (
        (look_at_prices, start_trial, call_us, visit_store, request_demo, request_quote, request_sales, book_meeting),
        (3, 2.2, 1.0, 0.7, 1.6, 1.2, 0.7, 0.6),
    ),
)  # fmt: skip
