from django.core.management import call_command

from leads.events.catalog import CATALOG
from scoring.engine.facts import NEVER_SCORED_KINDS
from scoring.models import RuleSet, RuleSetStatus
from scoring.rules.default import BEHAVIOUR, READY_MADE_POLICIES
from scoring.rules.draft import import_draft
from tests.make import NOON


def test_a_new_database_has_rules(db):
    rule_set = RuleSet.objects.get()

    assert (rule_set.name, rule_set.version, rule_set.status) == ("Default", 1, RuleSetStatus.LIVE)


def test_migrating_again_leaves_the_rules_alone(draft):
    call_command("migrate", verbosity=0)

    assert RuleSet.objects.count() == 2


def test_an_emptied_database_gets_them_back(db):
    RuleSet.objects.all().delete()

    call_command("migrate", verbosity=0)

    assert RuleSet.objects.get().status == RuleSetStatus.LIVE


def test_everything_that_leads_do_of_their_own_will_is_worth_something():
    scored = {rule["kind"] for rule in BEHAVIOUR}

    voluntary = {kind.key for kind in CATALOG if kind.is_voluntary}
    assert voluntary <= scored
    assert not scored & NEVER_SCORED_KINDS
    assert "email_opened" not in scored


PERSONA = {
    "name": "Office manager",
    "criteria": [{"name": "Role", "field": "title", "op": "contains", "value": "office manager", "points": 12}],
}
JOURNEY = {"name": "Evaluate", "window_days": 30, "steps": [{"name": "Guide", "kind": "ebook_downloaded"}]}


def test_every_ready_made_policy_can_be_imported(db):
    for name, policy in READY_MADE_POLICIES.items():
        parts = {"personas": [PERSONA], "journeys": [JOURNEY]} if name == "Persona and journey" else {}
        stored = import_draft({"name": name, "policy": policy, **parts}, now=NOON).policy
        assert stored.direct is (name == "Direct pass")
        assert (stored.require_persona, stored.require_journey) == (("any", "any") if parts else ("", ""))
