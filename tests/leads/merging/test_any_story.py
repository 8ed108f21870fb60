"""Merges undone in any order leave everything as it was, whatever came in before and between."""

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from leads.errors import MergeRefused
from leads.intake.take_in import take_in
from leads.merging.merge import merge_leads
from leads.merging.outcome import trait_names
from leads.merging.undo import undo_merge
from leads.models import DuplicateCandidate, Event, Lead, Merge
from tests.leads.intake.inbound import inbound
from tests.leads.merging.state import whole_state
from tests.make import NOON, make_source, make_user

KINDS = ("page_viewed", "ebook_downloaded", "identified", "trial_started")
TRAITS = [{"firstName": "Ada", "plan": "pro"}, {"title": "CTO", "plan": None}, {"company": "Acme"}, {}]
PEOPLE = 4


def keys_of(person):
    return [
        ("user_id", f"u{person}"),
        ("email", f"e{person}@x.example"),
        ("phone", f"+1500555000{person}"),
        ("anonymous_id", f"a{person}"),
    ]


@st.composite
def some_events(draw, prefix, most):
    """Return events of a few people who never contradict themselves."""
    events = []
    for number in range(draw(st.integers(0, most))):
        keys = keys_of(draw(st.integers(0, PEOPLE - 1)))
        places = draw(st.sets(st.integers(0, 3), min_size=1))
        kind = draw(st.sampled_from(KINDS))
        events.append(
            inbound(
                *(keys[place] for place in sorted(places)),
                kind=kind,
                at=NOON + timedelta(minutes=draw(st.integers(0, 9))),
                message_id=f"{prefix}{number}",
                properties=draw(st.sampled_from(TRAITS)) if kind == "identified" else {},
            )
        )
    return events


def merge_some(data, user):
    """Merge two leads that stand for themselves, if there are two, with some values chosen."""
    leads = list(Lead.objects.current().order_by("pk"))
    if len(leads) < 2:
        return
    survivor, absorbed = data.draw(st.permutations(leads).map(lambda order: order[:2]))
    names = data.draw(st.lists(st.sampled_from(trait_names(survivor, absorbed)), max_size=3, unique=True))
    choices = {name: data.draw(st.sampled_from(["survivor", "absorbed"])) for name in names}
    merge_leads(survivor.pk, absorbed.pk, choices=choices, by=user, now=NOON + timedelta(hours=2))


def undo_all(data, user):
    """Undo all merges that are not undone, in any order that is allowed."""
    while remaining := list(Merge.objects.filter(undone_at=None).order_by("pk")):
        merge = data.draw(st.sampled_from(remaining))
        try:
            undo_merge(merge.pk, by=user, now=NOON + timedelta(hours=3))
        except MergeRefused:
            assert Lead.objects.get(pk=merge.survivor_id).merged_into is not None


@pytest.mark.django_db
@settings(max_examples=40)
@given(some_events("m", 10), st.data())
def test_merging_and_undoing_changes_nothing(events, data):
    with transaction.atomic():
        user = make_user("merger")
        take_in(make_source(), events, now=NOON + timedelta(hours=1))
        Merge.objects.all().delete()
        before = whole_state()

        for _ in range(data.draw(st.integers(1, 4))):
            merge_some(data, user)
        undo_all(data, user)

        assert whole_state() == before
        transaction.set_rollback(True)


@pytest.mark.django_db
@settings(max_examples=40)
@given(some_events("m", 8), some_events("n", 6), st.data())
def test_what_came_in_meanwhile_is_as_if_there_had_never_been_a_merge(events, more, data):
    """Strange to the merged leads alone: whose identifiers are known before goes on as they would have."""
    whole = [inbound(*keys_of(person), message_id=f"p{person}", at=NOON) for person in range(PEOPLE)]
    with transaction.atomic():
        expected = outcome([*whole, *events, *more])
        user = make_user("merger")
        take_in(make_source(), [*whole, *events], now=NOON + timedelta(hours=1))
        merge_some(data, user)
        take_in(make_source(), more, now=NOON + timedelta(hours=2))
        undo_all(data, user)

        assert people() == expected
        transaction.set_rollback(True)


def outcome(events):
    with transaction.atomic():
        take_in(make_source(), events, now=NOON + timedelta(hours=1))
        found = people()
        transaction.set_rollback(True)
    return found


def people():
    """Return everybody with all that is known of them but what was chosen by hand, which stays said."""
    assert all(mine == owners for mine, owners in Event.objects.values_list("lead_id", "identifier__lead_id"))
    assert not DuplicateCandidate.objects.filter(dismissed_at=None).exists()
    return {
        (
            frozenset(lead.identifiers.values_list("kind", "value")),
            frozenset(lead.events.values_list("message_id", flat=True)),
            (lead.email, lead.phone, lead.first_name, lead.title, lead.source),
            (lead.last_event_at, lead.last_event_kind),
            frozenset(lead.attributes.items()),
            lead.organization.name if lead.organization else "",
            lead.search.text,
        )
        for lead in Lead.objects.current().select_related("organization", "search")
    }
