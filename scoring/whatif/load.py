"""The sales load of a rule set: how many leads a week it would have made SQLs lately."""

import numpy as np

from scoring.engine.batch import Flags, Floats, Ints
from scoring.engine.facts import DAY
from scoring.engine.score import Scores, score_batch, without_ungated_journeys
from scoring.qualification.cases import Cases
from scoring.qualification.states import States

WEEKS = 4
WINDOW = WEEKS * 7 * DAY


def became_sql(scores: Scores) -> Flags:
    """Say of each lead whether, in the last four weeks, it began to meet the conditions of an SQL.

    It met them right after one of its events or now, and not when the four weeks began. Shape (n_leads,).
    """
    may = np.flatnonzero(_may_become_sql(scores))
    if not len(may):
        return np.zeros(len(scores.batch), np.bool_)
    begin = scores.batch.as_of[may] - WINDOW
    met_before = _meets_sql(scores, may, begin)
    rows, moments = _moments(scores, may[~met_before])
    became = np.zeros(len(scores.batch), np.bool_)
    became[rows[_meets_sql(scores, rows, moments)]] = True
    return became


def _may_become_sql(scores: Scores) -> Flags:
    """Leave out the many leads that can't have: the others are scored at each of their events.

    Without its losses and its decay, a score is at any moment of the past at most what it is now.
    """
    rule_set, batch = scores.compiled.rule_set, scores.batch
    policy, events = rule_set.policy, batch.events
    highest = scores.fit + np.minimum(np.maximum(scores.did.given, 0).sum(axis=1), rule_set.behaviour_limit)
    may = highest >= (policy.mql_threshold if policy.direct else policy.sql_threshold) - 1e-6
    begins = batch.as_of - WINDOW
    decisive = events.hand_raise & policy.sql_on_hand_raise
    decisive |= events.voluntary & (policy.direct and policy.mql_on_engagement)
    is_lately = (events.at > begins[events.row]) & (events.at <= batch.as_of[events.row])
    may[events.row[decisive & is_lately]] = True
    may |= batch.recycled_at > begins  # what they did before counted then and does not now
    is_active = np.zeros(len(batch), np.bool_)
    is_active[events.row[is_lately]] = True
    return may & is_active


def _moments(scores: Scores, leads: Ints) -> tuple[Ints, Floats]:
    """Return rows and moments: of these leads' events of the four weeks, and now."""
    batch = scores.batch
    chosen = np.zeros(len(batch), np.bool_)
    chosen[leads] = True
    row, at = batch.events.row, batch.events.at
    is_meant = chosen[row] & (at > batch.as_of[row] - WINDOW) & (at <= batch.as_of[row])
    return np.append(row[is_meant], leads), np.append(at[is_meant], batch.as_of[leads])


def _meets_sql(scores: Scores, rows: Ints, moments: Floats) -> Flags:
    """Say whether these leads met the conditions at these moments."""
    rules = without_ungated_journeys(scores.compiled)
    return meets_sql(score_batch(rules, scores.batch.at_moments(rows, moments)))


def meets_sql(scores: Scores) -> Flags:
    """Say of each row whether its score, events and gates make an SQL, whatever stage the lead is in."""
    unknown = np.full(len(scores.batch), np.nan)
    anywhere = np.zeros(len(scores.batch), np.int64)
    states = States(anywhere, anywhere > 0, unknown, unknown, unknown, unknown, unknown)
    return Cases(states, scores).enters_sql
