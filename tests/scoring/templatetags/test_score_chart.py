"""The course of a score: where it crossed a threshold, drawn and in words."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.template import Context, Template

from leads.models import Stage
from scoring.qualification.explain import explain_lead
from scoring.qualification.history import PastScore
from scoring.templatetags.score_chart import Level, crossings_of
from tests.make import NOON, make_event, make_lead
from tests.make_rules import TRIAL, publish_rules

MQL = Level(Stage.MQL, "40", 62.0)


def course(*scores):
    return [PastScore(NOON + timedelta(days=number), score) for number, score in enumerate(scores)]


def test_a_crossing_lies_where_the_straight_line_meets_the_threshold():
    rise, fall = crossings_of(course(30, 50, 50, 20), MQL, 40)

    assert (rise.is_rise, rise.at) == (True, NOON + timedelta(days=0.5))
    assert (fall.is_rise, fall.at) == (False, NOON + timedelta(days=2) + timedelta(days=1) / 3)


@pytest.mark.parametrize("scores", [(10, 20, 30), (40, 60, 40), (50,), ()])
def test_a_score_that_stays_on_one_side_crosses_nothing(scores):
    assert list(crossings_of(course(*scores), MQL, 40)) == []


@pytest.mark.django_db
def test_the_drawing_names_the_thresholds_and_tells_the_crossings_in_words():
    publish_rules([TRIAL], mql_threshold=10, sql_threshold=70)
    lead = make_lead()
    make_event(lead, "trial_started", occurred_at=NOON - timedelta(days=10))
    template = Template("{% load score_chart %}{% score_chart lead explanation levels %}")

    with time_machine.travel(NOON, tick=False):
        context = {"lead": lead, "explanation": explain_lead(lead, as_of=NOON), "levels": {"mql": 10, "sql": 70}}
        drawn = re.sub(r"\s+", " ", template.render(Context(context)))

    # 15 points that halve in 14 days: above 10 from the start, below it after 14 * log2(1.5) = 8.2 days.
    assert ">MQL 10</text>" in drawn
    assert ">SQL 70</text>" in drawn
    assert re.search(r'aria-label="[^"]* Rose to the MQL line, 7 \w+. Fell below the MQL line, 15 \w+."', drawn)
    assert drawn.count('class="chart-crossing"') == 2
