"""What counts as a lead's own doing is the same for the catalog and for the engine, which can't read it."""

import numpy as np
import pytest

from leads.events.catalog import CATALOG
from scoring.engine.facts import HUMAN_SIGN_KINDS, NOT_THE_LEADS_OWN_KINDS
from scoring.features.events import read_events
from scoring.rules.live import live_rule_set
from tests.make import make_event, make_lead


def test_the_engine_knows_the_kinds_that_are_not_the_leads_own():
    told = {kind.key for kind in CATALOG if not kind.is_own and not kind.is_bookkeeping}

    assert told == NOT_THE_LEADS_OWN_KINDS


def test_every_human_sign_is_a_kind_that_the_catalog_knows():
    assert {kind.key for kind in CATALOG} >= HUMAN_SIGN_KINDS


@pytest.mark.django_db
def test_saying_who_one_is_is_no_event_that_is_scored():
    lead = make_lead()
    for kind in ("identified", "grouped", "aliased", "page_viewed"):
        make_event(lead, kind)

    events = read_events(np.array([lead.pk]), live_rule_set().rule_set)

    assert [events.kinds[kind] for kind in events.kind] == ["page_viewed"]
