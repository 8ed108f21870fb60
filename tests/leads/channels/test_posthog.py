"""One event of a PostHog client, made into the tracking API's events."""

from datetime import UTC, datetime, timedelta

import pytest

from leads.channels.posthog.parse import parse_posthog
from tests.make import NOON


def parse(*batch, size=1000, **body):
    return parse_posthog({"batch": list(batch), **body}, size=size, now=NOON)


def read(**said):
    parsed = parse({"event": "Viewed", "distinct_id": "u1", "uuid": "m-1", **said})
    assert not parsed.rejected, parsed.rejected
    return parsed.events


def test_a_capture_of_a_server_is_a_track_of_a_user():
    (event,) = read(event="eBook Downloaded", properties={"asset": "Playbook", "$lib": "posthog-python"})

    assert (event.kind, event.name, event.message_id) == ("ebook_downloaded", "eBook Downloaded", "m-1")
    assert event.keys == (("user_id", "u1"),)
    assert event.properties == {"asset": "Playbook", "$lib": "posthog-python"}


def test_a_page_view_of_an_unknown_visitor_is_a_page_of_an_anonymous_id():
    (event,) = parse(
        {
            "event": "$pageview",
            "uuid": "m-1",
            "properties": {
                "distinct_id": "0192-made-up",
                "$device_id": "0192-made-up",
                "token": "wk_1",
                "title": "Pricing",
                "$current_url": "https://shop.example/pricing?utm_source=news&gclid=abc",
                "$pathname": "/pricing",
                "$referrer": "$direct",
            },
        }
    ).events

    assert (event.kind, event.name) == ("page_viewed", "Pricing")
    assert event.keys == (("anonymous_id", "0192-made-up"),)
    assert event.properties["path"] == "/pricing"
    assert (event.properties["utm_source"], event.properties["gclid"]) == ("news", "abc")
    assert not {"token", "distinct_id"} & event.properties.keys()


def test_an_identify_joins_the_made_up_id_to_the_person():
    (event,) = read(
        event="$identify",
        properties={"distinct_id": "u1", "$anon_distinct_id": "made-up", "$device_id": "made-up"},
        **{
            "$set": {"email": "ada@acme.example", "$browser": "Chrome"},
            "$set_once": {"plan": "pro", "email": "old@x.y"},
        },
    )

    assert event.kind == "identified"
    assert event.keys == (("user_id", "u1"), ("email", "ada@acme.example"), ("anonymous_id", "made-up"))
    assert event.properties == {"email": "ada@acme.example", "plan": "pro"}


@pytest.mark.parametrize(
    ("properties", "keys"),
    [
        ({"$device_id": "d1", "$is_identified": True}, (("user_id", "u1"), ("anonymous_id", "d1"))),
        ({"$device_id": "u1"}, (("anonymous_id", "u1"),)),
        ({"$is_identified": False}, (("anonymous_id", "u1"),)),
        ({"$process_person_profile": False}, (("anonymous_id", "u1"),)),
        ({}, (("user_id", "u1"),)),
    ],
)
def test_a_browser_tells_whether_it_knows_the_person(properties, keys):
    assert read(properties=properties)[0].keys == keys


def test_visitors_without_cookies_are_not_one_person():
    first, second = parse(
        {"event": "$pageview", "uuid": "m-1", "properties": {"distinct_id": "$posthog_cookieless"}},
        {"event": "$pageview", "uuid": "m-2", "properties": {"distinct_id": "$posthog_cookieless"}},
    ).events

    assert first.keys != second.keys


@pytest.mark.parametrize("mistake", ["anonymous", "guest", "undefined", "0", "NaN", " ", None, "[object Object]"])
def test_an_id_that_is_sent_by_mistake_is_none(mistake):
    parsed = parse({"event": "x", "distinct_id": mistake})

    assert parsed.rejected[0].reason == "An event needs a userId or an anonymousId."
    assert not parsed.events


