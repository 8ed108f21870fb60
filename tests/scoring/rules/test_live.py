import pytest
from django.db import connection

from scoring.models import Rule, RuleSet, RuleSetStatus
from scoring.rules.live import NoLiveRuleSet, live_rule_set
from scoring.rules.publish import publish
from tests.make import NOON


def test_the_rules_are_loaded_once_a_version(draft, django_assert_num_queries):
    publish(draft, by=None, now=NOON)
    first = live_rule_set()

    with django_assert_num_queries(1):
        second = live_rule_set()

    assert second is first
    assert (first.rule_set.version, [rule.name for rule in first.rule_set.rules]) == (2, ["Trial started"])


def test_another_version_is_seen_at_once(draft):
    before = live_rule_set().rule_set

    publish(draft, by=None, now=NOON)

    assert (before.version, live_rule_set().rule_set.version) == (1, 2)


def test_a_version_that_changes_while_it_is_loaded_is_not_kept(draft):
    publish(draft, by=None, now=NOON)
    loads = []

    def change_meanwhile(execute, sql, params, many, context):
        rows = execute(sql, params, many, context)
        if 'FROM "scoring_rule" ' in sql and sql.startswith("SELECT"):
            loads.append(sql)
            if len(loads) == 1:
                Rule.objects.filter(rule_set=draft).update(points=20)
                RuleSet.objects.filter(pk=draft.pk).update(version=7)
        return rows

    with connection.execute_wrapper(change_meanwhile):
        rule_set = live_rule_set().rule_set

    assert len(loads) == 2
    assert (rule_set.version, rule_set.rules[0].points) == (7, 20)


def test_without_a_live_rule_set_it_says_what_to_do(db):
    RuleSet.objects.update(status=RuleSetStatus.ARCHIVED)

    with pytest.raises(NoLiveRuleSet, match="rule_set publish VERSION"):
        live_rule_set()
