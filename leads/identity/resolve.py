"""Decide whose each event is. Plain Python: no database, no clock.

Every identifier is somebody: a lead, or, while it is bound to none, a person of whom nothing else is known. An event
says that its strongest identifier and each of its weaker ones are the same person. That is believed, and the two
become one, unless both hold an identifier of one kind that is stronger than the weaker one:

- a user id and an e-mail address meet: one person, whatever other addresses either has; but two user ids never merge;
- an e-mail address and a phone number meet: one person, unless each has a user id of its own;
- any of them and an anonymous id meet: one person, unless that browser is already somebody with another user id,
  e-mail address or phone number.

Nor do two become one of whom a person said that they are two. What is not believed is noted as a possible duplicate.
As joining is all that ever happens, what does not contradict itself comes to the same end in whatever order it arrives;
and whatever arrives, in whatever order, those whom it connects are in the end one lead or connected by such notes.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from leads.identity.keys import ANONYMOUS_ID, STRENGTH, USER_ID, Key
from leads.models import Stage

# What people decided outlives what scoring decided; otherwise the lead that is further on.
STANDING: Mapping[str, int] = {
    stage: rank
    for rank, stage in enumerate(
        (
            Stage.NEW,
            Stage.ENGAGED,
            Stage.MQL,
            Stage.SQL,
            Stage.RECYCLED,
            Stage.DISQUALIFIED,
            Stage.CLAIMED,
            Stage.CUSTOMER,
        )
    )
}
# From here on a lead is somebody's work and is not merged into another by a machine.
HELD = STANDING[Stage.CLAIMED]
KIND_WORDS = {
    "user_id": "a user id",
    "email": "an e-mail address",
    "phone": "a phone number",
    "anonymous_id": "a browser",
}
# How much a shared identifier speaks for one person where something stronger speaks against it, 0..100.
DOUBT_STRENGTH = {"email": 85, "phone": 70, "anonymous_id": 50}
ALIAS_STRENGTH = 90


class Doubt(NamedTuple):
    """Why two leads may be one person, in words, and how much speaks for it, 0..100."""

    reason: str
    strength: int


@dataclass(slots=True)
class KnownLead:
    """What identity must know of a lead. kinds: of the identifiers it holds. standing: of STANDING, by its stage."""

    lead_id: int
    kinds: set[str]
    standing: int

    @property
    def seniority(self) -> tuple[int, int]:
        """Of two leads the greater one survives: by standing, then by age."""
        return self.standing, -abs(self.lead_id)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one event says of identity: its identifiers, strongest first, and an id that an alias gave up."""

    keys: tuple[Key, ...]
    former_id: str = ""


@dataclass(slots=True)
class Resolution:
    """Who is who after some events. Leads still to be created have negative ids.

    owners: the lead of each identifier that has one. absorbed: lead -> the lead it is merged into. reasons: why, of
    each absorbed one. duplicates: pairs that may be one person, smaller id first. met: of identifiers that have just
    got their lead, the one together with which they did.
    """

    owners: dict[Key, int]
    created: list[int] = field(default_factory=list)
    absorbed: dict[int, int] = field(default_factory=dict)
    reasons: dict[int, str] = field(default_factory=dict)
    duplicates: dict[tuple[int, int], Doubt] = field(default_factory=dict)
    met: dict[Key, Key] = field(default_factory=dict)


def is_settled(keys: tuple[Key, ...], owners: Mapping[Key, int | None]) -> bool:
    """Tell whether an event says nothing new: all its identifiers are one lead's, or it is a bare visitor's."""
    if len(keys) == 1:
        return keys[0][0] == ANONYMOUS_ID or owners.get(keys[0]) is not None
    owner = owners.get(keys[0])
    return owner is not None and all(owners.get(key) == owner for key in keys)


def resolve(
    evidence: Iterable[Evidence],
    owners: Mapping[Key, int],
    known: Mapping[int, KnownLead],
    apart: Collection[tuple[int, int]] = (),
) -> Resolution:
    """Return who is who, given the present owner of each identifier and what is known of these leads.

    apart: pairs of leads of whom a person said that they are two.
    """
    resolver = _Resolver(owners, known, apart)
    for piece in evidence:
        resolver.believe(piece)
    return resolver.result()


