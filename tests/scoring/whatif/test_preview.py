"""What publishing a draft would do, before anybody does it."""

import random
from datetime import timedelta

import pytest

from leads.lifecycle.move import Move, move_leads
from leads.models import Lead, Stage, StageChange
from scoring.engine.score import compile_rule_set
from scoring.models import RuleSet
from scoring.qualification.rescore import rescore_leads
from scoring.qualification.walk import drain_all
from scoring.rules.definition import rule_set_from_rows
from scoring.rules.draft import import_draft
from scoring.rules.live import live_rule_set
from scoring.rules.publish import publish
from scoring.whatif.compare import compare_leads
from scoring.whatif.preview import preview
from scoring.whatif.sample import Bounds
from tests.make import NOON, make_event, make_lead
from tests.make_rules import BY_SCORE, MANAGER, PRICING, TRIAL, publish_rules

pytestmark = pytest.mark.django_db

BUY = {"name": "Asked for a demo", "kind": "demo_requested", "points": 30}
THRESHOLDS = {"mql_threshold": 20, "sql_threshold": 40}


def draft_of(rules, *, fit=(), **policy):
    return import_draft({"name": "Draft", "rules": rules, "fit": list(fit), "policy": policy}, now=NOON)


def compiled(row: RuleSet):
    return compile_rule_set(rule_set_from_rows(row))


def scored(*events, at=NOON, **fields) -> Lead:
    lead = make_lead(**fields)
    for kind in events:
        make_event(lead, kind, occurred_at=at, properties={"path": "/pricing"})
    rescore_leads([lead.pk], now=NOON)
    lead.refresh_from_db()
    return lead


def test_it_tells_who_joins_and_leaves_with_names_scores_and_the_line_that_matters():
    # Live: 15 a trial, MQL at 20, SQL at 40. Draft: a trial is worth 25, a demo request 10.
    publish_rules([TRIAL, BUY], **THRESHOLDS, **BY_SCORE)
    riser = scored("trial_started", first_name="Yara", last_name="Haddad")  # 15 -> 25: engaged -> MQL
    faller = scored("demo_requested", first_name="Mina", last_name="Farahani")  # 30 -> 10: MQL -> engaged
    leaver = scored("trial_started", "demo_requested")  # 45 -> 35: SQL -> MQL
    scored("page_viewed")
    draft = draft_of([{**TRIAL, "points": 25}, {**BUY, "points": 10}], **THRESHOLDS, **BY_SCORE)

    found = preview(compiled(draft), now=NOON)

    mql, qualified = found.stages
    assert (found.total, found.looked_at, found.is_sample) == (4, 4, False)
    assert (mql.live.count, mql.draft.count, mql.joins.count, mql.leaves.count) == (1, 2, 2, 1)
    assert (qualified.live.count, qualified.draft.count, qualified.joins.count, qualified.leaves.count) == (1, 0, 0, 1)
    told = {change.lead_id: change for change in found.changes}
    assert set(told) == {riser.pk, faller.pk, leaver.pk}
    yara = told[riser.pk]
    assert (yara.name, yara.live_stage, yara.draft_stage) == ("Yara Haddad", "engaged", "mql")
    assert (yara.live_score, yara.draft_score, yara.line, yara.line_points) == (15, 25, "Trial started", 10)
    assert [change.lead_id for change in found.changes] == [leaver.pk, riser.pk, faller.pk]


def test_the_line_told_moved_the_score_its_own_way_and_is_no_limit():
    # Live: 15. Draft: 50 for the trial, 40 for the demo, 45 for a page: 135, cut down by 75 to the limit of 60.
    publish_rules([TRIAL], mql_threshold=20, sql_threshold=90, **BY_SCORE)
    riser = scored("trial_started", "demo_requested", "page_viewed")
    rules = [{**TRIAL, "points": 50}, {**BUY, "points": 40}, {**PRICING, "points": 45}]
    draft = draft_of(rules, mql_threshold=20, sql_threshold=90, **BY_SCORE)

    found = preview(compiled(draft), now=NOON)

    (change,) = found.changes
    assert (change.lead_id, change.live_score, change.draft_score) == (riser.pk, 15, 60)
    assert (change.line, change.line_points) == ("Viewed pricing", 45)


def test_of_a_lead_whose_score_stays_no_line_is_told():
    publish_rules([TRIAL], mql_threshold=10, sql_threshold=90, **BY_SCORE)
    scored("trial_started")
    draft = draft_of([{**TRIAL, "points": 15.01}], mql_threshold=20, margin=0, sql_threshold=90, **BY_SCORE)

    (change,) = preview(compiled(draft), now=NOON).changes

    assert (change.draft_stage, change.line, change.line_points) == ("engaged", "", 0)


def test_nothing_is_written(django_assert_num_queries):
    publish_rules([TRIAL], mql_threshold=10, sql_threshold=90, **BY_SCORE)
    scored("trial_started")
    draft = compiled(draft_of([TRIAL], mql_threshold=20, sql_threshold=90, **BY_SCORE))
    before = [list(model.objects.order_by("pk").values()) for model in (Lead, StageChange, RuleSet)]

    preview(draft, now=NOON + timedelta(days=3))

    assert before == [list(model.objects.order_by("pk").values()) for model in (Lead, StageChange, RuleSet)]


