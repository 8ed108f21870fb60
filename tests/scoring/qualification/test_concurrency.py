"""Several scorers work off the same leads while events keep arriving: no point is lost, no newer score overwritten."""

import random
from concurrent.futures import ThreadPoolExecutor
from threading import Event as Flag

import pytest
from django.db import connection, transaction
from django.utils import timezone

from leads.events.due import mark_due
from leads.models import Event, Identifier, Lead
from scoring.qualification.side_by_side import rescore_all
from scoring.qualification.walk import drain_all
from tests.faults.exact import assert_everything_is_exact, publish_now
from tests.make import make_lead, make_source
from tests.make_rules import PRICING, TRIAL

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite lets one transaction write at a time"),
]

LEADS, DRAINERS, SENDERS, BATCHES, BATCH = 150, 3, 3, 80, 4


def test_every_score_is_that_of_all_events_however_many_score_while_they_arrive():
    publish_now(TRIAL, PRICING, {"name": "Read an eBook", "kind": "ebook_downloaded", "points": 0.5})
    leads, source, ended = [make_lead() for _ in range(LEADS)], make_source(), Flag()

    with ThreadPoolExecutor(DRAINERS + 1 + SENDERS) as pool:
        senders = [pool.submit(in_thread, send, seed, leads, source) for seed in range(SENDERS)]
        scorers = [pool.submit(in_thread, again, drain_all, ended) for _ in range(DRAINERS)]
        scorers.append(pool.submit(in_thread, again, rescore_all, ended))
        try:
            for sender in senders:
                sender.result()
        finally:
            ended.set()
        for scorer in scorers:
            scorer.result()
    drain_all(clock=timezone.now)

    assert Event.objects.count() == SENDERS * BATCHES * BATCH
    assert not Lead.objects.due_for_scoring(timezone.now()).exists()
    assert_everything_is_exact()


def in_thread(work, *arguments):
    try:
        work(*arguments)
    finally:
        connection.close()


def again(score, ended):
    """Score over and over as long as events arrive; not after the last, as that would mend what went wrong before."""
    while not ended.is_set():
        score(clock=timezone.now)


def send(seed, leads, source):
    """Store events of some of the leads, as intake does: the events, and their leads due, in one transaction."""
    dice = random.Random(seed)
    owned = dict(Identifier.objects.values_list("lead_id", "pk"))
    for number in range(BATCHES):
        chosen = dice.sample(leads, BATCH)
        now = timezone.now()
        with transaction.atomic():
            Event.objects.bulk_create(
                Event(
                    source=source,
                    message_id=f"{seed}-{number}-{lead.pk}",
                    identifier_id=owned[lead.pk],
                    lead=lead,
                    kind=dice.choice(["trial_started", "ebook_downloaded", "page_viewed", "demo_requested"]),
                    properties={"path": "/pricing"},
                    occurred_at=now,
                    received_at=now,
                )
                for lead in chosen
            )
            mark_due([lead.pk for lead in chosen], now=now)
