"""What policies remember of each lead: the latest activity, engagement and hand-raise."""

from dataclasses import dataclass

import numpy as np

from scoring.engine.batch import Batch, Flags, Ints
from scoring.engine.facts import NOT_THE_LEADS_OWN_KINDS

NOTHING = -1


@dataclass(frozen=True, slots=True, eq=False)
class Memory:
    """Positions of each lead's latest events, NOTHING if there is none; arrays of shape (n_leads,)."""

    activity: Ints
    engagement: Ints
    hand_raise: Ints


def recall(batch: Batch, counts: Flags) -> Memory:
    """Return each lead's memory. counts: for each event, whether it counts at all.

    Our own actions are ignored. Of events at the same time, the kind that is last by name counts as the latest.
    """
    events = batch.events
    own = counts & ~events.among(NOT_THE_LEADS_OWN_KINDS)
    return Memory(_latest(batch, own), _latest(batch, own & events.voluntary), _latest(batch, own & events.hand_raise))


def _latest(batch: Batch, flags: Flags) -> Ints:
    chosen = np.flatnonzero(flags)
    latest = np.full(len(batch), NOTHING)
    latest[batch.events.row[chosen]] = chosen  # in time order, so the last assignment wins
    return latest
