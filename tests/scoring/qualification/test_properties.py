"""What must hold of stored scores whatever happens, in whatever order, however often: random lives of a few leads."""

import math
from datetime import datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from leads.intake.take_in import take_in
from leads.models import Event, Lead
from scoring.qualification.explain import explain_lead
from scoring.qualification.rescore import rescore_leads
from scoring.qualification.walk import drain_all
from scoring.rules import live
from tests.leads.intake.inbound import inbound
from tests.make import NOON, make_source
from tests.make_rules import publish_rules
from tests.scoring.engine.naive import naive_score
from tests.scoring.engine.strategies import KINDS, fit_rules, policies, properties, rules
from tests.scoring.stored_facts import stored_facts

# The days that a life lasts, after what happened before it and is told later.
LIFE = timedelta(days=3)
END = NOON + LIFE
TWO_MINUTES = 120.0
TITLES = [{"title": "Office Manager"}, {"title": "Clerk", "country": "HR"}, {"country": "DE"}]

moments = st.integers(0, int(LIFE.total_seconds())).map(lambda seconds: NOON + timedelta(seconds=seconds))
rule_sets = st.tuples(st.lists(rules, min_size=1, max_size=4), st.lists(fit_rules, max_size=2), policies)


@st.composite
def events(draw):
    """Return events of up to three people, some of whom are known by two identifiers, that happened before the end."""
    told = []
    for number in range(draw(st.integers(1, 10))):
        person = draw(st.integers(0, 2))
        user, visitor = ("user_id", f"user-{person}"), ("anonymous_id", f"visitor-{person}")
        kind = draw(st.sampled_from([*KINDS, "identified"]))
        told.append(
            inbound(
                *draw(st.sampled_from([(user,), (visitor,), (user, visitor)])),
                kind=kind,
                at=draw(moments | st.integers(1, 60).map(lambda days: NOON - timedelta(days=days))),
                message_id=f"message-{number}",
                properties=draw(st.sampled_from(TITLES) if kind == "identified" else properties),
                signal=draw(st.sampled_from(["", "", "", "bot_agent"])),
            )
        )
    return told


@st.composite
def lives(draw):
    """Return (when, what) in the order of time: batches of events that arrive, some twice; scorings; looks."""
    happened = draw(events())
    arrivals: dict[datetime, list] = {}
    for event in [*happened, *draw(st.lists(st.sampled_from(happened), max_size=3))]:
        arrivals.setdefault(max(event.occurred_at, draw(moments)), []).append(event)
    steps = [
        *arrivals.items(),
        *((moment, "score") for moment in draw(st.lists(moments, max_size=3))),
        *((moment, "look") for moment in draw(st.lists(moments, min_size=1, max_size=5))),
    ]
    return happened, sorted(steps, key=lambda step: step[0])


def publish(rule_set) -> None:
    found, fit, policy = rule_set
    live._loaded.cache_clear()  # every example publishes another version 2 at noon
    publish_rules(named(found, "Rule"), fit=named(fit, "Fit"), **policy)


def named(found: list[dict], prefix: str) -> list[dict]:
    return [{"name": f"{prefix} {position}", **rule} for position, rule in enumerate(found)]


def work_off_due(until: datetime) -> None:
    """Do what workers do until this moment: score each lead when it is due."""
    while first := Lead.objects.due_for_scoring(until).order_by("score_due_at").first():
        drain_all(clock=lambda: first.score_due_at)


def exact(lead: Lead, at: float) -> dict:
    rule_set = live.live_rule_set().rule_set
    return naive_score(rule_set, stored_facts(lead), at)


def look(moment: datetime) -> None:
    """See that no stored score is further off than its due time allows, and that its entries sum to it."""
    at = moment.timestamp()
    for lead in Lead.objects.current().exclude(scored_at=None).select_related("organization"):
        now = exact(lead, at)["score"]
        moved = max(abs(now - exact(lead, at - seconds)["score"]) for seconds in (TWO_MINUTES / 2, TWO_MINUTES))
        assert abs(lead.score - now) <= 1 + moved + 1e-6
        assert_entries_sum_up(lead)


def assert_entries_sum_up(lead: Lead) -> None:
    entries = explain_lead(lead, as_of=lead.scored_at).score.entries
    assert math.fsum(entry.points_now for entry in entries) == pytest.approx(lead.score, abs=1e-6)


def live_through(steps) -> None:
    source = make_source()
    for moment, step in steps:
        work_off_due(moment)
        if step == "score":
            rescore_leads(list(Lead.objects.values_list("pk", flat=True)), now=moment)
        elif step == "look":
            look(moment)
        else:
            take_in(source, step, now=moment)
    work_off_due(END)


def score_everybody() -> dict[frozenset[str], dict[str, float]]:
    """Score all leads at the end; return the points of each, by the events that are its own."""
    rescore_leads(list(Lead.objects.values_list("pk", flat=True)), now=END)
    points = {}
    for lead in Lead.objects.current():
        mine = frozenset(lead.events.values_list("message_id", flat=True))
        entries = explain_lead(lead, as_of=END).score.entries
        points[mine] = {entry.rule: entry.points_now for entry in entries}
        points[mine] |= {"score": lead.score, "fit": lead.fit, "behaviour": lead.behaviour}
    return points


@pytest.mark.django_db
@settings(max_examples=30)
@given(rule_sets, lives())
def test_a_life_scored_as_it_goes_ends_like_one_scored_at_once_and_is_never_far_off(rule_set, life):
    happened, steps = life
    with transaction.atomic():
        publish(rule_set)
        live_through(steps)
        as_it_goes = score_everybody()
        stored = list(Lead.objects.order_by("pk").values())
        take_in(make_source(), happened, now=END)
        after_repeats = list(Lead.objects.order_by("pk").values()), Event.objects.count()
        for lead in Lead.objects.current():
            assert lead.score == pytest.approx(exact(lead, END.timestamp())["score"], abs=1e-6)
        transaction.set_rollback(True)
    with transaction.atomic():
        publish(rule_set)
        take_in(make_source(), happened, now=END)
        at_once = score_everybody()
        transaction.set_rollback(True)

    assert after_repeats == (stored, len(happened))
    assert as_it_goes.keys() == at_once.keys()
    for mine, points in as_it_goes.items():
        assert points == pytest.approx(at_once[mine], abs=1e-6)
