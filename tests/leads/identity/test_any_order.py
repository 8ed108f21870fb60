"""Whatever events say, contradictions too: what must be true of the people in every order and in any batches."""

from hypothesis import given, settings
from hypothesis import strategies as st

from leads.identity.keys import STRENGTH
from leads.identity.resolve import STANDING, Evidence, KnownLead, resolve

KEYS = [(kind, f"{kind}{number}") for kind in STRENGTH for number in range(3)]


@st.composite
def events(draw):
    """Return events that may contradict each other in any way: each with one to four identifiers, strongest first."""
    chosen = draw(st.lists(st.lists(st.sampled_from(KEYS), min_size=1, max_size=4, unique=True), max_size=10))
    return [
        Evidence(tuple(sorted({key[0]: key for key in keys}.values(), key=lambda key: STRENGTH[key[0]])))
        for keys in chosen
    ]


class House:
    """Leads as the database would keep them from batch to batch."""

    def __init__(self) -> None:
        self.owners, self.stages, self.doubts, self.next_id = {}, {}, set(), 1

    def take_in(self, evidence, apart=()):
        known = {
            lead_id: KnownLead(lead_id, {key[0] for key, owner in self.owners.items() if owner == lead_id}, standing)
            for lead_id, standing in self.stages.items()
        }
        found = resolve(evidence, self.owners, known, apart)
        names = {lead_id: self.new_id() for lead_id in found.created}
        self.owners = {key: names.get(owner, owner) for key, owner in found.owners.items()}
        self.doubts |= {frozenset(names.get(lead, lead) for lead in pair) for pair in found.duplicates}
        self.doubts = {frozenset(found.absorbed.get(lead, lead) for lead in pair) for pair in self.doubts}
        self.doubts = {pair for pair in self.doubts if len(pair) == 2}
        for absorbed in found.absorbed:
            del self.stages[absorbed]
        return found

    def new_id(self):
        self.stages[self.next_id] = 0
        self.next_id += 1
        return self.next_id - 1

    def people(self):
        return groups((lead, key) for key, lead in self.owners.items())

    def connected(self):
        """Return the identifiers of leads that are one or doubted to be."""
        joined = components([*([("lead", lead), key] for key, lead in self.owners.items()), *self.doubt_links()])
        return {frozenset(part for part in group if part[0] != "lead") for group in joined}

    def doubt_links(self):
        return ([("lead", lead) for lead in pair] for pair in self.doubts)


def groups(pairs):
    found = {}
    for owner, key in pairs:
        found.setdefault(owner, set()).add(key)
    return {frozenset(group) for group in found.values()}


def components(links):
    found = []
    for link in links:
        link = set(link)
        touching = [group for group in found if group & link]
        found = [group for group in found if not group & link] + [link.union(*touching)]
    return {frozenset(group) for group in found}


def in_batches(evidence, sizes):
    house, start = House(), 0
    for size in [*sizes, len(evidence) + 1]:
        house.take_in(evidence[start : start + size])
        start += size
    return house


ORDERS = st.randoms(use_true_random=False)
SIZES = st.lists(st.integers(1, 4), max_size=6)


@settings(max_examples=400)
@given(events(), ORDERS, SIZES)
def test_two_user_ids_never_become_one_lead(evidence, random, sizes):
    random.shuffle(evidence)

    for person in in_batches(evidence, sizes).people():
        assert len([key for key in person if key[0] == "user_id"]) <= 1


@settings(max_examples=400)
@given(events(), ORDERS, SIZES)
def test_whom_events_connect_are_one_lead_or_pairs_to_decide(evidence, random, sizes):
    identifying = [piece.keys for piece in evidence if piece.keys[0][0] != "anonymous_id"]
    random.shuffle(evidence)

    assert in_batches(evidence, sizes).connected() == components(identifying)


@settings(max_examples=400)
@given(events(), ORDERS, SIZES)
def test_there_is_a_pair_to_decide_only_where_something_contradicts_itself(evidence, random, sizes):
    random.shuffle(evidence)
    house = in_batches(evidence, sizes)
    identifying = [piece.keys for piece in evidence if piece.keys[0][0] != "anonymous_id"]

    for group in components(identifying):
        kinds = [key[0] for key in group if key[0] != "anonymous_id"]
        if len(kinds) == len(set(kinds)):
            # Nobody has two of anything: everything in it is one person, in whatever order it came.
            assert group in house.people()


@settings(max_examples=300)
@given(events(), ORDERS, st.sampled_from(sorted(STANDING)))
def test_the_known_lead_survives(evidence, random, stage):
    random.shuffle(evidence)
    house = House()
    claimed = house.new_id()
    house.owners[KEYS[0]], house.stages[claimed] = claimed, STANDING["claimed"]
    other = house.new_id()
    house.owners["email", "email1"], house.stages[other] = other, STANDING[stage]

    found = house.take_in(evidence)

    assert claimed not in found.absorbed
    assert all(survivor > 0 for survivor in found.absorbed.values())


@settings(max_examples=300)
@given(events(), SIZES)
def test_leads_that_somebody_told_apart_stay_apart(evidence, sizes):
    house, start = House(), 0
    one, other = house.new_id(), house.new_id()
    house.owners |= {("user_id", "user_id0"): one, ("email", "email0"): other}

    for size in [*sizes, len(evidence) + 1]:
        house.take_in(evidence[start : start + size], apart=[(one, other)])
        start += size

    assert house.owners["user_id", "user_id0"] != house.owners["email", "email0"]
