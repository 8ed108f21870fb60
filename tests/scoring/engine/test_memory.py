"""What is remembered of leads: the latest activity, engagement and hand-raise of their own."""

import pytest

from scoring.engine.memory import NOTHING
from scoring.engine.score import compile_rule_set, score_leads
from tests.scoring.engine.make_facts import NOW, days_ago, make_event, make_facts, make_rule_set


def remembered(*events, recycled_at=None, as_of=NOW) -> list[str | None]:
    """Return the kinds of the latest activity, engagement and hand-raise of one lead."""
    scores = score_leads(compile_rule_set(make_rule_set()), [make_facts(*events, recycled_at=recycled_at)], as_of)
    kinds, memory = scores.batch.events, scores.memory
    positions = [memory.activity[0], memory.engagement[0], memory.hand_raise[0]]
    return [None if position == NOTHING else kinds.kinds[kinds.kind[position]] for position in positions]


VISIT = make_event("page_viewed", days_ago(1))
DOWNLOAD = make_event("ebook_downloaded", days_ago(2), voluntary=True)
DEMO = make_event("demo_requested", days_ago(3), voluntary=True, hand_raise=True)


def test_the_latest_of_each_is_remembered():
    assert remembered(DEMO, VISIT, DOWNLOAD) == ["page_viewed", "ebook_downloaded", "demo_requested"]
    assert remembered(DEMO) == ["demo_requested"] * 3
    assert remembered(VISIT) == ["page_viewed", None, None]
    assert remembered() == [None] * 3


def test_each_lead_has_its_own_memory():
    rules = compile_rule_set(make_rule_set())
    memory = score_leads(rules, [make_facts(DEMO), make_facts(), make_facts(VISIT, DOWNLOAD)], NOW).memory

    # By lead and time the events stand as demo, download, visit.
    assert memory.activity.tolist() == [0, NOTHING, 2]
    assert memory.engagement.tolist() == [0, NOTHING, 1]
    assert memory.hand_raise.tolist() == [0, NOTHING, NOTHING]


@pytest.mark.parametrize(
    "event",
    [
        make_event("demo_requested", days_ago(1), signal="prefetch", voluntary=True, hand_raise=True),
        make_event("demo_requested", NOW + 1, voluntary=True, hand_raise=True),
        make_event("demo_requested", days_ago(9), voluntary=True, hand_raise=True),
        make_event("call_made", days_ago(1), voluntary=True, hand_raise=True),
        make_event("trial_ending", days_ago(1), voluntary=True, hand_raise=True),
    ],
    ids=["held", "ahead", "before the recycle", "ours", "not the lead's doing"],
)
def test_what_does_not_count_leaves_no_memory_of_any_kind(event):
    assert remembered(event, recycled_at=days_ago(8)) == [None] * 3
