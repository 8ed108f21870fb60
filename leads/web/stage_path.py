"""A lead's path through the stages, as shown on its page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from leads.models import Lead, Stage, StageChange

PATH = (Stage.NEW, Stage.ENGAGED, Stage.MQL, Stage.SQL, Stage.CLAIMED, Stage.CUSTOMER)


@dataclass(frozen=True, slots=True)
class Step:
    """A stage on the path. state: "done", "now" or "ahead"; at: when the lead last entered it."""

    stage: str
    label: str
    state: str
    at: datetime | None

    @property
    def glyph(self) -> str:
        """Return the stage's glyph, or the empty one if the stage is ahead."""
        return "todo" if self.state == "ahead" else self.stage


def stage_path(lead: Lead, changes: Sequence[StageChange]) -> list[Step]:
    """Return the six stages of the path; the stage of a recycled or disqualified lead is appended.

    changes: the lead's stage changes, newest first.
    """
    entered: dict[str, datetime] = {Stage.NEW: lead.created_at}
    for change in reversed(changes):
        entered[change.to_stage] = change.changed_at
    if lead.stage in PATH:
        here = PATH.index(Stage(lead.stage))
        return [_step(stage, number - here, entered) for number, stage in enumerate(PATH)]
    been = [stage for stage in PATH if stage in entered]
    return [*(_step(stage, -1, entered) for stage in been), _step(Stage(lead.stage), 0, entered)]


def _step(stage: Stage, distance: int, entered: dict[str, datetime]) -> Step:
    state = "done" if distance < 0 else "ahead" if distance else "now"
    return Step(stage, stage.label, state, None if state == "ahead" else entered.get(stage))
