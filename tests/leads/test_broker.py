"""After a failure the broker is left alone for a while."""

import pytest

from leads.broker import REST, Broker


def test_a_broker_that_failed_is_asked_again_only_after_a_while():
    now, asked = [100.0], []
    broker = Broker(clock=lambda: now[0])

    def enqueue():
        asked.append(now[0])
        if now[0] == 100.0:
            raise TimeoutError("no answer")

    with pytest.raises(TimeoutError):
        broker.reach(enqueue)
    now[0] += REST - 0.1
    assert broker.reach(enqueue) is False
    now[0] += 0.2
    assert broker.reach(enqueue) is True
    assert len(asked) == 2
