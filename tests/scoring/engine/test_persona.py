"""Personas by hand: who a lead is most like, what that adds to its fit, and what is still to be asked."""

import pytest

from tests.scoring.engine.make_facts import make_facts, make_fit_rule, make_rule_set, score_of

ROLE = {"name": "Role", "field": "title", "op": "contains", "value": "office manager", "points": 12}
SIZE = {"name": "Size", "field": "organization.employee_count", "op": "between", "value": [50, 250], "points": 6}
PLACE = {"name": "Country", "field": "country", "op": "in", "value": ["NO", "SE"], "points": 2}


def persona(name="Office manager", minimum=0.5, criteria=(ROLE, SIZE, PLACE)):
    return {"name": name, "minimum": minimum, "criteria": list(criteria)}


def score(*personas, fit=(), **attributes):
    facts = make_facts(**{name.replace("__", "."): value for name, value in attributes.items()})
    return score_of(make_rule_set(fit=fit, personas=list(personas)), facts)


def test_the_match_is_the_points_met_by_all_points_and_what_is_unknown_is_to_be_asked():
    found = score(persona(), title="Office Manager", country="NO")

    assert found.persona == ("Office manager", pytest.approx(0.7), ("Role", "Country"), ("Size",))
    assert found.fit == 14
    assert [(line.rule, line.kind, line.points_now) for line in found.entries] == [
        ("Office manager: Role", "fit", 12),
        ("Office manager: Country", "fit", 2),
    ]


def test_what_fails_is_no_question():
    found = score(persona(), title="Office Manager", organization__employee_count=9, country="DE")

    assert (found.persona.match, found.persona.unknown) == (pytest.approx(0.6), ())


def test_a_criterion_that_is_met_by_what_is_unknown_asks_nothing():
    no_phone = {"name": "No phone", "field": "phone", "op": "exists", "value": False, "points": 3}
    address = {"name": "Address", "field": "email", "op": "exists", "value": True, "points": 3}

    found = score(persona(criteria=(no_phone, address)), phone="")

    assert (found.persona.match, found.persona.met, found.persona.unknown) == (0.5, ("No phone",), ("Address",))


def test_points_that_floats_add_up_badly_reach_the_minimum_that_they_should():
    # By hand 0.1 + 0.2 is 0.3 of 1.0, and 0.7 is the rest; floats say 0.30000000000000004.
    parts = [{**ROLE, "name": str(points), "points": points} for points in (0.1, 0.2)]

    assert score(
        # 0.1 + 0.5 of 0.8 is three quarters; floats say 0.7499999999999999.
        persona(minimum=0.75, criteria=(parts[0], {**ROLE, "points": 0.5}, {**PLACE, "points": 0.2})),
        title="Office Manager",
    ).persona
    assert score(persona(minimum=0.3, criteria=(*parts, {**PLACE, "points": 0.7})), title="Office Manager").persona
    assert score(persona(minimum=0.7, criteria=(*parts, {**PLACE, "points": 0.7})), country="NO").persona


def test_below_its_minimum_a_persona_is_nobody_and_adds_nothing():
    found = score(persona(minimum=0.75), title="Office Manager", country="NO")

    assert (found.persona, found.fit) == (None, 0)


def test_the_minimum_itself_is_enough():
    assert score(persona(minimum=0.7), title="Office Manager", country="NO").persona is not None


def test_the_best_match_is_the_persona_and_of_equal_ones_the_first_by_name():
    nordic = persona("Nordic", criteria=(PLACE,))
    baltic = persona("Baltic", criteria=({**PLACE, "value": ["NO", "EE"]},))

    swedish = persona("Swedish", criteria=({**PLACE, "value": ["SE"]},))

    assert score(persona(), nordic, title="Office Manager", country="NO").persona.name == "Nordic"
    assert score(persona(), swedish, title="Office Manager", country="SE").persona.name == "Swedish"
    assert score(nordic, baltic, country="NO").persona.name == "Baltic"


def test_persona_and_fit_rules_share_the_fit_limit():
    found = score(persona(), fit=(make_fit_rule("country", "is", "NO", 30),), title="Office Manager", country="NO")

    assert found.fit == 40
    assert found.entries[-1][:4] == ("fit_limit", "adjustment", -4, -4)


def test_a_persona_that_asks_for_no_match_is_everybody_who_is_no_other():
    found = score(persona("Anybody", minimum=0), title="Clerk", country="DE", organization__employee_count=9)

    assert (found.persona.name, found.persona.match, found.fit) == ("Anybody", 0, 0)
