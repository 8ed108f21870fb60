"""When one lead is due again."""

import math

import numpy as np

from scoring.engine.next_change import due_at
from scoring.engine.score import compile_rule_set, score_leads
from tests.scoring.engine.make_facts import NOW


def due(rule_set, facts, as_of=NOW, next_moment=math.inf) -> float | None:
    scores = score_leads(compile_rule_set(rule_set), [facts], as_of)
    [moment] = due_at(scores, np.array([next_moment])).tolist()
    return None if math.isinf(moment) else moment