class _Resolver:
    def __init__(
        self, owners: Mapping[Key, int], known: Mapping[int, KnownLead], apart: Collection[tuple[int, int]]
    ) -> None:
        self.apart = apart
        self.owners = dict(owners)
        self.leads = {lead_id: KnownLead(lead_id, set(lead.kinds), lead.standing) for lead_id, lead in known.items()}
        self.created: list[int] = []
        self.merged_into: dict[int, int] = {}
        self.reasons: dict[int, str] = {}
        self.duplicates: dict[tuple[int, int], Doubt] = {}
        self.met: dict[Key, Key] = {}

    def believe(self, evidence: Evidence) -> None:
        strongest, *weaker = evidence.keys
        if strongest[0] == ANONYMOUS_ID:
            return
        lead = self._lead_of(strongest, weaker)
        for key in weaker:
            lead = self._join(lead, strongest, key)
        if evidence.former_id:
            self._doubt_former_id(lead, (USER_ID, evidence.former_id))

    def result(self) -> Resolution:
        owners = {key: self._survivor(lead_id) for key, lead_id in self.owners.items()}
        absorbed = {lead_id: self._survivor(lead_id) for lead_id in self.merged_into if lead_id > 0}
        created = [lead_id for lead_id in self.created if lead_id not in self.merged_into]
        reasons = {lead_id: self.reasons[lead_id] for lead_id in absorbed}
        return Resolution(owners, created, absorbed, reasons, self._open_duplicates(), self.met)

    def _lead_of(self, strongest: Key, weaker: list[Key]) -> KnownLead:
        """Return the lead of the strongest identifier; unbound, it joins the first of the others that it may."""
        owner = self._owner(strongest)
        if owner is not None:
            return owner
        for key in weaker:
            lead = self._owner(key)
            if lead is not None and _may_join({strongest[0]}, lead, key[0]):
                self._bind(strongest, lead, met=key)
                return lead
        created = self._create()
        self._bind(strongest, created)
        return created

    def _join(self, lead: KnownLead, strongest: Key, key: Key) -> KnownLead:
        """Make the owner of a weaker identifier and this lead one; return the survivor."""
        other = self._owner(key)
        if other is None:
            self._bind(key, lead, met=strongest)
        if other is None or other is lead:
            return lead
        objection = _objection(lead, other, key[0]) or self._verdict(lead, other, key[0])
        if not objection:
            return self._merge(lead, other, strongest, key)
        self._doubt(lead, other, Doubt(objection, DOUBT_STRENGTH[key[0]]))
        return lead

    def _verdict(self, lead: KnownLead, other: KnownLead, kind: str) -> str:
        both = {lead.lead_id, other.lead_id}
        if any({self._survivor(one), self._survivor(two)} == both for one, two in self.apart):
            return f"They share {KIND_WORDS[kind]}, but somebody said that they are two."
        return ""

    def _merge(self, one: KnownLead, other: KnownLead, strongest: Key, shared: Key) -> KnownLead:
        survivor, absorbed = sorted((one, other), key=lambda lead: lead.seniority, reverse=True)
        survivor.kinds |= absorbed.kinds
        self.merged_into[absorbed.lead_id] = survivor.lead_id
        self.reasons[absorbed.lead_id] = _meeting(strongest, shared)
        return survivor

    def _doubt_former_id(self, lead: KnownLead, former: Key) -> None:
        other = self._owner(former)
        if other is not None and other is not lead:
            words = f"An alias says that the user ids of both are one person, formerly {former[1][:200]}."
            self._doubt(lead, other, Doubt(words, ALIAS_STRENGTH))

    def _doubt(self, one: KnownLead, other: KnownLead, doubt: Doubt) -> None:
        self.duplicates.setdefault((one.lead_id, other.lead_id), doubt)

    def _open_duplicates(self) -> dict[tuple[int, int], Doubt]:
        """Return the doubtful pairs that have not become one meanwhile."""
        pairs: dict[tuple[int, int], Doubt] = {}
        for (one, other), doubt in self.duplicates.items():
            first, second = sorted((self._survivor(one), self._survivor(other)))
            if first != second:
                pairs.setdefault((first, second), doubt)
        return pairs

    def _owner(self, key: Key) -> KnownLead | None:
        lead_id = self.owners.get(key)
        return self.leads[self._survivor(lead_id)] if lead_id is not None else None

    def _survivor(self, lead_id: int) -> int:
        while lead_id in self.merged_into:
            lead_id = self.merged_into[lead_id]
        return lead_id

    def _bind(self, key: Key, lead: KnownLead, met: Key | None = None) -> None:
        self.owners[key] = lead.lead_id
        lead.kinds.add(key[0])
        if met is not None:
            self.met[key] = met

    def _create(self) -> KnownLead:
        lead = KnownLead(-1 - len(self.created), set(), -1)
        self.created.append(lead.lead_id)
        self.leads[lead.lead_id] = lead
        return lead


def _objection(lead: KnownLead, other: KnownLead, kind: str) -> str:
    """Say why an identifier of this kind does not make two leads one, or "" where it does."""
    for stronger in STRENGTH:
        if stronger == kind:
            break
        if stronger in lead.kinds and stronger in other.kinds:
            return f"They share {KIND_WORDS[kind]}, but each has {KIND_WORDS[stronger]} of its own."
    if lead.standing >= HELD and other.standing >= HELD:
        return f"They share {KIND_WORDS[kind]}, but both are claimed or customers already."
    return ""


def _meeting(strongest: Key, shared: Key) -> str:
    """Say what made two leads one."""
    seen = " and ".join(_named(key) for key in (strongest, shared))
    return f"One event named both: {seen}."


def _named(key: Key) -> str:
    kind, value = key
    return KIND_WORDS[kind].replace("a ", "the ", 1).replace("an ", "the ", 1) + (
        "" if kind == ANONYMOUS_ID else f" {value[:100]}"
    )


def _may_join(kinds: set[str], lead: KnownLead, kind: str) -> bool:
    """Tell whether a so far unknown identifier may join a lead that it meets by a weaker one of this kind."""
    return not any(STRENGTH[held] < STRENGTH[kind] and held in lead.kinds for held in kinds)
