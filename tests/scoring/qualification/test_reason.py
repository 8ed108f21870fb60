"""The words in which a move is explained."""

from scoring.qualification.states import LeadState
from tests.scoring.engine.make_facts import days_ago, make_event, make_facts, make_rule_set
from tests.scoring.qualification.decided import BY_SCORE, CLERK, VISIT, decide_with, decided, demo, download


def test_the_reason_says_what_took_the_score_from_where_to_where():
    trial = make_event("trial_started")
    rising = decided("mql", 78, VISIT, trial, policy=BY_SCORE, fit=23.2, behaviour=40)
    by_fit = decided("mql", 78, trial, policy=BY_SCORE, fit=0, behaviour=78)
    by_rules = decided("mql", 78, trial, policy=BY_SCORE, fit=0, behaviour=63, decided_version=2)
    first = decided("mql", 78, trial, policy=BY_SCORE)

    by_nothing_new = decided("mql", 78, policy=BY_SCORE, fit=23.2, behaviour=40)

    assert by_nothing_new.reason == "Behaviour took the score from 63 to 78"
    assert rising.reason == "Trial started took the score from 63 to 78"
    assert by_fit.reason == "The score of 78 reached the threshold of 70"
    assert by_rules.reason == "Version 3 of the rules took the score from 63 to 78"
    assert first.reason == "The score of 78 reached the threshold of 70"


def test_a_rise_that_behaviour_has_no_part_in_is_told_as_fit():
    lead = LeadState("mql", decided_version=1, fit=10, behaviour=50)

    decision = decide_with(lead, make_rule_set(policy=BY_SCORE), make_facts(VISIT), fit=25, behaviour=50)

    assert decision.reason == "Fit took the score from 60 to 75"


def test_the_words_of_a_fall_name_the_bound_and_what_was_missing():
    from_sql = decided("sql", 59.99, VISIT, download())
    from_mql = decided("mql", 12.34, VISIT)
    from_sql_to_engaged = decided("sql", 12.34, VISIT)

    assert from_sql.reason == "The score of 59.9 is below 60 and there was no hand-raise in 90 days"
    assert from_mql.reason == "The score of 12.3 is below 30 and there was no engagement in 90 days"
    assert from_sql_to_engaged.reason == from_mql.reason


def test_of_events_at_the_same_moment_the_kind_later_by_name_is_told():
    for order in ([VISIT, make_event("ad_clicked", days_ago(1))], [make_event("ad_clicked", days_ago(1)), VISIT]):
        assert decided("new", 0, *order).reason == "First sign of interest: page viewed"


def test_under_direct_it_is_the_way_to_mql_that_is_told_whatever_stage_it_led_to():
    direct = {**BY_SCORE, "direct": True}

    assert decided("engaged", 45, VISIT, policy=direct).reason == "The score of 45 reached the threshold of 40"
    assert decided("engaged", 5, download(), policy={"direct": True}).reason == (
        "Ebook downloaded: an engagement makes an MQL"
    )
    assert decided("sql", 29, VISIT, policy=direct).reason == "The score of 29.0 is below 30"


def test_gates_are_told_of_a_hand_raise_only_where_they_had_a_word_in_it():
    def told(**policy) -> str:
        rule_set = make_rule_set(personas=[CLERK], policy={"require_persona": "Clerk", **policy}, version=3)
        return decide_with(LeadState("new", 3), rule_set, make_facts(demo(), title="clerk"), fit=5, behaviour=0).reason

    assert told() == "Demo requested: asking for sales makes an SQL"
    assert told(gate_hand_raise=True) == "Demo requested: asking for sales makes an SQL; persona gate was met"
