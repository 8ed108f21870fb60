"""Find possible duplicates: new and changed leads are compared with the leads that share a key with them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import combinations

from django.db import transaction
from django.db.models import Q, QuerySet

from leads.identity.duplicates import Pair, note_duplicates
from leads.identity.likeness import Person, company_domain, compare, is_of_namesakes, keys_of, plain_name
from leads.identity.resolve import Doubt
from leads.models import DuplicateCandidate, DuplicateOrigin, Identifier, IdentifierKind, Lead, LeadSearch, MatchKey
from leads.rows import fetch, given, is_postgresql, places, run

BATCH = 500
# At most this many leads with the same key are compared, the newest first: a key shared by hundreds proves nothing.
MOST_ALIKE = 30
# If more leads share a name and the beginning of an address, the name is simply common.
MOST_NAMESAKES = 5


def compare_next(*, now: datetime, most: int = BATCH) -> int:
    """Compare leads that have changed since their last comparison and note possible duplicates; return how many.

    A fixed number of statements per batch. Nothing is locked: a lead that changes meanwhile is compared again.
    """
    waiting = LeadSearch.objects.filter(is_compared=False).order_by("lead_id")
    texts = dict(waiting.values_list("lead_id", "text")[:most])
    if not texts:
        return 0
    people = read_people(texts)
    keys = {person.lead_id: keys_of(person) for person in people.values()}
    with transaction.atomic():
        _keep_keys(keys)
    sharing = _who_shares({value for own in keys.values() for value in own})
    common = {value for value, who in sharing.items() if is_of_namesakes(value) and len(who) > MOST_NAMESAKES}
    pairs = _pairs_to_compare(keys, sharing, common)
    others = read_people({lead_id for pair in pairs for lead_id in pair} - people.keys())
    found = _compare_pairs(pairs, {**people, **others}, common)
    with transaction.atomic():
        _drop_unlike(pairs, found)
        note_duplicates(found, origin=DuplicateOrigin.LIKENESS, now=now)
        _mark_compared(texts)
    return len(texts)


def read_people(lead_ids: Collection[int]) -> dict[int, Person]:
    """Read what leads are compared by, without those merged into another."""
    leads = Lead.objects.current().filter(pk__in=lead_ids).select_related("organization")
    emails, phones = _contacts(lead_ids)
    return {
        lead.pk: _person(lead, emails[lead.pk], phones[lead.pk])
        for lead in leads.only(
            "kind", "first_name", "last_name", "attributes", "organization__name", "organization__domain"
        )
    }


def _contacts(lead_ids: Collection[int]) -> tuple[dict[int, list[str]], dict[int, list[str]]]:
    emails: dict[int, list[str]] = defaultdict(list)
    phones: dict[int, list[str]] = defaultdict(list)
    kinds = (IdentifierKind.EMAIL, IdentifierKind.PHONE)
    held = Identifier.objects.filter(lead_id__in=lead_ids, kind__in=kinds).order_by("pk")
    for lead_id, kind, value in held.values_list("lead_id", "kind", "value"):
        (emails if kind == IdentifierKind.EMAIL else phones)[lead_id or 0].append(value)
    return emails, phones


def _person(lead: Lead, emails: Sequence[str], phones: Sequence[str]) -> Person:
    organization = lead.organization
    domains = {company_domain(email.rpartition("@")[2]) for email in emails}
    names = {f"={plain_name(organization.name)}", company_domain(organization.domain)} if organization else set()
    raw = lead.attributes.get("phone")
    return Person(
        lead.pk,
        lead.kind,
        f"{lead.first_name} {lead.last_name}".strip(),
        organization.name if organization else "",
        frozenset((domains | names) - {"", "="}),
        tuple(emails),
        (*phones, *([raw[:40]] if isinstance(raw, str) else [])),
    )


def _keep_keys(keys: Mapping[int, Collection[str]]) -> None:
    """Store the current keys of these leads and delete their former ones."""
    stored = MatchKey.objects.filter(lead_id__in=keys).values_list("pk", "lead_id", "value")
    gone = [pk for pk, lead_id, value in stored if value not in keys[lead_id]]
    MatchKey.objects.filter(pk__in=gone).delete()
    rows = [MatchKey(lead_id=lead_id, value=value) for lead_id, own in sorted(keys.items()) for value in sorted(own)]
    MatchKey.objects.bulk_create(rows, ignore_conflicts=True)


def _pairs_to_compare(
    keys: Mapping[int, Collection[str]], sharing: Mapping[str, Sequence[int]], common: Collection[str]
) -> set[Pair]:
    """Return the pairs that share an uncommon key, and those found alike before."""
    pairs = {
        (min(lead_id, other), max(lead_id, other))
        for lead_id, own in keys.items()
        for value in own
        if value not in common
        for other in sharing.get(value, ())
        if other != lead_id
    }
    found_before = set(_open_pairs(keys).values_list("first_id", "second_id"))
    return pairs | found_before | _pairs_grown_common(keys, sharing, common)


def _pairs_grown_common(
    keys: Collection[int], sharing: Mapping[str, Sequence[int]], common: Collection[str]
) -> set[Pair]:
    """Return the pairs noted for a key that has become common with this batch."""
    before = ([lead_id for lead_id in sharing[value] if lead_id not in keys] for value in common)
    return {pair for few in before if len(few) <= MOST_NAMESAKES for pair in combinations(sorted(few), 2)}


def _who_shares(values: Collection[str]) -> dict[str, list[int]]:
    if not values:
        return {}
    sharing: dict[str, list[int]] = defaultdict(list)
    for value, lead_id in fetch(_sharing_statement(values), [*values, MOST_ALIKE]):
        sharing[value].append(lead_id)
    return sharing


def _sharing_statement(values: Collection[str]) -> str:
    """Return the statement that finds the newest leads of each key.

    PostgreSQL does one index lookup per key and reads only what it returns; SQLite reads all leads that share a key.
    """
    if is_postgresql():
        listed = ", ".join(["(%s)"] * len(values))
        return f"""
            SELECT wanted.value, alike.lead_id FROM (VALUES {listed}) AS wanted(value) CROSS JOIN LATERAL (
                SELECT lead_id FROM leads_matchkey WHERE leads_matchkey.value = wanted.value
                ORDER BY leads_matchkey.value DESC, lead_id DESC LIMIT %s
            ) AS alike
        """  # noqa: S608 - placeholders
    return f"""
        SELECT value, lead_id FROM (
            SELECT value, lead_id, ROW_NUMBER() OVER (PARTITION BY value ORDER BY lead_id DESC) AS place
            FROM leads_matchkey WHERE value IN ({places(values)})
        ) AS alike WHERE place <= %s
    """  # noqa: S608 - placeholders


def _compare_pairs(pairs: Iterable[Pair], people: Mapping[int, Person], common: Collection[str]) -> dict[Pair, Doubt]:
    known = ((first, second) for first, second in pairs if first in people and second in people)
    compared = ((pair, compare(people[pair[0]], people[pair[1]], common=common)) for pair in known)
    return {pair: doubt for pair, doubt in compared if doubt}


def _open_pairs(lead_ids: Collection[int]) -> "QuerySet[DuplicateCandidate]":
    alike = DuplicateCandidate.objects.filter(origin=DuplicateOrigin.LIKENESS, dismissed_at=None)
    return alike.filter(Q(first_id__in=lead_ids) | Q(second_id__in=lead_ids))


def _drop_unlike(pairs: Collection[Pair], found: Mapping[Pair, Doubt]) -> None:
    """Delete pairs that were found alike before and no longer are."""
    unlike = set(pairs) - found.keys()
    if unlike:
        first = {pair[0] for pair in unlike}
        noted = DuplicateCandidate.objects.filter(
            origin=DuplicateOrigin.LIKENESS, dismissed_at=None, first_id__in=first
        ).values_list("pk", "first_id", "second_id")
        DuplicateCandidate.objects.filter(pk__in=[pk for pk, *pair in noted if tuple(pair) in unlike]).delete()


def _mark_compared(texts: Mapping[int, str]) -> None:
    table, parameters = given(
        [{"lead_id": lead_id, "text": text} for lead_id, text in texts.items()], lead_id="bigint", text="text"
    )
    run(
        f"UPDATE leads_leadsearch SET is_compared = true FROM {table}"  # noqa: S608 - names of our own
        " WHERE leads_leadsearch.lead_id = given.lead_id AND leads_leadsearch.text = given.text",
        parameters,
    )
