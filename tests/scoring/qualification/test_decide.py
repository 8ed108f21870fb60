"""Decisions by hand. The usual policy: MQL at 40, SQL at 70, margin 10, memory 90 days."""

from datetime import UTC, datetime

import pytest

from scoring.engine.facts import DAY
from scoring.qualification.decide import Decision
from tests.scoring.engine.make_facts import NOW, days_ago, make_event, make_rule_set
from tests.scoring.qualification.decided import (
    BY_SCORE,
    CLERK,
    VISIT,
    decide_under,
    decided,
    demo,
    download,
)


def test_any_event_of_its_own_makes_a_new_lead_engaged():
    assert decided("new", 0, VISIT).path == ("engaged",)
    assert decided("new", 0, VISIT).reason == "First sign of interest: page viewed"


@pytest.mark.parametrize(
    "kind",
    [
        "call_made", "chat_answered", "data_requested", "email_bounced", "email_sent", "erasure_requested",
        "message_ignored", "page_kept_open", "trial_ended", "trial_ending", "website_measured",
    ],
)  # fmt: skip
def test_what_the_lead_did_not_do_engages_nobody(kind):
    assert decided("new", 0, make_event(kind)).path == ()


@pytest.mark.parametrize(
    "event",
    [make_event(signal="bot_agent"), demo(signal="prefetch"), download(signal="honeypot"), make_event(when=NOW + 1)],
)
def test_what_a_machine_did_or_what_is_still_to_come_engages_nobody(event):
    assert decided("new", 0, event).path == ()


@pytest.mark.parametrize(
    ("score", "path"),
    [
        (39.999996, ("engaged",)),
        (39.9999996, ("engaged", "mql")),
        (40, ("engaged", "mql")),
        (69.9, ("engaged", "mql")),
        (70, ("engaged", "mql", "sql")),
    ],
)
def test_a_rise_by_score_passes_every_stage_in_order(score, path):
    assert decided("new", score, VISIT, policy=BY_SCORE).path == path


def test_a_voluntary_engagement_makes_an_mql_and_a_hand_raise_an_sql():
    by_download, by_demo = decided("engaged", 5, download()), decided("new", 5, demo())

    assert (by_download.path, by_download.reason) == (("mql",), "Ebook downloaded: an engagement makes an MQL")
    assert (by_demo.path, by_demo.reason) == (
        ("engaged", "mql", "sql"),
        "Demo requested: asking for sales makes an SQL",
    )


def test_a_threshold_less_the_margin_is_what_it_is_by_hand():
    # 0.8 - 0.1 is 0.7 and, to floats, 0.7000000000000001; 64.4 - 0.1 is 64.30000000000001.
    policy = {**BY_SCORE, "mql_threshold": 0.8, "sql_threshold": 64.4, "margin": 0.1}

    assert decided("mql", 0.7, VISIT, policy=policy).path == ()
    assert decided("mql", 0.6999994, VISIT, policy=policy).path == ("engaged",)
    assert decided("sql", 64.3, VISIT, policy=policy).path == ()
    assert decided("sql", 64.2999994, VISIT, policy=policy).path == ("mql",)


def test_a_millionth_of_a_point_counts():
    policy = {**BY_SCORE, "mql_threshold": 40.000004, "margin": 0}

    assert decided("mql", 40.000003, VISIT, policy=policy).path == ("engaged",)
    assert decided("mql", 40.000004, VISIT, policy=policy).path == ()


def test_a_policy_by_score_ignores_engagement_and_hand_raises():
    assert decided("engaged", 39, demo(), policy=BY_SCORE).path == ()


def test_engagement_counts_up_to_and_including_the_last_moment_of_the_memory():
    assert decided("engaged", 0, download(days_ago(90))).path == ("mql",)
    assert decided("engaged", 0, download(days_ago(90) - 1)).path == ()
    assert decided("engaged", 0, demo(days_ago(90))).path == ("mql", "sql")
    assert decided("engaged", 0, demo(days_ago(90) - 1)).path == ()


@pytest.mark.parametrize(
    ("stage", "score", "path"),
    [
        ("mql", 30, ()),
        ("mql", 29.99, ("engaged",)),
        ("sql", 60, ()),
        ("sql", 59.99, ("mql",)),
        ("sql", 30, ("mql",)),
        ("sql", 29.99, ("engaged",)),
    ],
)
def test_a_lead_falls_only_below_the_margin(stage, score, path):
    assert decided(stage, score, VISIT, policy=BY_SCORE).path == path


def test_engagement_and_hand_raise_in_memory_keep_a_lead_where_it_is():
    assert decided("mql", 0, download(days_ago(89))).path == ()
    assert decided("sql", 0, demo(days_ago(89))).path == ()
    assert decided("sql", 0, download(days_ago(89))).path == ("mql",)
    assert decided("sql", 0, demo(days_ago(91))).path == ("engaged",)


def test_the_first_scoring_under_a_new_version_takes_no_margin():
    held = decided("mql", 35, VISIT, policy=BY_SCORE)
    new = decided("mql", 35, VISIT, policy=BY_SCORE, decided_version=2)

    assert held.path == ()
    assert (new.path, new.reason) == (
        ("engaged",),
        "The score of 35.0 is below 40 (version 3 of the rules is new)",
    )


def test_a_lead_never_falls_back_to_new():
    assert decided("engaged", 0).path == ()
    assert decided("mql", 0).path == ("engaged",)


