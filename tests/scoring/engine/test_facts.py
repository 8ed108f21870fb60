"""What of leads and events a rule set looks at; the rest need not be read."""

from scoring.engine.facts import kinds_by_name, needed_details, needed_lead_fields
from tests.scoring.engine.make_facts import make_fit_rule, make_rule, make_rule_set

ON_PATH = [{"field": "properties.path", "op": "exists", "value": True}]
RULE_SET = make_rule_set(
    make_rule("page_viewed", conditions=ON_PATH),
    make_rule("ad_clicked", limit={"count": 1, "per": "week"}),
    make_rule("webinar_attended", limit={"count": 1, "per": {"value_of": "properties.webinar"}}),
    make_rule("trial_started", conditions=[{"field": "name", "op": "is", "value": "Trial"}]),
    fit=(
        make_fit_rule("title", "contains", "manager", name="Role"),
        make_fit_rule("country", "is", "HR", name="Home"),
        make_fit_rule("attributes.plan", "is", "pro", name="Plan"),
    ),
    personas=[
        {
            "name": "Manager",
            "criteria": [make_fit_rule("source", "is", "fair"), make_fit_rule("title", "is", "x", name="Role")],
        }
    ],
    journeys=[
        {
            "name": "Evaluate",
            "window_days": 30,
            "steps": [
                {"name": "Guide", "kind": "ebook_downloaded"},
                {"name": "Plan", "kind": "chat_engaged", "conditions": ON_PATH},
            ],
        },
        {"name": "Buy", "window_days": 30, "steps": [{"name": "Quote", "kind": "quote_requested"}]},
    ],
)


def test_details_are_needed_of_kinds_with_conditions_or_a_limit_by_value_and_of_messages():
    by_rules = {"page_viewed", "webinar_attended", "trial_started", "chat_engaged"}

    assert needed_details(RULE_SET) == by_rules | {"email_sent", "email_opened", "email_clicked"}
    assert needed_details(make_rule_set()) == {"email_sent", "email_opened", "email_clicked"}


def test_lead_fields_are_needed_that_fit_rules_and_personas_look_at():
    assert needed_lead_fields(RULE_SET) == ["attributes.plan", "country", "source", "title"]


def test_names_are_needed_of_kinds_that_a_condition_tells_apart_by_them():
    by_name = {"field": "name", "op": "is", "value": "Guide"}
    steps = [{"name": "Guide", "kind": "ebook_downloaded", "conditions": [*ON_PATH, by_name]}]
    journeys = [{"name": "Evaluate", "window_days": 30, "steps": steps}]

    assert kinds_by_name(RULE_SET) == {"trial_started"}
    assert kinds_by_name(make_rule_set(journeys=journeys)) == {"ebook_downloaded"}
