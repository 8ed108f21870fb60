"""A request as providers see it, and the results that they return."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from leads.errors import LeadError
from leads.intake.inbound import InboundEvent


class Unauthentic(LeadError):
    """The request does not prove who sent it; nothing of it is stored."""


class Malformed(LeadError):
    """The request is authentic, but not in this vendor's format."""


class Unfetched(LeadError):
    """The content that a delivery points to could not be fetched. is_final: retrying would not help."""

    def __init__(self, message: str, *, is_final: bool = False) -> None:
        super().__init__(message)
        self.is_final = is_final


@dataclass(frozen=True, slots=True)
class Incoming:
    """A request. url: as the sender wrote it, which some vendors sign. headers: by lower-case name. body: raw bytes."""

    method: str
    url: str
    headers: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes = b""

    def header(self, name: str) -> str:
        """Return a header, "" if there is none."""
        return self.headers.get(name.lower(), "")


@dataclass(frozen=True, slots=True)
class Reply:
    """The response to a handshake."""

    body: str
    content_type: str = "application/json"


class Parcel(NamedTuple):
    """One delivered item: the vendor's identifier for it, and its bytes."""

    dedupe_key: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Sent:
    """A stored delivery to be parsed. scope: separates the ids of one vendor installation from another's.

    options: the connector's settings. received: POSIX seconds of its arrival.
    """

    body: bytes
    headers: Mapping[str, str]
    options: Mapping[str, object] = field(default_factory=dict)
    scope: str = ""


class Made(NamedTuple):
    """The events of a delivery."""

    events: Sequence[InboundEvent]


class Nothing(NamedTuple):
    """A delivery without anything to store, and why."""

    reason: str


class Trial(NamedTuple):
    """A test delivery by the vendor, and how it is recognised."""

    reason: str


class ToFetch(NamedTuple):
    """A delivery that only points to its content. reference: the parameter for the vendor's API."""

    reference: str


Outcome = Made | Nothing | Trial | ToFetch
