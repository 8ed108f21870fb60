"""Leads are marked due in any number."""

import pytest

from leads.events.due import lock_leads, mark_due
from leads.identity.locks import lock_known_leads
from leads.models import Lead
from leads.people.search import refresh_search
from tests.make import NOON, make_lead

pytestmark = pytest.mark.django_db

# More than a statement takes parameters, on SQLite (by default 32,766) as on PostgreSQL (65,535).
MANY = 300_000


def test_more_leads_than_a_statement_takes_parameters_are_marked_due():
    lead = make_lead("e1@x.example")
    ids = [lead.pk, *range(lead.pk + 1, lead.pk + MANY)]

    mark_due(ids, now=NOON)
    refresh_search(ids)

    assert lock_leads(ids) == [lead.pk]
    assert set(lock_known_leads(ids)[0]) == {lead.pk}
    assert Lead.objects.get().score_due_at == NOON
