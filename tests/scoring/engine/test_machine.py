"""Machine activity by hand: what is held, and what releases it."""

import pytest

from tests.scoring.engine.make_facts import NOW, make_event, make_facts, make_rule, make_rule_set, score_of

A_POINT_A_CLICK = make_rule_set(make_rule("email_clicked", 1), make_rule("email_opened", 1))


def click(second, link="/a", message="m1", **fields):
    properties = {"link": link, "message": message}
    return make_event(
        "email_clicked", NOW + second, message_id=f"{message}{link}{second}", properties=properties, **fields
    )


def delivery(second, message="m1"):
    return make_event("email_sent", NOW + second, properties={"message": message})


def counted(*events, as_of=NOW + 1000):
    return score_of(A_POINT_A_CLICK, make_facts(*events), as_of).behaviour


def test_a_click_by_a_person_counts():
    assert counted(delivery(0), click(60), click(120, "/b")) == 2


@pytest.mark.parametrize("signal", ["bot_agent", "prefetch", "honeypot"])
def test_what_its_request_gives_away_is_held(signal):
    assert counted(click(60, signal=signal)) == 0


def test_within_ten_seconds_of_its_messages_delivery_a_click_is_held():
    assert counted(delivery(0), click(10)) == 0
    assert counted(delivery(0), click(11)) == 1
    assert counted(delivery(0, message="m2"), click(5)) == 1


def test_each_message_is_judged_by_its_own_delivery_and_links():
    burst = [click(60, "/a", "m2"), click(62, "/b", "m2"), click(65, "/c", "m2")]

    assert counted(delivery(0), click(5), *burst, delivery(90, "m3"), click(95, message="m3"), click(200)) == 1


def test_three_links_of_one_message_within_five_seconds_are_held():
    burst = [click(60, "/a"), click(62, "/b"), click(65, "/c")]

    assert counted(*burst) == 0
    assert counted(*burst[:2]) == 2
    assert counted(burst[0], burst[1], click(66, "/c")) == 3
    assert counted(click(60, "/a"), click(61, "/a"), click(62, "/a")) == 3  # one link, an impatient person
    assert counted(click(60, "/a"), click(61, "/b"), click(62, "/c", message="m2")) == 3


def test_a_message_that_is_shown_is_no_link_of_a_burst():
    shown = make_event("email_opened", NOW + 61, properties={"message": "m1"})

    assert counted(click(60, "/a"), shown, click(62, "/b")) == 3


def test_a_click_of_no_message_does_not_hide_a_burst_after_it():
    of_no_message = make_event("email_clicked", NOW + 50, properties={"link": "/z"})

    assert counted(of_no_message, click(60, "/a"), click(62, "/b"), click(65, "/c")) == 1


def test_links_opened_together_with_the_hidden_one_are_held():
    hidden = click(60, "/hidden", signal="honeypot")

    assert counted(hidden, click(61, "/a"), click(90, "/b")) == 1


def test_the_first_later_human_sign_releases_what_was_held_but_never_a_known_bot():
    burst = [click(60, "/a"), click(62, "/b"), click(65, "/c")]
    bot = click(70, "/d", signal="bot_agent")
    sign = make_event("form_submitted", NOW + 300)

    assert counted(*burst, bot, sign) == 3
    assert counted(*burst, bot, sign, as_of=NOW + 299) == 0
    assert counted(*burst, make_event("form_submitted", NOW + 50)) == 0
    assert counted(*burst, make_event("form_submitted", NOW + 300, signal="prefetch")) == 0


SIGNS = [
    "form_submitted", "event_form_submitted", "newsletter_subscribed", "demo_requested", "quote_requested",
    "sales_contact_requested", "chat_engaged", "call_received", "meeting_booked", "email_replied", "page_kept_open",
]  # fmt: skip
NO_SIGNS = [
    "page_viewed",
    "email_clicked",
    "email_opened",
    "ebook_downloaded",
    "email_sent",
    "call_made",
    "chat_answered",
]


