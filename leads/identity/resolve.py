"""Decide whose each event is. Plain Python: no database, no clock.

Every identifier belongs to a lead or, while unbound, to a person of whom nothing else is known. An event claims that
its strongest identifier and each of its weaker ones are the same person. The claim is accepted, and the two become one
lead, unless both hold an identifier of one kind that is stronger than the weaker one:

- a user id and an e-mail address meet: one person, whatever other addresses either has; but two user ids never merge;
- an e-mail address and a phone number meet: one person, unless each has a user id of its own;
- any of them and an anonymous id meet: one person, unless that browser already belongs to somebody with another user
  id, e-mail address or phone number.

Two leads that a person declared different are not merged either. A rejected claim is noted as a possible duplicate.
Leads are only ever joined here, so evidence without contradictions gives the same result in any order; and with
contradictions, all connected identifiers end up in one lead or connected by possible duplicates.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from leads.identity.keys import ANONYMOUS_ID, STRENGTH, USER_ID, Key
from leads.models import Stage

# Stages decided by people outrank those decided by scoring; then the more advanced stage wins.
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
# From here on a lead is being worked on and is never absorbed automatically.
HELD = STANDING[Stage.CLAIMED]
KIND_WORDS = {
    "user_id": "a user id",
    "email": "an e-mail address",
    "phone": "a phone number",
    "anonymous_id": "a browser",
}
# Strength of a shared identifier as evidence when a stronger one contradicts it, 0..100.
DOUBT_STRENGTH = {"email": 85, "phone": 70, "anonymous_id": 50}
ALIAS_STRENGTH = 90


class Doubt(NamedTuple):
    """Why two leads may be one person, in words, with a strength of 0..100."""

    reason: str
    strength: int


@dataclass(slots=True)
class KnownLead:
    """What identity must know of a lead. kinds: of its identifiers. standing: see STANDING, by its stage."""

    lead_id: int
    kinds: set[str]
    standing: int

    @property
    def seniority(self) -> tuple[int, int]:
        """The greater of two leads survives a merge: by standing, then by age."""
        return self.standing, -abs(self.lead_id)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one event says about identity: its identifiers, strongest first, and the former id of an alias."""

    keys: tuple[Key, ...]
    former_id: str = ""


@dataclass(slots=True)
class Resolution:
    """The result for some events. Leads still to be created have negative ids.

    owners: the lead of each owned identifier. absorbed: lead -> its survivor. reasons: why, for each absorbed lead.
    duplicates: possible duplicates, smaller id first. met: for identifiers that have just got their lead, the
    identifier they came with.
    """

    owners: dict[Key, int]
    created: list[int] = field(default_factory=list)
    absorbed: dict[int, int] = field(default_factory=dict)
    reasons: dict[int, str] = field(default_factory=dict)
    duplicates: dict[tuple[int, int], Doubt] = field(default_factory=dict)
    met: dict[Key, Key] = field(default_factory=dict)


def is_settled(keys: tuple[Key, ...], owners: Mapping[Key, int | None]) -> bool:
    """Return whether an event says nothing new: all its identifiers are one lead's, or it is an unknown visitor's."""
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
    """Return who is who, given the current owner of each identifier and the known leads.

    apart: pairs of leads that a person declared different.
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
        """Return the lead of the strongest identifier; if unbound, it joins the first of the others that it may."""
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
        """Make this lead and the owner of a weaker identifier one; return the survivor."""
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
        """Return the doubtful pairs that have not become one lead meanwhile."""
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
    """Return why an identifier of this kind does not make two leads one, or "" if it does."""
    for stronger in STRENGTH:
        if stronger == kind:
            break
        if stronger in lead.kinds and stronger in other.kinds:
            return f"They share {KIND_WORDS[kind]}, but each has {KIND_WORDS[stronger]} of its own."
    if lead.standing >= HELD and other.standing >= HELD:
        return f"They share {KIND_WORDS[kind]}, but both are claimed or customers already."
    return ""


def _meeting(strongest: Key, shared: Key) -> str:
    """Return in words what made two leads one."""
    seen = " and ".join(_named(key) for key in (strongest, shared))
    return f"One event named both: {seen}."


def _named(key: Key) -> str:
    kind, value = key
    return KIND_WORDS[kind].replace("a ", "the ", 1).replace("an ", "the ", 1) + (
        "" if kind == ANONYMOUS_ID else f" {value[:100]}"
    )


def _may_join(kinds: set[str], lead: KnownLead, kind: str) -> bool:
    """Return whether an unbound identifier may join a lead that it meets through a weaker one of this kind."""
    return not any(STRENGTH[held] < STRENGTH[kind] and held in lead.kinds for held in kinds)
