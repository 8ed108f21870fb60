"""Rules in words that a marketer reads."""

import pytest

from scoring.engine.condition_definition import LEAD_FIELDS
from scoring.engine.conditions import OPS
from scoring.rules.words import FIELD_WORDS, OP_WORDS, condition_words, criterion_words, step_words


def condition(field, op, value):
    return {"field": field, "op": op, "value": value}


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (condition("properties.path", "starts_with", "/pricing"), "path starts with /pricing"),
        (condition("organization.employee_count", "between", [50, 250]), "staff is between 50 and 250"),
        (condition("country", "in", ["Norway", "Sweden", "Finland"]), "country is one of Norway, Sweden or Finland"),
        (condition("country", "in", ["Norway"]), "country is one of Norway"),
        (condition("attributes.budget_holder", "is", True), "budget holder is yes"),
        (condition("attributes.seats", "gt", 20.0), "seats is more than 20"),
        (condition("phone", "exists", True), "phone is known"),
        (condition("phone", "exists", False), "phone is not known"),
        (condition("email", "business_email", True), "e-mail is a business address"),
    ],
)
def test_a_condition_reads_as_a_sentence(said, words):
    assert condition_words(said) == words


def test_a_criterion_tells_its_points_and_a_step_its_event():
    office = {"name": "Role", **condition("title", "contains", "office"), "points": 3}
    pricing = {"name": "Pricing", "kind": "page_viewed", "conditions": [condition("properties.path", "is", "/pricing")]}

    assert criterion_words(office) == "Role: job title contains office, +3"
    assert step_words(pricing) == "Pricing: Viewed a page, path is /pricing"


def test_every_field_and_comparison_has_words_of_its_own():
    assert set(FIELD_WORDS) == set(LEAD_FIELDS)
    assert set(OP_WORDS) == set(OPS)
    assert len(set(FIELD_WORDS.values())) == len(FIELD_WORDS)