@pytest.mark.parametrize("kind", SIGNS)
def test_a_form_a_conversation_a_call_a_meeting_a_reply_or_an_open_page_is_a_human_sign(kind):
    assert counted(click(60, signal="prefetch"), make_event(kind, NOW + 61)) == 1


@pytest.mark.parametrize("kind", NO_SIGNS)
def test_what_a_machine_could_do_as_well_or_what_we_did_is_no_human_sign(kind):
    ahead = make_event("ad_clicked", NOW + 60, signal="prefetch")

    assert (
        score_of(make_rule_set(make_rule("ad_clicked")), make_facts(ahead, make_event(kind, NOW + 61))).behaviour == 0
    )


def test_a_machine_is_known_by_what_happened_before_a_recycle_too():
    burst = [click(60, "/a"), click(62, "/b"), click(65, "/c")]
    recycled_between = make_facts(*burst, recycled_at=NOW + 63)
    delivered_before = make_facts(delivery(55), click(60), recycled_at=NOW + 58)

    assert score_of(A_POINT_A_CLICK, recycled_between, NOW + 1000).behaviour == 0
    assert score_of(A_POINT_A_CLICK, delivered_before, NOW + 1000).behaviour == 0


def test_a_held_engagement_is_worth_nothing():
    held = make_event("demo_requested", NOW, signal="prefetch", voluntary=True, hand_raise=True)

    assert score_of(make_rule_set(make_rule("demo_requested", 20)), make_facts(held)).behaviour == 0


def test_a_click_at_the_very_moment_of_delivery_is_held_and_one_before_it_is_not():
    assert counted(delivery(60), click(60)) == 0
    assert counted(delivery(60), click(59)) == 1


def test_only_the_clicks_of_the_burst_are_held():
    assert counted(click(10, "/z"), click(60, "/a"), click(62, "/b"), click(65, "/c"), click(90, "/d")) == 2


def test_a_link_is_known_by_its_address_where_it_has_no_name_and_else_is_one_of_its_own():
    def clicks(*urls):
        properties = [{"message": "m1", **({"url": url} if url else {})} for url in urls]
        return [make_event("email_clicked", NOW + second, properties=of) for second, of in enumerate(properties)]

    assert counted(*clicks("https://a.example", "https://a.example", "https://a.example")) == 3
    assert counted(*clicks("https://a.example", "https://b.example", "https://c.example")) == 0
    assert counted(*clicks(None, None, None)) == 0


def test_clicks_that_belong_to_no_message_are_no_burst():
    links = [make_event("email_clicked", NOW + second, properties={"link": f"/{second}"}) for second in range(3)]
    blank = [
        make_event("email_clicked", NOW + 60 + second, properties={"link": f"/{second}", "message": ""})
        for second in range(3)
    ]
    bare = [make_event("email_clicked", NOW + 120 + second) for second in range(3)]

    assert counted(*links, *blank, *bare) == 9


def test_a_message_shown_three_times_in_a_moment_is_no_burst_of_links():
    shown = [
        make_event("email_opened", NOW + second, properties={"message": "m1", "link": f"/{second}"})
        for second in range(3)
    ]

    assert counted(*shown) == 3


def test_five_seconds_beside_the_hidden_link_are_still_beside_it():
    hidden = click(60, "/hidden", signal="honeypot")

    assert counted(click(55, "/a"), hidden) == 0
    assert counted(hidden, click(65, "/a")) == 0
    assert counted(click(54, "/a"), hidden, click(66, "/b")) == 2


def test_what_comes_together_with_a_human_sign_stays_held():
    click_ahead, sign = click(300, signal="prefetch"), make_event("form_submitted", NOW + 300)

    assert counted(click_ahead, sign) == 0


def test_a_click_is_held_from_its_very_moment_on():
    assert counted(delivery(0), click(10), as_of=NOW + 10) == 0
