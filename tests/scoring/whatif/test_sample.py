"""Which leads a question is answered from, and how many there was time for."""

import pytest

from leads.models import Lead
from scoring.whatif.interval import Estimate
from scoring.whatif.sample import Bounds, sample_of_ids, sample_of_leads
from tests.make import make_lead

PATIENT = Bounds(all_up_to=50, most=100, seconds=60, part=20)


def looked_at(sample):
    return [lead_id for part in sample.parts() for lead_id in part]


def test_few_are_all_looked_at_however_long_it_takes():
    sample = sample_of_ids(range(1, 51), Bounds(all_up_to=50, most=10, seconds=0, part=20))

    assert sorted(looked_at(sample)) == list(range(1, 51))
    assert (sample.looked_at, sample.total, sample.is_all) == (50, 50, True)
    assert sample.estimate(7) == Estimate(7)


def test_of_many_as_many_are_looked_at_as_there_is_time_for():
    sample = sample_of_ids(range(1, 201), Bounds(all_up_to=50, most=100, seconds=0, part=20))

    assert len(looked_at(sample)) == 20
    assert (sample.looked_at, sample.total, sample.is_all) == (20, 200, False)
    # 5 of 20 are a quarter, of 200 leads 50; Wilson's upper bound is 0.4687 x 200 = 94.
    assert sample.estimate(5) == Estimate(50, 44)


def test_of_many_at_most_so_many_are_looked_at_in_parts_in_id_order():
    parts = list(sample_of_ids(range(1, 201), PATIENT).parts())

    assert [len(part) for part in parts] == [20] * 5
    assert all(part == sorted(part) for part in parts)
    # A fair sample: ids from everywhere in the first part already.
    assert sum(lead_id > 100 for lead_id in parts[0]) in range(7, 14)


@pytest.mark.django_db
def test_the_database_draws_as_python_does():
    ids = {make_lead().pk for _ in range(60)}
    bounds = Bounds(all_up_to=10, most=60, seconds=60, part=7)

    drawn = list(sample_of_leads(Lead.objects.all(), bounds).parts())

    assert drawn == list(sample_of_ids(ids, bounds).parts())
