"""Redis loses all that it holds while work is queued."""

import signal

from leads.models import Event
from tests.faults.exact import assert_everything_is_exact, publish_now


def test_a_flushed_redis_loses_no_score(house):
    publish_now()
    for running in (house.beat, *house.workers.values()):
        running.signal_all(signal.SIGSTOP)
    people = [{"userId": f"user-{number}"} for number in range(40)]
    house.send(*({"type": "track", "event": "Trial Started", **person} for person in people))
    queued = house.redis.llen("celery")

    house.forget()
    for running in (house.beat, *house.workers.values()):
        running.signal_all(signal.SIGCONT)
    house.settle()

    # Of four tasks the two workers may have been handed one each before they were stopped.
    assert queued >= 2
    assert Event.objects.count() == len(people)
    assert_everything_is_exact()
