from tests.scoring.engine.make_facts import make_event, make_facts, make_fit_rule, make_rule, make_rule_set, score_of


def test_met_fit_rules_add_up_and_unknown_attributes_meet_nothing():
    rule_set = make_rule_set(
        fit=(
            make_fit_rule("title", "contains", "manager", 12, "Role"),
            make_fit_rule("organization.employee_count", "between", [10, 50], 8, "Size"),
            make_fit_rule("country", "is_not", "HR", 20, "Abroad"),
        )
    )
    facts = make_facts(title="Office Manager", **{"organization.employee_count": 50})

    score = score_of(rule_set, facts)

    assert score.fit == 20
    assert [(e.rule, e.kind, e.points_given, e.points_now, e.count, e.last_at) for e in score.entries] == [
        ("Role", "fit", 12, 12, 1, None),
        ("Size", "fit", 8, 8, 1, None),
    ]


def test_fit_stays_within_zero_and_its_limit_and_says_so():
    rule_set = make_rule_set(
        fit=(make_fit_rule("source", "is", "fair", 30, "Fair"), make_fit_rule("country", "is", "HR", 25, "Home"))
    )
    below = make_rule_set(fit=(make_fit_rule("source", "is", "fair", -7, "Fair"),))

    score = score_of(rule_set, make_facts(source="fair", country="HR"))
    floored = score_of(below, make_facts(source="fair"))

    assert (score.fit, score.entries[-1].rule, score.entries[-1].points_now) == (40, "fit_limit", -15)
    assert (floored.fit, floored.entries[-1].rule, floored.entries[-1].points_now) == (0, "fit_floor", 7)


def test_a_score_is_fit_plus_behaviour():
    rule_set = make_rule_set(make_rule("trial_started", 15), fit=(make_fit_rule("email", "business_email", True, 4),))

    score = score_of(rule_set, make_facts(make_event("trial_started"), email="ana@tvrtka.hr"))

    assert (score.score, score.fit, score.behaviour) == (19, 4, 15)


def test_negative_behaviour_takes_nothing_from_fit():
    rule_set = make_rule_set(make_rule(points=-10), fit=(make_fit_rule("country", "is", "HR", 25),))

    assert score_of(rule_set, make_facts(make_event(), country="hr")).score == 25