def test_direct_makes_every_mql_an_sql_and_leaves_by_the_conditions_of_mql():
    direct = BY_SCORE | {"direct": True}

    assert decided("engaged", 40, VISIT, policy=direct).path == ("mql", "sql")
    assert decided("engaged", 5, download(), policy={"direct": True}).path == ("mql", "sql")
    assert decided("sql", 30, VISIT, policy=direct).path == ()
    assert decided("sql", 29, VISIT, policy=direct).path == ("engaged",)


def test_engagement_keeps_a_direct_sql_that_no_longer_meets_its_gates():
    gated = {"direct": True, "require_persona": "any"}
    rule_set = make_rule_set(personas=[CLERK], policy=gated, version=3)

    assert decide_under(rule_set, "sql", 0, download()).path == ()
    assert decide_under(rule_set, "mql", 0, download()).path == ()


def test_a_hand_raise_keeps_a_direct_sql_whatever_its_score():
    policy = {"direct": True, "mql_on_engagement": False}

    assert decided("mql", 5, demo(), policy=policy).path == ("sql",)
    assert decided("sql", 5, demo(), policy=policy).path == ()


def test_a_recycled_lead_of_which_nobody_said_until_when_rests_thirty_days():
    # Recycled at noon on 10 July: it rests until 00:00 on 9 August.
    decision = decided("recycled", 90, download(), recycled_at=days_ago(5))

    assert decision == Decision((), "", datetime(2026, 8, 9, tzinfo=UTC).timestamp())


@pytest.mark.parametrize("stage", ["claimed", "customer", "sql"])
def test_scoring_moves_no_claimed_lead(stage):
    assert decided(stage, 0, VISIT, claimed=True) == Decision((), "", None)
    assert decided(stage, 0, demo(), claimed=True) == Decision((), "", None)


@pytest.mark.parametrize("stage", ["claimed", "customer"])
def test_stages_that_people_move_stay(stage):
    assert decided(stage, 0, demo()).path == ()
    assert decided(stage, 90, demo(), policy={"reopen_disqualified": True}).path == ()


MIDNIGHT = datetime(2026, 7, 20, tzinfo=UTC).timestamp()


def test_a_recycled_lead_rests_until_its_retry_date():
    decision = decided("recycled", 90, download(), recycled_at=days_ago(5), retry_on=MIDNIGHT)

    assert decision == Decision((), "", MIDNIGHT)


def test_a_rested_lead_moves_on_by_its_events_since_the_recycle():
    rested = {"recycled_at": days_ago(5), "retry_on": NOW}

    by_download = decided("recycled", 5, download(), **rested)

    assert by_download.path == ("engaged", "mql")
    assert by_download.reason == "Back after recycling: Ebook downloaded: an engagement makes an MQL"
    assert decided("recycled", 5, VISIT, **rested).path == ("engaged",)
    assert decided("recycled", 75, VISIT, **rested).path == ("engaged", "mql", "sql")


def test_a_rested_lead_without_events_since_the_recycle_stays_recycled():
    decision = decided("recycled", 90, demo(days_ago(5)), recycled_at=days_ago(5), retry_on=days_ago(1))

    assert decision == Decision((), "", None)


def test_a_hand_raise_since_the_recycle_ends_the_rest():
    decision = decided("recycled", 5, demo(), recycled_at=days_ago(5), retry_on=MIDNIGHT)

    assert decision.path == ("engaged", "mql", "sql")
    assert decision.reason == "Back after recycling: Demo requested: asking for sales makes an SQL"


def test_who_came_back_before_the_rest_was_over_is_looked_at_when_the_memory_ends():
    decision = decided("recycled", 5, demo(), recycled_at=days_ago(5), retry_on=MIDNIGHT)

    assert NOW + 90 * DAY < decision.next_moment < NOW + 90 * DAY + 0.001


def test_only_a_hand_raise_after_it_reopens_a_disqualification_and_only_if_the_policy_says_so():
    reopen = {"reopen_disqualified": True}
    before = days_ago(1)

    assert decided("disqualified", 90, demo(), disqualified_at=before).path == ()
    assert decided("disqualified", 90, download(), policy=reopen, disqualified_at=before) == Decision((), "", None)
    assert decided("disqualified", 90, demo(before), policy=reopen, disqualified_at=before).path == ()

    reopened = decided("disqualified", 5, demo(), policy=reopen, disqualified_at=before)

    assert reopened.path == ("engaged", "mql", "sql")
    assert reopened.reason == "Reopened: Demo requested: asking for sales makes an SQL"
    # Nobody knows when it was disqualified: any hand-raise comes after that.
    assert decided("disqualified", 5, demo(), policy=reopen).path == ("engaged", "mql", "sql")


def test_the_next_moment_is_when_the_first_memory_that_counts_ends():
    both = [download(days_ago(10)), demo(days_ago(20))]
    end_of_download, end_of_demo = NOW + 80 * DAY, NOW + 70 * DAY

    assert end_of_demo < decided("sql", 0, *both).next_moment < end_of_demo + 0.001
    only_mql = decided("mql", 0, *both, policy={"sql_on_hand_raise": False}).next_moment
    assert end_of_download < only_mql < end_of_download + 0.001
    assert decided("mql", 50, *both, policy=BY_SCORE).next_moment is None
    assert decided("engaged", 0, VISIT).next_moment is None
    assert decided("engaged", 0, VISIT, recycled_at=days_ago(5)).next_moment is None
