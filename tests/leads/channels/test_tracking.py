"""One message of the tracking API, made into an event."""

from datetime import UTC, datetime, timedelta

import pytest

from leads.channels.tracking.parse import parse
from tests.make import NOON

SMALL = 1000


def read(message, call="track", *, size=SMALL, **options):
    parsed = parse(message, call, size=size, now=NOON, **options)
    assert not parsed.rejected, parsed.rejected
    return parsed.events[0]


def reason(message, call="track", **options):
    parsed = parse(message, call, size=options.pop("size", SMALL), now=NOON, **options)
    assert not parsed.events
    return parsed.rejected[0].reason


def track(**fields):
    return {"userId": "u1", "event": "Viewed", **fields}


@pytest.mark.parametrize("name", ["eBook Downloaded", "ebook_downloaded", "E-Book Download"])
def test_names_map_to_the_catalog_and_are_kept_as_sent(name):
    event = read(track(event=name))

    assert (event.kind, event.name, event.channel) == ("ebook_downloaded", name, "ebook")


def test_an_unknown_name_is_a_kind_of_its_own():
    event = read(track(event="Pricing Calculator: Used!"))

    assert (event.kind, event.name) == ("pricing_calculator_used", "Pricing Calculator: Used!")


def test_no_name_that_a_client_sends_is_one_of_our_own_kinds():
    assert read(track(event="Identified")).kind == "custom_identified"


@pytest.mark.parametrize("message", [{"name": "Pricing"}, {"properties": {"title": "Pricing"}}])
@pytest.mark.parametrize("call", ["page", "screen"])
def test_pages_and_screens_are_views(call, message):
    event = read({"anonymousId": "a1", **message}, call)

    assert (event.kind, event.name) == ("page_viewed", "Pricing")


@pytest.mark.parametrize(
    ("properties", "page", "path"),
    [
        ({"path": "/own"}, {"path": "/other"}, "/own"),
        ({"url": "https://x.example/pricing?plan=1#top"}, {"path": "/other"}, "/pricing"),
        ({"url": "https://x.example"}, {}, "/"),
        ({}, {"path": "/blog"}, "/blog"),
        ({}, {"url": "https://x.example/lease"}, "/lease"),
        ({}, {}, None),
        ({"url": "http://[::1"}, "no object", None),
        ({"path": 7}, {"path": 7}, 7),
    ],
)
def test_the_path_is_filled_in(properties, page, path):
    event = read({"userId": "u1", "properties": properties, "context": {"page": page}}, "page")

    assert event.properties.get("path") == path


def test_identifiers_stand_strongest_first():
    event = read(
        {"userId": 77, "anonymousId": "a1", "traits": {"email": " Ada@Acme.Example ", "phone": "+1 500 555 0006"}},
        "identify",
    )

    assert event.keys == (
        ("user_id", "77"),
        ("email", "ada@acme.example"),
        ("phone", "+15005550006"),
        ("anonymous_id", "a1"),
    )


def test_traits_in_the_context_identify_too():
    event = read(track(context={"traits": {"email": "ada@acme.example"}}))

    assert event.keys == (("user_id", "u1"), ("email", "ada@acme.example"))


def test_an_identify_that_says_its_traits_in_the_context_alone_is_understood():
    event = read({"userId": "u1", "context": {"traits": {"email": "ada@acme.example", "plan": "pro"}}}, "identify")

    assert event.properties == {"email": "ada@acme.example", "plan": "pro"}
    assert event.keys == (("user_id", "u1"), ("email", "ada@acme.example"))
    assert read({"userId": "u1", "context": {"traits": 7}}, "identify").properties == {}


def test_traits_that_come_with_every_call_do_not_hide_what_a_form_says():
    form = {"anonymousId": "a1", "event": "Form Submitted", "properties": {"email": "ada@acme.example"}}

    with_plan = read({**form, "context": {"traits": {"plan": "x"}}})
    with_phone = read({**form, "context": {"traits": {"phone": "+15005550006"}}})

    assert with_plan.keys == (("email", "ada@acme.example"), ("anonymous_id", "a1"))
    assert with_phone.keys == (("email", "ada@acme.example"), ("phone", "+15005550006"), ("anonymous_id", "a1"))


def test_a_form_identifies_who_sent_it():
    event = read({"anonymousId": "a1", "event": "Form Submitted", "properties": {"email": "ada@acme.example"}})

    assert event.keys == (("email", "ada@acme.example"), ("anonymous_id", "a1"))


def test_an_address_in_any_other_event_may_be_anybodys():
    event = read({"anonymousId": "a1", "event": "Invite Sent", "properties": {"email": "ada@acme.example"}})

    assert event.keys == (("anonymous_id", "a1"),)


@pytest.mark.parametrize("broken", ["null", "undefined", "", "  ", "[object Object]", None])
def test_what_broken_clients_send_for_no_id_is_none(broken):
    assert read(track(userId=broken, anonymousId="a1")).keys == (("anonymous_id", "a1"),)


def test_an_alias_names_the_id_that_it_gives_up():
    event = read({"userId": "u1", "previousId": "a1"}, "alias")

    assert event.keys == (("user_id", "u1"), ("anonymous_id", "a1"))
    assert event.former_id == "a1"
    assert event.properties == {"previous_id": "a1", "user_id": "u1"}