def test_it_asks_a_fixed_number_of_queries(django_assert_max_num_queries):
    publish_rules([TRIAL, PRICING], fit=[MANAGER], mql_threshold=10, sql_threshold=90)
    draft = compiled(draft_of([TRIAL], mql_threshold=20, sql_threshold=90, **BY_SCORE))
    for _ in range(30):
        scored("trial_started", "page_viewed", title="Manager")

    with django_assert_max_num_queries(9):
        assert preview(draft, now=NOON).changed.count == 30


def population() -> list[Lead]:
    """Leads of every stage, at, above and below thresholds and margins."""
    many = []
    for days in (0, 1, 5, 9, 14, 20, 30):
        at = NOON - timedelta(days=days)
        many += [
            scored("trial_started", at=at),
            scored("trial_started", "demo_requested", at=at, title="Office manager"),
            scored("page_viewed", "page_viewed", at=at, title="Manager"),
            scored("demo_requested", at=at),
        ]
    claimed = scored("trial_started", "demo_requested")
    Lead.objects.filter(pk=claimed.pk).update(stage=Stage.CLAIMED, claimed_at=NOON)
    for stage, columns in (
        (Stage.RECYCLED, {"recycled_at": NOON - timedelta(days=20), "retry_on": NOON.date()}),
        (Stage.RECYCLED, {"recycled_at": NOON - timedelta(days=2), "retry_on": (NOON + timedelta(days=9)).date()}),
        (Stage.DISQUALIFIED, {"disqualified_at": NOON - timedelta(days=20)}),
        (Stage.CUSTOMER, {}),
    ):
        lead = scored("trial_started", "demo_requested", at=NOON - timedelta(days=1))
        Lead.objects.filter(pk=lead.pk).update(stage=stage, **columns)
        many.append(lead)
    return [*many, claimed]


@pytest.mark.parametrize(
    "changed",
    [
        {"mql_threshold": 12, "sql_threshold": 30, **BY_SCORE},
        {"mql_threshold": 25, "sql_threshold": 60, **BY_SCORE},
        {"mql_threshold": 20, "sql_threshold": 40},
        {"mql_threshold": 14, "sql_threshold": 90, "direct": True, "reopen_disqualified": True},
    ],
)
def test_it_equals_what_publishing_then_does_lead_by_lead(changed, django_capture_on_commit_callbacks):
    publish_rules([TRIAL, BUY], fit=[MANAGER], **THRESHOLDS, **BY_SCORE)
    leads = population()
    draft = draft_of([{**TRIAL, "half_life_days": 7}, PRICING, BUY], fit=[MANAGER], **changed)
    now = NOON + timedelta(hours=1)
    compared = compare_leads([lead.pk for lead in leads], live_rule_set(), compiled(draft), now=now)
    foretold = dict(zip(compared.leads.id.tolist(), compared.draft.stages, strict=True))
    scores = dict(zip(compared.leads.id.tolist(), compared.draft.scores.score.tolist(), strict=True))
    summary = preview(compiled(draft), now=now)

    with django_capture_on_commit_callbacks(execute=True):
        publish(draft, by=None, now=now)
    drain_all(clock=lambda: now)

    after = Lead.objects.in_bulk()
    assert foretold == {pk: lead.stage for pk, lead in after.items()}
    assert scores == pytest.approx({pk: lead.score for pk, lead in after.items()})
    assert len({lead.stage for lead in after.values()}) >= 4
    assert [effect.draft.count for effect in summary.stages] == [
        Lead.objects.filter(stage=stage).count() for stage in ("mql", "sql")
    ]


def random_content(dice: random.Random) -> dict:
    """Return rules, policy, a persona and a journey drawn at random, as a draft takes them."""
    kinds = ["trial_started", "demo_requested", "page_viewed", "ebook_downloaded"]
    rules = [
        {
            "name": f"Rule {number}",
            "kind": dice.choice(kinds),
            "points": dice.choice([-10, 3, 8, 15, 30]),
            "half_life_days": dice.choice([None, 2, 7, 30]),
            "cap": dice.choice([None, 20]),
        }
        for number in range(dice.randint(1, 5))
    ]
    mql, sql = sorted(dice.sample(range(4, 60), 2))
    policy = {
        "mql_threshold": mql,
        "sql_threshold": sql,
        "margin": dice.randint(1, 3),
        **{
            name: dice.random() < 0.5
            for name in ("mql_on_engagement", "sql_on_hand_raise", "direct", "reopen_disqualified")
        },
    }
    trait = {"name": "Manages", "field": "title", "op": "contains", "value": "manager", "points": 5}
    personas = [{"name": "Manager", "minimum": 0.5, "criteria": [trait]}] if dice.random() < 0.5 else []
    policy |= {
        "gate_hand_raise": dice.random() < 0.5,
        "require_persona": dice.choice([None, "any"]) if personas else None,
        "require_journey": dice.choice([None, "any", "Way"]),
    }
    steps = [{"name": kind, "kind": kind} for kind in dice.sample(kinds[: dice.choice([2, 4])], 2)]
    return {
        "name": "Random",
        "rules": rules,
        "fit": [MANAGER] if dice.random() < 0.5 else [],
        "personas": personas,
        "journeys": [{"name": "Way", "window_days": dice.choice([3, 30]), "steps": steps}],
        "policy": policy,
    }


