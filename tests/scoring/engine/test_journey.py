"""Journeys by hand: steps in order, each by another event, inside a window."""

from datetime import UTC, datetime

import pytest

from tests.scoring.engine.make_facts import DAY, NOW, days_ago, make_event, make_facts, make_rule_set, score_of

GUIDE = {"name": "Guide", "kind": "ebook_downloaded"}
PRICING = {
    "name": "Pricing",
    "kind": "page_viewed",
    "conditions": [{"field": "properties.path", "op": "starts_with", "value": "/pricing"}],
}
DEMO = {"name": "Demo", "kind": "demo_requested"}


def progress(*events, steps=(GUIDE, PRICING, DEMO), window=30, as_of=NOW, recycled_at=None):
    rule_set = make_rule_set(journeys=[{"name": "Evaluate", "window_days": window, "steps": list(steps)}])
    [journey] = score_of(rule_set, make_facts(*events, recycled_at=recycled_at), as_of).journeys
    return journey


def guide(when):
    return make_event("ebook_downloaded", when)


def pricing(when, **fields):
    return make_event("page_viewed", when, properties={"path": "/pricing/plans"}, **fields)


def demo(when):
    return make_event("demo_requested", when)


def test_steps_in_order_inside_the_window_complete_a_journey():
    done = progress(guide(days_ago(20)), pricing(days_ago(10)), demo(days_ago(1)))

    assert (done.name, done.progress, done.steps, done.complete) == ("Evaluate", 3, 3, True)
    assert done.reached_at == (days_ago(20), days_ago(10), days_ago(1))


def test_a_journey_that_is_on_its_way_is_not_complete():
    begun = progress(guide(days_ago(20)), pricing(days_ago(10)))

    assert (begun.progress, begun.complete, begun.reached_at) == (2, False, (days_ago(20), days_ago(10)))


def test_an_event_that_does_not_meet_the_conditions_of_a_step_is_none():
    blog = make_event("page_viewed", days_ago(10), properties={"path": "/blog"})

    assert progress(guide(days_ago(20)), blog, demo(days_ago(1))).progress == 1


def test_whatever_happens_between_the_steps_makes_no_difference():
    other = [make_event("page_viewed", days_ago(day), properties={"path": "/blog"}) for day in range(1, 20)]

    assert progress(guide(days_ago(20)), *other, pricing(days_ago(10)), demo(days_ago(1))).complete


def test_steps_out_of_order_do_not_count():
    assert progress(demo(days_ago(20)), pricing(days_ago(10)), guide(days_ago(1))).progress == 1


def test_of_several_ways_the_one_that_began_last_is_kept():
    at = [datetime(2026, 6, day, 12, tzinfo=UTC).timestamp() for day in (1, 20, 25)]
    events = [guide(at[0]), guide(at[1]), pricing(at[2])]

    seen = progress(*events, as_of=at[1] + 30 * DAY)
    later = progress(*events, as_of=at[1] + 30 * DAY + 1)

    assert (seen.progress, seen.reached_at) == (2, (at[1], at[2]))
    assert later.progress == 0


def test_a_journey_that_takes_longer_than_its_window_is_not_completed():
    assert not progress(guide(days_ago(31)), pricing(days_ago(20)), demo(NOW)).complete
    assert progress(guide(days_ago(30)), pricing(days_ago(20)), demo(NOW)).complete


def test_a_completed_journey_stays_completed_until_a_recycle():
    events = [guide(days_ago(300)), pricing(days_ago(290)), demo(days_ago(280))]

    assert progress(*events).complete
    assert progress(*events, recycled_at=days_ago(285)).progress == 0


def test_one_event_is_one_step():
    twice = [{"name": "First look", "kind": "page_viewed"}, {"name": "Second look", "kind": "page_viewed"}]

    assert progress(pricing(NOW), steps=twice).progress == 1
    assert progress(pricing(NOW), pricing(NOW, message_id="other"), steps=twice).complete


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_events_at_one_moment_count_as_ordered_whatever_order_they_came_in(order):
    events = [guide(NOW), pricing(NOW), demo(NOW)]

    assert progress(*[events[number] for number in order]).complete


def test_of_events_at_one_moment_each_takes_the_step_that_leaves_room_for_the_others():
    # The pricing page could be either look, the blog only the first: both together are two steps.
    looks = [{"name": "A page", "kind": "page_viewed"}, PRICING]
    blog = make_event("page_viewed", NOW, message_id="blog", properties={"path": "/blog"})

    assert progress(pricing(NOW), blog, steps=looks).complete


def test_of_events_at_one_moment_none_takes_two_steps_though_another_takes_a_later_one():
    looks = [{"name": "A page", "kind": "page_viewed"}, PRICING, GUIDE, DEMO]

    assert progress(pricing(NOW), demo(NOW), steps=looks).progress == 1


def test_held_events_and_what_lies_ahead_are_no_steps():
    assert progress(make_event("ebook_downloaded", NOW, signal="bot_agent")).progress == 0
    assert progress(guide(NOW + 1)).progress == 0


def test_of_events_at_one_moment_each_is_another_step():
    now, before = days_ago(1), days_ago(2)

    assert progress(guide(now), guide(now), pricing(now)).progress == 2
    assert progress(guide(before), pricing(now), make_event("signed_in", now)).progress == 2
    assert progress(guide(before), demo(now), demo(now)).progress == 1
    assert progress(guide(before), demo(now), guide(now)).progress == 1
    assert progress(guide(before), pricing(now), pricing(now)).progress == 2
    assert progress(guide(before), pricing(now), demo(now)).complete


def test_the_longest_way_counts_even_if_a_shorter_one_began_later():
    seen = progress(guide(days_ago(9)), pricing(days_ago(8)), guide(days_ago(7)))

    assert (seen.progress, seen.reached_at) == (2, (days_ago(9), days_ago(8)))


def test_a_step_that_is_taken_again_was_reached_the_first_time():
    seen = progress(guide(days_ago(9)), pricing(days_ago(8)), pricing(days_ago(7)))

    assert seen.reached_at == (days_ago(9), days_ago(8))


def test_who_has_not_begun_has_reached_nothing():
    assert progress(demo(days_ago(9))).reached_at == ()
