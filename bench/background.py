"""`python -m bench.background PORT RATE`: send single events at an even rate until told to stop.

A process of its own, so that it does not share a Python lock with who measures.
"""

import sys
import threading
import time

import django


def main(port: int, rate: float) -> None:
    """Send from a few connections, each at its part of the rate."""
    django.setup()
    senders = [threading.Thread(target=_send, args=[port, rate / SENDERS, number]) for number in range(SENDERS)]
    for sender in senders:
        sender.start()


SENDERS = 8
NUMBERS_APART = 10_000_000


def _send(port: int, rate: float, sender: int) -> None:
    # The traffic's module reads models, so it waits for the setup.
    from bench.client import Client
    from bench.load import json_request
    from bench.traffic import HEADERS, track

    client, number = Client(port), sender * NUMBERS_APART
    due = time.perf_counter() + sender / SENDERS / rate
    while True:
        time.sleep(max(0.0, due - time.perf_counter()))
        client.send(json_request("/v1/track", track(number), HEADERS))
        number, due = number + 1, due + 1 / rate


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]))