@pytest.mark.parametrize("seed", range(16))
def test_it_equals_what_publishing_then_does_whatever_the_rules_before_and_after(
    seed, django_capture_on_commit_callbacks
):
    dice = random.Random(seed)
    with django_capture_on_commit_callbacks(execute=True):
        publish(import_draft(random_content(dice), now=NOON), by=None, now=NOON)
    leads = population()
    draft = import_draft(random_content(dice), now=NOON)
    now = NOON + timedelta(hours=dice.randint(1, 200))
    compared = compare_leads([lead.pk for lead in leads], live_rule_set(), compiled(draft), now=now)
    foretold = dict(zip(compared.leads.id.tolist(), compared.draft.stages, strict=True))
    scores = dict(zip(compared.leads.id.tolist(), compared.draft.scores.score.tolist(), strict=True))

    with django_capture_on_commit_callbacks(execute=True):
        publish(draft, by=None, now=now)
    drain_all(clock=lambda: now)

    after = Lead.objects.in_bulk()
    assert set(foretold) == set(after)
    assert foretold == {pk: lead.stage for pk, lead in after.items()}
    assert scores == pytest.approx({pk: lead.score for pk, lead in after.items()})


def test_a_lead_that_the_live_rules_would_move_anyway_is_not_laid_at_the_drafts_door():
    publish_rules([TRIAL], mql_threshold=14, sql_threshold=90, margin=1, **BY_SCORE)
    scored("trial_started")  # an MQL now, below 13 points in a week
    draft = compiled(draft_of([TRIAL], mql_threshold=14, sql_threshold=91, margin=1, **BY_SCORE))

    assert preview(draft, now=NOON + timedelta(days=7)).changed.count == 0


def test_the_load_counts_leads_that_began_to_be_sqls_in_four_weeks():
    # Live: SQL at 30. Draft: at 45. Two trials are 30 points at once, a third makes 45.
    rules = [{**TRIAL, "half_life_days": None}]
    publish_rules(rules, mql_threshold=10, sql_threshold=30, **BY_SCORE)
    for number in (2, 2, 3):
        scored(*["trial_started"] * number, at=NOON - timedelta(days=3))
    long_ago = scored("trial_started", "trial_started", at=NOON - timedelta(days=40))
    make_event(long_ago, "page_viewed")  # is one for long
    draft = compiled(draft_of(rules, mql_threshold=10, sql_threshold=45, **BY_SCORE))

    load = preview(draft, now=NOON).load

    assert (load.live.count, load.draft.count) == (round(3 / 4), round(1 / 4))
    assert load.claimed is None


def test_a_short_peak_counts_even_if_the_points_are_gone_by_now():
    # 15 points that halve every half day: nothing is left after ten days, but they were there.
    rules = [{**TRIAL, "half_life_days": 0.5}]
    publish_rules(rules, mql_threshold=5, sql_threshold=15, margin=1, **BY_SCORE)
    for _ in range(8):
        scored("trial_started", at=NOON - timedelta(days=10))

    assert preview(live_rule_set(), now=NOON).load.live.count == 2


def test_it_warns_when_sales_would_get_more_than_they_claim():
    publish_rules([TRIAL], mql_threshold=10, sql_threshold=50, **BY_SCORE)
    leads = [scored("trial_started") for _ in range(12)]
    claim = [Move(leads[0].pk, "mql", ("sql", "claimed"), "Claimed.")]
    move_leads(claim, now=NOON, columns={"claimed_at": NOON})
    draft = compiled(draft_of([TRIAL], mql_threshold=10, sql_threshold=15, **BY_SCORE))

    load = preview(draft, now=NOON).load

    assert (load.live.count, load.draft.count, load.claimed) == (0, 3, 0.25)
    assert load.is_too_much


def test_of_many_leads_it_looks_at_a_sample_and_says_how_far_off_it_may_be():
    publish_rules([TRIAL], mql_threshold=10, sql_threshold=90, **BY_SCORE)
    for number in range(60):
        scored(*["trial_started"] * (number % 2))
    draft = compiled(draft_of([TRIAL], mql_threshold=20, sql_threshold=90, **BY_SCORE))

    found = preview(draft, now=NOON, bounds=Bounds(all_up_to=40, most=40, seconds=10))

    assert found.is_sample
    assert 20 <= found.looked_at < 60
    assert found.total == 60
    assert found.changed.error > 0
    assert abs(found.changed.count - 30) <= found.changed.error
