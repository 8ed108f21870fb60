"""What must be true of every lead once everything is worked off, whatever happened before."""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import pytest
from django.utils import timezone

from leads.models import Lead, StageChange
from scoring.engine.score import score_leads
from scoring.models import RuleSet
from scoring.qualification.decide import decide
from scoring.qualification.explain import explain_lead
from scoring.qualification.states import states_of
from scoring.rules.draft import import_draft
from scoring.rules.live import live_rule_set
from scoring.rules.publish import publish
from tests.make import make_event, make_lead
from tests.make_rules import PRICING, TRIAL
from tests.scoring.stored_facts import stored_facts, stored_state

# Two stages at once: whoever starts a trial is an MQL by engagement, whoever asks for a demo an SQL.
BY_TRIAL = [("new", "engaged"), ("engaged", "mql")]
BY_DEMO = [*BY_TRIAL, ("mql", "sql")]


def publish_now(*rules: dict[str, Any], fit: Sequence[dict[str, Any]] = (), **policy: Any) -> RuleSet:
    """Make a rule set live at this moment: the processes keep a version for as long as its moment stays the same."""
    content = {"name": "Faults", "rules": list(rules) or [TRIAL, PRICING], "fit": list(fit), "policy": policy}
    draft = import_draft(content, now=timezone.now())
    publish(draft, by=None, now=timezone.now())
    return draft


def make_due_lead(kind: str = "trial_started") -> Lead:
    """Store a lead with an event of this moment, marked due and committed, and tell nobody."""
    now = timezone.now()
    lead = make_lead(score_due_at=now, facts_version=1)
    make_event(lead, kind, occurred_at=now)
    return lead


def moves_of(lead: Lead) -> list[tuple[str, str]]:
    return list(StageChange.objects.filter(lead=lead).order_by("id").values_list("from_stage", "to_stage"))


def assert_everything_is_exact() -> None:
    """See that every stored score is what a fresh computation finds, and every stage where it leads to."""
    live = live_rule_set()
    leads = Lead.objects.current().select_related("organization").order_by("pk")
    assert leads
    for lead in leads:
        fresh = explain_lead(lead, as_of=lead.scored_at).score
        assert (lead.score, lead.fit) == pytest.approx((fresh.score, fresh.fit), abs=1e-6)
        assert math.fsum(entry.points_now for entry in fresh.entries) == pytest.approx(lead.score, abs=1e-6)
        assert lead.decided_version == live.rule_set.version
        scores = score_leads(live, [stored_facts(lead)], lead.scored_at.timestamp())
        assert decide(states_of([stored_state(lead)]), scores).of(0).path == ()
        assert_history_connects(lead)


def assert_history_connects(lead: Lead) -> None:
    """See that a lead's moves lead from stage to stage without gap or repetition, to the stage that it is in."""
    stages = [("", "new"), *moves_of(lead)]
    assert all(before[1] == after[0] for before, after in pairwise(stages)), stages
    assert stages[-1][1] == lead.stage
