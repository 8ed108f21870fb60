from datetime import date

import pytest
from django.db.models import Q

from leads import signals
from leads.errors import StageMoveRefused
from leads.lifecycle.move import Move, move_leads
from leads.models import Stage, StageChange
from tests.make import NOON, make_lead, make_sql

pytestmark = pytest.mark.django_db


def test_a_rise_records_every_stage_passed_in_order():
    lead = make_lead(stage=Stage.NEW)

    move_leads([Move(lead.pk, Stage.NEW, (Stage.ENGAGED, Stage.MQL, Stage.SQL), "Asked for a demo.")], now=NOON)

    lead.refresh_from_db()
    steps = StageChange.objects.filter(lead=lead).order_by("id").values_list("from_stage", "to_stage", "reason")
    assert lead.stage == Stage.SQL
    assert lead.stage_changed_at == NOON
    assert list(steps) == [
        ("new", "engaged", "Asked for a demo."),
        ("engaged", "mql", "Asked for a demo."),
        ("mql", "sql", "Asked for a demo."),
    ]


def test_a_move_that_the_life_cycle_does_not_know_is_refused_in_words():
    lead = make_lead(stage=Stage.NEW)

    with pytest.raises(StageMoveRefused, match="can't go from New to Customer"):
        move_leads([Move(lead.pk, Stage.NEW, (Stage.CUSTOMER,), "Bought.")], now=NOON)

    assert not StageChange.objects.exists()


def test_a_move_from_a_stage_that_the_lead_has_left_changes_nothing():
    stayed, left = make_lead(stage=Stage.MQL), make_lead(stage=Stage.SQL)
    moves = [Move(lead.pk, Stage.MQL, (Stage.SQL,), "Reached 70 points.") for lead in (stayed, left)]

    with pytest.raises(StageMoveRefused):
        move_leads(moves, now=NOON)

    stayed.refresh_from_db()
    assert stayed.stage == Stage.MQL
    assert not StageChange.objects.exists()


def test_where_and_columns_decide_and_act_in_the_same_update(sales):
    lead = make_sql()

    with pytest.raises(StageMoveRefused):
        move_leads(
            [Move(lead.pk, Stage.SQL, (Stage.CLAIMED,), "Claimed.")],
            now=NOON,
            where=Q(score__gt=99),
            columns={"owner": sales, "claimed_at": NOON},
        )

    lead.refresh_from_db()
    assert lead.owner is None


def test_a_disqualified_lead_keeps_when_it_was():
    lead = make_lead(stage=Stage.MQL)

    move_leads([Move(lead.pk, Stage.MQL, (Stage.DISQUALIFIED,), "A competitor.")], now=NOON)

    lead.refresh_from_db()
    assert lead.disqualified_at == NOON


def test_moves_are_announced_once_a_batch():
    leads = [make_lead(stage=Stage.NEW) for _ in range(3)]
    heard = []

    def listen(changes, **kwargs):
        heard.append([change.lead_id for change in changes])

    signals.stage_changed.connect(listen)
    try:
        move_leads([Move(lead.pk, Stage.NEW, (Stage.ENGAGED,), "Looked around.") for lead in leads], now=NOON)
    finally:
        signals.stage_changed.disconnect(listen)

    assert heard == [[lead.pk for lead in leads]]


def test_a_batch_of_any_size_takes_the_same_number_of_queries(django_assert_num_queries):
    def moves(number):
        return [Move(make_lead(stage=Stage.ENGAGED).pk, Stage.ENGAGED, (Stage.MQL,), "Engaged.") for _ in range(number)]

    few, many = moves(2), moves(40)

    # The savepoint and its release, one UPDATE for the one way taken, one INSERT; nobody entered or left the queue
    # but those who may hold an old clock, which is one UPDATE more.
    with django_assert_num_queries(5):
        move_leads(few, now=NOON)
    with django_assert_num_queries(5):
        move_leads(many, now=NOON)


@pytest.mark.parametrize(
    ("given", "retry_on"), [({}, date(2026, 7, 17)), ({"retry_on": date(2026, 9, 1)}, date(2026, 9, 1))]
)
def test_a_recycled_lead_rests_thirty_days_unless_told_until_when(sales, given, retry_on):
    lead = make_lead(stage=Stage.CLAIMED, owner=sales, claimed_at=NOON)

    move_leads([Move(lead.pk, Stage.CLAIMED, (Stage.RECYCLED,), "Not now.")], now=NOON, columns=given)

    lead.refresh_from_db()
    assert (lead.recycled_at, lead.retry_on) == (NOON, retry_on)
