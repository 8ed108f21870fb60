"""What policies remember of leads: the latest activity, engagement and hand-raise."""

from dataclasses import dataclass

import numpy as np

from scoring.engine.batch import Batch, Flags, Ints
from scoring.engine.facts import NOT_THE_LEADS_OWN_KINDS

NOTHING = -1


@dataclass(frozen=True, slots=True, eq=False)
class Memory:
    """Positions of the latest events of the leads' own, NOTHING where there is none; each of shape (n_leads,)."""

    activity: Ints
    engagement: Ints
    hand_raise: Ints


def recall(batch: Batch, counts: Flags) -> Memory:
    """Return what is remembered of each lead. counts: of each event, whether it counts at all.

    What we did ourselves leaves no trace. Of events at one moment the one of the later kind by name is the latest.
    """
    events = batch.events
    own = counts & ~events.among(NOT_THE_LEADS_OWN_KINDS)
    return Memory(_latest(batch, own), _latest(batch, own & events.voluntary), _latest(batch, own & events.hand_raise))


def _latest(batch: Batch, flags: Flags) -> Ints:
    chosen = np.flatnonzero(flags)
    latest = np.full(len(batch), NOTHING)
    latest[batch.events.row[chosen]] = chosen  # in time order, and the last one stays
    return latest
