"""Machine activity: security gateways and link scanners open links, which must not count.

An event is suspected if its agent is a known bot, if its link was prefetched, or if it came right after its message's
delivery, in a burst of that message's links, or together with the message's honeypot link. It is held until the lead
gives a later human sign; a known bot's event is held forever. All of this follows from the events up to the given time.
"""

from collections import defaultdict
from collections.abc import Mapping

import numpy as np

from scoring.engine.batch import Batch, Flags, Ints
from scoring.engine.facts import BOT_AGENT, CLICK_KIND, DELIVERY_KIND, HONEYPOT, HUMAN_SIGN_KINDS, LINK_KINDS, SIGNALS

# Seconds.
AFTER_DELIVERY = 10.0
BURST = 5.0
BURST_LINKS = 3

_BOT = SIGNALS.index(BOT_AGENT)
_HONEYPOT = SIGNALS.index(HONEYPOT)


def held(batch: Batch) -> Flags:
    """Return for each event whether it is held at its lead's time."""
    events = batch.events
    exists = events.at <= batch.as_of[events.row]
    suspected = events.signal > 0
    suspected[_suspicious_links(batch, np.flatnonzero(exists))] = True
    if not suspected.any():
        return suspected
    signs = np.flatnonzero(exists & (events.signal == 0) & events.among(HUMAN_SIGN_KINDS))
    last_sign = np.full(len(batch), -np.inf)
    last_sign[events.row[signs]] = events.at[signs]  # in time order, so the last assignment wins
    is_held: Flags = suspected & ((events.signal == _BOT) | (events.at >= last_sign[events.row]))
    return is_held


def _suspicious_links(batch: Batch, existing: Ints) -> list[int]:
    """Return the events that look suspicious together with others of their message."""
    events = batch.events
    chosen = existing[events.among(LINK_KINDS | {DELIVERY_KIND})[existing]]
    if not len(chosen):
        return []
    links: dict[tuple[int, str], list[tuple[float, int, str]]] = defaultdict(list)
    deliveries: dict[tuple[int, str], list[float]] = defaultdict(list)
    columns = (events.row, events.at, events.kind, events.properties)
    rows, times, kinds, details = (column[chosen].tolist() for column in columns)
    for number, row, at, kind, properties in zip(chosen.tolist(), rows, times, kinds, details, strict=True):
        message = str(properties.get("message") or "") if properties else ""
        if not message:
            continue
        if events.kinds[kind] == DELIVERY_KIND:
            deliveries[row, message].append(at)
        else:
            links[row, message].append((at, number, _link_of(events.kinds[kind], number, properties)))
    honeypots = {number for number in chosen.tolist() if events.signal[number] == _HONEYPOT}
    found: list[int] = []
    for key, opened in links.items():
        found += _right_after(opened, deliveries.get(key, []))
        found += _bursts(opened)
        found += _beside_honeypot(opened, honeypots)
    return found


def _link_of(kind: str, number: int, properties: Mapping[str, object]) -> str:
    """Return the link that was opened; "" for a message that was only displayed."""
    return str(properties.get("link") or properties.get("url") or number) if kind == CLICK_KIND else ""


def _right_after(opened: list[tuple[float, int, str]], deliveries: list[float]) -> list[int]:
    return [number for at, number, _ in opened if any(0 <= at - sent <= AFTER_DELIVERY for sent in deliveries)]


def _bursts(opened: list[tuple[float, int, str]]) -> list[int]:
    """Return the events of every span of BURST seconds in which BURST_LINKS different links were opened."""
    found: set[int] = set()
    first = 0
    for last, (at, _, _) in enumerate(opened):
        while at - opened[first][0] > BURST:
            first += 1
        span = opened[first : last + 1]
        if len({link for _, _, link in span if link}) >= BURST_LINKS:
            found.update(number for _, number, _ in span)
    return sorted(found)


def _beside_honeypot(opened: list[tuple[float, int, str]], honeypots: set[int]) -> list[int]:
    hits = [at for at, number, _ in opened if number in honeypots]
    return [number for at, number, _ in opened if any(abs(at - hit) <= BURST for hit in hits)]
