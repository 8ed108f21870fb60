"""The difference of two rule sets in words."""

from copy import deepcopy

import pytest

from scoring.rules.default import DEFAULT_RULE_SET
from scoring.rules.definition import complete
from scoring.rules.diff import changes
from tests.make_rules import MANAGER, PRICING, TRIAL

STEPS = [{"name": "Guide", "kind": "ebook_downloaded", "conditions": []}]
BASE = complete(
    {
        "name": "Halden",
        "rules": [TRIAL, PRICING],
        "fit": [MANAGER],
        "personas": [{"name": "Office manager", "criteria": [MANAGER]}],
        "journeys": [{"name": "Evaluate", "window_days": 30, "steps": STEPS}],
    }
)


def changed(**parts):
    after = deepcopy(BASE)
    for section, part in parts.items():
        if isinstance(part, dict) and section != "policy":
            after[section][0] |= part
        elif section == "policy":
            after["policy"] |= part
        else:
            after[section] = part
    return [str(change) for change in changes(BASE, after)]


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"rules": {"points": 20}}, ["Trial started: points 15 → 20"]),
        ({"rules": {"kind": "ebook_downloaded"}}, ["Trial started: Started a trial → Downloaded eBook"]),
        ({"rules": {"half_life_days": None}}, ["Trial started: half-life (days) 14 → none"]),
        ({"rules": {"limit": {"count": 1, "per": "ever"}}}, ["Trial started: at most any number → once"]),
        ({"rules": {"name": "Trial"}}, ["Trial: renamed, was Trial started"]),
        ({"rules": [BASE["rules"][0]]}, ["Viewed pricing: rule removed"]),
        ({"rules": BASE["rules"][::-1]}, ["rules in another order"]),
        (
            {"rules": {"conditions": [{"field": "name", "op": "is", "value": "Trial"}]}},
            ["Trial started: condition added: name is Trial"],
        ),
        ({"fit": []}, ["Role: fit rule removed"]),
        ({"fit": {"value": "chief"}}, ["Role: job title contains manager → job title contains chief"]),
        ({"personas": {"minimum": 1}}, ["Office manager: match needed 0.5 → 1"]),
        (
            {"personas": {"criteria": [{**MANAGER, "points": 6}]}},
            [
                "Office manager: criterion added: Role: job title contains manager, +6",
                "Office manager: criterion removed: Role: job title contains manager, +12",
            ],
        ),
        ({"journeys": {"window_days": 14}}, ["Evaluate: to be completed within (days) 30 → 14"]),
        (
            {"journeys": {"steps": [*STEPS, {"name": "Trial", "kind": "trial_started", "conditions": []}]}},
            ["Evaluate: step added: Trial: Started a trial"],
        ),
        ({"policy": {"mql_threshold": 35}}, ["MQL threshold 40 → 35"]),
        ({"policy": {"mql_on_engagement": False}}, ["MQL on engagement on → off"]),
        ({"policy": {"require_persona": "any"}}, ["required persona none → any"]),
        ({"behaviour_limit": 50}, ["behaviour limit 60 → 50"]),
        ({}, []),
    ],
)
def test_each_change_is_told_in_words(parts, words):
    assert changed(**parts) == words


def test_a_new_rule_is_told_with_its_points():
    quote = {**BASE["rules"][0], "name": "Quote", "points": 20}

    assert changed(rules=[*BASE["rules"], quote]) == ["Quote: rule added, points 20"]


def test_the_limit_of_each_value_is_named():
    limit = {"count": 1, "per": {"value_of": "properties.webinar"}}

    assert changed(rules={"limit": limit}) == ["Trial started: at most any number → 1 for each webinar"]


def test_nothing_changes_against_itself():
    assert changes(DEFAULT_RULE_SET, DEFAULT_RULE_SET) == []
