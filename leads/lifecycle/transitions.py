"""Which stage may follow which."""

from collections.abc import Mapping

from leads.models import Stage

_BACK_IN_PLAY = frozenset({Stage.ENGAGED, Stage.MQL, Stage.SQL})
_GIVEN_UP = frozenset({Stage.RECYCLED, Stage.DISQUALIFIED})

TRANSITIONS: Mapping[str, frozenset[str]] = {
    Stage.NEW: frozenset({Stage.ENGAGED, Stage.MQL}) | _GIVEN_UP,
    Stage.ENGAGED: frozenset({Stage.MQL}) | _GIVEN_UP,
    Stage.MQL: frozenset({Stage.ENGAGED, Stage.SQL}) | _GIVEN_UP,
    Stage.SQL: frozenset({Stage.ENGAGED, Stage.MQL, Stage.CLAIMED}) | _GIVEN_UP,
    Stage.CLAIMED: frozenset({Stage.SQL, Stage.CUSTOMER}) | _GIVEN_UP,
    Stage.CUSTOMER: frozenset({Stage.RECYCLED}),
    Stage.RECYCLED: _BACK_IN_PLAY | {Stage.DISQUALIFIED},
    Stage.DISQUALIFIED: _BACK_IN_PLAY | {Stage.RECYCLED},
}
