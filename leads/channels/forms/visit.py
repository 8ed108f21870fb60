"""The context of a submission."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from leads.channels.address import path_of
from leads.channels.forms.known import Known

PAGE, FRAME, HTML, API = "page", "frame", "html", "api"
LONGEST_ADDRESS = 2000


@dataclass(frozen=True, slots=True)
class Visit:
    """The context of a submission. submission_id: the same for a repetition, at most 64 characters.

    page, referrer: addresses, "" if unknown. campaign: utm parameters and click ids. way: hosted page, iframe, plain
    HTML, program or another channel's word. known: the visitor of a token of ours. at: when it was sent, if not now.
    """

    submission_id: str
    page: str = ""
    referrer: str = ""
    campaign: Mapping[str, str] = field(default_factory=dict)
    agent: str = ""
    anonymous_id: str = ""
    way: str = PAGE
    known: Known | None = None
    at: datetime | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the visit as it is stored while answers wait."""
        return {
            "submission_id": self.submission_id,
            "page": self.page,
            "referrer": self.referrer,
            "campaign": dict(self.campaign),
            "agent": self.agent,
            "anonymous_id": self.anonymous_id,
            "way": self.way,
            "known": [self.known.identifier_id, *self.known.key] if self.known else None,
            "at": self.at.isoformat() if self.at else None,
        }

    def properties(self) -> dict[str, str]:
        """Return the context as properties of the event."""
        told = {
            "url": self.page[:LONGEST_ADDRESS],
            "path": path_of(self.page)[:LONGEST_ADDRESS],
            "referrer": self.referrer[:LONGEST_ADDRESS],
            "way": self.way,
            **self.campaign,
        }
        return {name: value for name, value in told.items() if value}


def visit_from_json(kept: Mapping[str, Any]) -> Visit:
    """Return a visit that `as_json` stored."""
    known, at = kept["known"], kept["at"]
    return Visit(
        **{
            **kept,
            "known": Known(known[0], (known[1], known[2]), frozenset()) if known else None,
            "at": datetime.fromisoformat(at) if at else None,
        }
    )
