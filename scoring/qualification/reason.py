"""The reason for a stage change, in words for users."""

import math

from scoring.engine.facts import Policy
from scoring.qualification.cases import Cases
from scoring.qualification.states import IS_DISQUALIFIED, IS_RECYCLED, MQL, RANK, SQL, States


def reason_of(case: Cases, row: int, stage: str) -> str:
    """Return in words why a lead moves to `stage`."""
    position = int(case.states.position[row])
    if position == IS_RECYCLED:
        return f"Back after recycling: {_why_reached(case, row, stage)}"
    if position == IS_DISQUALIFIED:
        return f"Reopened: {_why_reached(case, row, stage)}"
    if RANK[stage] > position:
        return _why_reached(case, row, stage)
    return _why_fell(case, row, stage)


def _why_reached(case: Cases, row: int, stage: str) -> str:
    why = _why_entered(case, row, stage)
    return f"{why}; {_gates_met(case)} met" if stage == SQL and _was_gated(case, row) else why


def _why_entered(case: Cases, row: int, stage: str) -> str:
    policy, memory = case.policy, case.scores.memory
    if case.passes_hand_raise[row]:
        return f"{case.kind_of(memory.hand_raise[row])}: asking for sales makes an SQL"
    if stage == SQL and not policy.direct:
        return _why_score_reached(case, row, policy.sql_threshold)
    if case.has_engagement[row]:
        return f"{case.kind_of(memory.engagement[row])}: an engagement makes an MQL"
    if stage in (MQL, SQL):
        return _why_score_reached(case, row, policy.mql_threshold)
    return f"First sign of interest: {case.kind_of(memory.activity[row]).lower()}"


def _was_gated(case: Cases, row: int) -> bool:
    """Return whether gates were involved in a lead's becoming an SQL."""
    by_hand_raise = bool(case.passes_hand_raise[row]) and not case.policy.gate_hand_raise
    return bool(_gate_names(case.policy)) and not by_hand_raise


def _gates_met(case: Cases) -> str:
    names = _gate_names(case.policy)
    return f"{' and '.join(names)} {'gates were' if len(names) > 1 else 'gate was'}"


def _gate_names(policy: Policy) -> list[str]:
    gates = {"persona": policy.require_persona, "journey": policy.require_journey}
    return [name for name, wanted in gates.items() if wanted is not None]


def _why_score_reached(case: Cases, row: int, threshold: float) -> str:
    now, before = round(float(case.scores.score[row])), _stored_score(case.states, row)
    if before is None or now <= before:
        return f"The score of {now} reached the threshold of {threshold:g}"
    return f"{_mover(case, row)} took the score from {before} to {now}"


def _stored_score(states: States, row: int) -> int | None:
    stored = float(states.fit[row] + states.behaviour[row])
    return None if math.isnan(stored) else round(stored)


def _mover(case: Cases, row: int) -> str:
    """Return what changed the score since it was last stored."""
    if case.is_new_version[row]:
        return f"Version {case.scores.compiled.rule_set.version} of the rules"
    if case.scores.behaviour[row] > case.states.behaviour[row]:
        return case.kind_of(case.scores.memory.activity[row])
    return "Fit"


def _why_fell(case: Cases, row: int, stage: str) -> str:
    policy = case.policy
    if stage == MQL and not policy.direct:
        threshold, missing, is_asked = policy.sql_threshold, "hand-raise", policy.sql_on_hand_raise
    else:
        threshold, missing, is_asked = policy.mql_threshold, "engagement", policy.mql_on_engagement
    shown = math.floor(float(case.scores.score[row]) * 10) / 10  # not rounded up to the threshold that it is below
    why = f"The score of {shown} is below {threshold - float(case.margin[row]):g}"
    if is_asked:
        why += f" and there was no {missing} in {policy.engagement_memory_days:g} days"
    version = case.scores.compiled.rule_set.version
    return f"{why} (version {version} of the rules is new)" if case.is_new_version[row] else why
