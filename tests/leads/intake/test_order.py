"""The same events in any order and in any batches leave the same people with the same attributes."""

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from leads.intake.take_in import take_in
from leads.models import Event, Lead
from tests.leads.intake.inbound import inbound
from tests.make import NOON, make_source

KINDS = ("page_viewed", "ad_clicked", "ebook_downloaded", "identified", "grouped")
TRAITS = {
    "identified": [
        {"firstName": "Ada", "plan": "pro"},
        {"first_name": "Grace", "title": "CTO", "plan": None},
        {"company": {"name": "Acme", "industry": "Robots"}},
        {"company": "Binford"},
    ],
    "grouped": [{"group_id": "g1", "name": "Acme"}, {"group_id": "g2", "name": "Binford", "employees": 9}],
}


@st.composite
def stories(draw):
    """Events of up to three people who never contradict themselves, at times of their own, some of them repeated."""
    events = []
    for person in range(draw(st.integers(1, 3))):
        keys = [
            ("user_id", f"u{person}"),
            ("email", f"e{person}@x.example"),
            ("phone", f"+1500555000{person}"),
            ("anonymous_id", f"a{person}"),
            ("anonymous_id", f"b{person}"),
        ]
        for _ in range(draw(st.integers(1, 4))):
            kind = draw(st.sampled_from(KINDS))
            chosen = draw(st.lists(st.sampled_from(keys), min_size=1, unique=True))
            by_kind = {key[0]: key for key in chosen}
            number = len(events)
            events.append(
                inbound(
                    *(by_kind[name] for name in ("user_id", "email", "phone", "anonymous_id") if name in by_kind),
                    kind=kind,
                    at=NOON + timedelta(minutes=draw(st.integers(0, 5))),
                    message_id=f"m{number:03}",
                    properties=draw(st.sampled_from(TRAITS.get(kind, [{}]))),
                )
            )
    return events + draw(st.lists(st.sampled_from(events), max_size=2))


def outcome(events, sizes):
    """Take the events in, in batches of these sizes, and return all that must not depend on order; nothing is kept."""
    with transaction.atomic():
        source = make_source()
        start = 0
        for size in [*sizes, len(events)]:
            take_in(source, events[start : start + size], now=NOON + timedelta(hours=1))
            start += size
        people = {
            lead.pk: (
                frozenset(lead.events.values_list("message_id", flat=True)),
                (lead.email, lead.phone, lead.first_name, lead.last_name, lead.title),
                (lead.source, lead.last_event_kind),
                lead.last_event_at if lead.last_event_kind else None,
                frozenset(lead.attributes.items()),
                lead.organization and (lead.organization.name, lead.organization.external_id),
                lead.search.text,
            )
            for lead in Lead.objects.current().select_related("organization", "search")
        }
        visits = frozenset(Event.objects.filter(lead=None).values_list("message_id", flat=True))
        transaction.set_rollback(True)
    return frozenset(people.values()), visits


@pytest.mark.django_db
@settings(max_examples=60)
@given(stories(), st.randoms(use_true_random=False), st.lists(st.integers(1, 4), max_size=5))
def test_order_and_batches_do_not_matter(events, random, sizes):
    shuffled = list(events)
    random.shuffle(shuffled)

    assert outcome(events, []) == outcome(shuffled, sizes)