def test_traits_on_any_event_are_kept_beside_it_and_stored_once():
    track, identify = read(event="signed up", properties={"$set": {"email": "ada@acme.example", "plan": "pro"}})

    assert (track.kind, track.message_id) == ("signed_up", "m-1")
    assert (identify.kind, identify.message_id) == ("identified", "m-1-set")
    assert identify.properties == {"email": "ada@acme.example", "plan": "pro"}


def test_the_company_that_an_event_names_is_said_once_however_many_events_name_it():
    _, first = read(uuid="m-1", properties={"$groups": {"company": "acme-1", "project": "p-9"}})
    _, second = read(uuid="m-2", properties={"$groups": {"company": "acme-1"}})

    assert (first.kind, first.properties) == ("grouped", {"group_id": "acme-1"})
    assert first.message_id == second.message_id


def test_a_group_told_by_a_server_is_nobodys_user():
    said = {"$group_type": "company", "$group_key": "acme-1", "$group_set": {"name": "Acme", "employees": 240}}
    (event,) = read(event="$groupidentify", distinct_id="$company_acme-1", properties=said)

    assert event.keys == (("anonymous_id", "$company_acme-1"),)
    assert event.properties == {"name": "Acme", "employees": 240, "group_id": "acme-1"}


def test_a_group_told_by_its_member_is_the_members():
    (event,) = read(event="$groupidentify", properties={"$group_type": "company", "$group_key": 7})

    assert (event.keys, event.properties) == ((("user_id", "u1"),), {"group_id": "7"})


def test_a_group_that_is_no_company_changes_none():
    (event,) = read(event="$groupidentify", properties={"$group_type": "playlist", "$group_key": "p"})

    assert event.kind == "website_measured"


def test_an_alias_gives_up_the_old_id():
    (event,) = read(event="$create_alias", properties={"distinct_id": "old", "alias": "new"})

    assert (event.kind, event.former_id, event.keys[0]) == ("aliased", "old", ("user_id", "new"))


@pytest.mark.parametrize(
    ("said", "body", "expected"),
    [
        ({"timestamp": "2026-06-17T09:00:00Z"}, {}, datetime(2026, 6, 17, 9, tzinfo=UTC)),
        # The client's clock is two hours fast.
        ({"timestamp": "2026-06-17T13:00:00Z"}, {"sent_at": "2026-06-17T14:00:00Z"}, NOON - timedelta(hours=1)),
        ({"offset": 5000}, {}, NOON - timedelta(seconds=5)),
        ({"offset": -5000}, {}, NOON),
        ({"offset": 1e300}, {}, NOON - timedelta(days=30)),
        ({"offset": "x"}, {}, NOON),
        ({}, {"sent_at": "never"}, NOON),
    ],
)
def test_the_time_is_the_clients_corrected_by_its_clock(said, body, expected):
    (event,) = parse({"event": "x", "distinct_id": "u1", **said}, **body).events

    assert event.occurred_at == expected


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (7, "An event must be an object, got a number."),
        ({"distinct_id": "u1"}, "An event needs its name in `event`, got null."),
        ({"event": "x", "distinct_id": "u1", "properties": []}, "properties must be an object, got a list."),
        ({"event": "x", "distinct_id": ["u1"]}, "userId must be a string or a number, got a list."),
        ({"event": "$identify", "distinct_id": "u1", "uuid": "x" * 101}, "messageId must have at most 100 characters"),
        ({"event": "x", "distinct_id": "u1", "properties": {"a": "x" * 33_000}}, "An event must have at most 32,768"),
        ({"event": "$create_alias", "distinct_id": "u1"}, "alias needs both `previousId` and `userId`."),
    ],
)
def test_what_cannot_be_read_is_rejected_alone(said, words):
    parsed = parse(said, {"event": "x", "distinct_id": "u2"}, size=40_000)

    assert parsed.rejected[0].reason.startswith(words)
    assert len(parsed.events) == 1


@pytest.mark.parametrize("measure", ["$web_vitals", "$feature_flag_called", "$$heatmap", "$exception"])
def test_what_a_website_measures_of_itself_is_not_the_visitors_doing(measure):
    assert read(event=measure)[0].kind == "website_measured"
