"""A request as providers see it, and what they may say about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from leads.errors import LeadError
from leads.intake.inbound import InboundEvent


class Unauthentic(LeadError):
    """A request that does not prove who sent it; nothing of it is kept."""


class Malformed(LeadError):
    """Authentic, but not what this vendor sends."""


class Unfetched(LeadError):
    """What a delivery points to could not be fetched. is_final: trying again would not help."""

    def __init__(self, message: str, *, is_final: bool = False) -> None:
        super().__init__(message)
        self.is_final = is_final


@dataclass(frozen=True, slots=True)
class Incoming:
    """A request. url: as the sender wrote it, which some sign. headers: by lower-case name. body: the raw bytes."""

    method: str
    url: str
    headers: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes = b""

    def header(self, name: str) -> str:
        """Return a header, "" where there is none."""
        return self.headers.get(name.lower(), "")


@dataclass(frozen=True, slots=True)
class Reply:
    """What a handshake is answered with."""

    body: str
    content_type: str = "application/json"


class Parcel(NamedTuple):
    """One thing that was delivered: by what the vendor names it, and its bytes."""

    dedupe_key: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Sent:
    """A stored delivery, to be read. scope: tells ids of one installation of a vendor's from those of another.

    options: the connector's settings. received: POSIX seconds of its arrival.
    """

    body: bytes
    headers: Mapping[str, str]
    options: Mapping[str, object] = field(default_factory=dict)
    scope: str = ""


class Made(NamedTuple):
    """Events that a delivery tells of."""

    events: Sequence[InboundEvent]


class Nothing(NamedTuple):
    """A delivery that tells of nothing to store, and why."""

    reason: str


class Trial(NamedTuple):
    """A delivery by which the vendor only tries the address out, and how that shows."""

    reason: str


class ToFetch(NamedTuple):
    """A delivery that only points to what happened. reference: what the vendor's API is asked for."""

    reference: str


Outcome = Made | Nothing | Trial | ToFetch