def test_a_group_keeps_its_id_and_traits():
    event = read({"userId": "u1", "groupId": 5, "traits": {"name": "Acme"}}, "group")

    assert (event.kind, event.properties) == ("grouped", {"name": "Acme", "group_id": "5"})


def test_a_message_without_an_id_gets_one_of_its_own():
    assert read(track()).message_id != read(track()).message_id


NINE = datetime(2026, 6, 17, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("message", "options", "expected"),
    [
        ({}, {}, NOON),
        ({"timestamp": "2026-06-17T09:00:00Z"}, {}, NINE),
        ({"timestamp": "2026-06-17T09:00:00"}, {}, NINE),
        ({"timestamp": "2026-06-17T11:00:00+02:00"}, {}, NINE),
        ({"originalTimestamp": "2026-06-17T09:00:00Z", "timestamp": "2026-06-17T10:00:00Z"}, {}, NINE),
        # The client's clock is two hours fast: sent at 14:00 by its clock, at 12:00 by ours.
        ({"timestamp": "2026-06-17T11:00:00Z", "sentAt": "2026-06-17T14:00:00Z"}, {}, NINE),
        ({"timestamp": "2026-06-17T11:00:00Z"}, {"sent_at": "2026-06-17T14:00:00Z"}, NINE),
        ({"timestamp": "2026-06-17T09:00:00Z", "sentAt": "never"}, {}, NINE),
        ({"timestamp": "2026-06-17T13:00:00Z"}, {}, NOON),
        ({"timestamp": "2026-06-17T12:30:00Z", "sentAt": "2026-06-17T12:00:00Z"}, {}, NOON),
        ({"timestamp": "9999-12-31T23:59:59Z"}, {}, NOON),
    ],
)
def test_the_time_is_corrected_by_the_clients_clock(message, options, expected):
    assert read(track(**message), **options).occurred_at == expected


def test_a_batch_says_when_it_was_sent_for_all_its_events():
    body = {
        "batch": [{"type": "track", **track(timestamp="2026-06-17T11:00:00Z")}],
        "sentAt": "2026-06-17T14:00:00Z",
    }

    assert read(body, "batch").occurred_at == NOON - timedelta(hours=3)


def test_a_batch_says_for_all_its_events_where_they_come_from():
    body = {
        "batch": [
            {"type": "page", "userId": "u1"},
            {"type": "page", "userId": "u1", "context": {"page": {"path": "/b"}}},
        ],
        "context": {"page": {"path": "/a"}},
    }

    events = parse(body, "batch", size=SMALL, now=NOON).events

    assert [event.properties["path"] for event in events] == ["/a", "/b"]


BOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"


@pytest.mark.parametrize(
    ("context", "agent", "signal"),
    [
        ({"userAgent": BOT}, "", "bot_agent"),
        ({}, BOT, "bot_agent"),
        ({"userAgent": BROWSER}, BOT, ""),
        ({"userAgent": BROWSER}, "", ""),
        ({"userAgent": 7}, "", ""),
        ({}, "", ""),
    ],
)
def test_a_known_bot_is_told_by_its_agent(context, agent, signal):
    assert read(track(context=context), agent=agent).signal == signal


@pytest.mark.parametrize(
    ("message", "call", "words"),
    [
        ({"event": "x"}, "track", "An event needs a userId or an anonymousId."),
        ({"userId": "u1"}, "track", "track needs the event's name in `event`, got null."),
        (track(event=["x"]), "track", "track needs the event's name in `event`, got a list."),
        (track(userId={}), "track", "userId must be a string or a number, got an object."),
        (track(userId=True), "track", "userId must be a string or a number, got a boolean."),
        (track(anonymousId="x" * 400), "track", "anonymousId must have at most 300 characters, got 400."),
        (track(messageId="x" * 101), "track", "messageId must have at most 100 characters, got 101."),
        (track(messageId=[]), "track", "messageId must be a string, got a list."),
        (track(properties=[]), "track", "properties must be an object, got a list."),
        ({"userId": "u1", "traits": "x"}, "identify", "traits must be an object, got a string."),
        ({"userId": "u1"}, "group", "group needs the group's id in `groupId`."),
        ({"userId": "u1"}, "alias", "alias needs both `previousId` and `userId`."),
        ({"previousId": "u1"}, "alias", "alias needs both `previousId` and `userId`."),
        (track(timestamp="yesterday"), "track", "timestamp must be an ISO 8601 time, got 'yesterday'."),
        (track(timestamp=1_750_000_000), "track", "timestamp must be an ISO 8601 time, got '1750000000'."),
        (track(timestamp="0001-01-01"), "track", "timestamp must not be before 1970, got '0001-01-01'."),
        (track(properties={"a": "x" * 33_000}), "track", "An event must have at most 32,768 bytes, got 33,0"),
    ],
)
def test_what_cannot_be_read_is_rejected_with_its_reason(message, call, words):
    assert reason(message, call, size=40_000).startswith(words)


def test_what_is_nested_too_deep_is_rejected():
    inside = {}
    for _ in range(30):
        inside = {"a": [inside]}

    assert reason(track(properties=inside)) == "properties and traits may be nested 20 levels deep."
