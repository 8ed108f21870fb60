"""What a batch leaves behind: events once, leads, their attributes; whatever the order of arrival."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from leads import signals
from leads.consent.state import allows, last_words
from leads.intake.inbound import Rejection
from leads.intake.take_in import take_in
from leads.models import (
    Consent,
    DuplicateCandidate,
    Event,
    Identifier,
    Lead,
    LeadSearch,
    Organization,
    RejectedEvent,
    Stage,
)
from leads.people.edit_organization import edit_organization
from tests.leads.intake.inbound import inbound
from tests.make import NOON, make_lead, make_source, make_sql

pytestmark = pytest.mark.django_db

U1, U2 = ("user_id", "u1"), ("user_id", "u2")
E1, E2 = ("email", "e1@x.example"), ("email", "e2@x.example")
P1 = ("phone", "+15005550006")
A1, A2 = ("anonymous_id", "a1"), ("anonymous_id", "a2")
LATER = NOON + timedelta(hours=1)


@pytest.fixture
def source():
    return make_source()


@pytest.fixture
def heard():
    """Every announcement of the test: (name, its words)."""
    told = []
    receivers = []
    for name in ("events_recorded", "lead_created", "leads_merged", "facts_changed"):

        def receive(name=name, **words):
            told.append((name, {key: words[key] for key in words if key not in ("signal", "sender", "now")}))

        receivers.append((getattr(signals, name), receive))
        getattr(signals, name).connect(receive)
    yield told
    for signal, receive in receivers:
        signal.disconnect(receive)


def identify(*keys, **fields):
    return inbound(*keys, kind="identified", **fields)


def test_a_bare_visit_is_stored_and_makes_no_lead(source, heard):
    taken = take_in(source, [inbound(A1)], now=NOON)

    assert taken.stored == 1
    assert Event.objects.get().lead is None
    assert not Lead.objects.exists()
    assert heard == []


def test_the_earlier_visits_of_a_browser_become_the_leads(source):
    take_in(source, [inbound(A1, kind="ad_clicked"), inbound(A2)], now=NOON)

    take_in(source, [inbound(E1, A1, at=LATER)], now=LATER)

    lead = Lead.objects.get()
    assert lead.events.count() == 2
    assert lead.source == "ad"
    assert Event.objects.get(lead=None).identifier.value == "a2"


def test_a_visit_of_a_visitor_seen_before_takes_one_statement(source, heard):
    take_in(source, [inbound(A1)], now=NOON)
    visit = inbound(A1, kind="ad_clicked", properties={"path": "/pricing"}, signal="bot_agent")

    assert count_statements(source, [visit]) == 1
    assert take_in(source, [visit], now=NOON).stored == 0
    stored = Event.objects.get(message_id=visit.message_id)
    assert (stored.kind, stored.name, stored.channel, stored.signal) == ("ad_clicked", "ad_clicked", "ad", "bot_agent")
    assert (stored.properties, stored.occurred_at, stored.received_at) == ({"path": "/pricing"}, NOON, LATER)
    assert (stored.identifier.value, stored.lead, stored.source) == ("a1", None, source)
    assert heard == []


def test_a_visit_in_a_browser_that_is_a_leads_is_that_leads(source, heard):
    take_in(source, [inbound(U1, A1)], now=NOON)
    lead = Lead.objects.get()
    heard.clear()

    taken = take_in(source, [inbound(A1)], now=NOON)

    assert (taken.stored, taken.lead_ids) == (1, [lead.pk])
    assert lead.events.count() == 2
    assert heard == [("events_recorded", {"lead_ids": [lead.pk]})]


def test_what_a_visitor_said_counts_once_somebody_is_known(source):
    properties = {"firstName": "Ada", "company": {"name": "Acme", "employee_count": 12}}
    take_in(source, [identify(A1, properties=properties)], now=NOON)

    take_in(source, [inbound(U1, A1, at=LATER)], now=LATER)

    lead = Lead.objects.get()
    assert lead.first_name == "Ada"
    assert lead.organization.employee_count == 12
    assert lead.search.text == "ada acme"


def test_an_event_sent_twice_is_stored_once_and_changes_nothing(source, heard):
    event = inbound(U1, message_id="m-1")
    take_in(source, [event, event], now=NOON)
    before = Lead.objects.values().get()
    heard.clear()

    taken = take_in(source, [event], now=LATER)

    assert taken.stored == 0
    assert Event.objects.count() == 1
    assert Lead.objects.values().get() == before
    assert heard == []


def test_a_message_id_that_is_taken_identifies_nobody_else(source):
    take_in(source, [inbound(U1, message_id="m-1")], now=NOON)

    take_in(source, [inbound(U2, E2, message_id="m-1")], now=LATER)

    assert Lead.objects.count() == 1
    assert Event.objects.count() == 1


def test_two_sources_may_use_one_message_id(source):
    take_in(source, [inbound(U1, message_id="m-1")], now=NOON)
    take_in(make_source("App"), [inbound(U1, message_id="m-1")], now=NOON)

    assert Event.objects.count() == 2


def test_a_batch_is_announced_once_with_all_its_leads(source, heard):
    take_in(source, [inbound(U1), inbound(U2), inbound(U1)], now=NOON)

    ids = sorted(Lead.objects.values_list("pk", flat=True))
    assert heard == [("lead_created", {"lead_ids": ids}), ("events_recorded", {"lead_ids": ids})]


def test_every_new_event_makes_its_lead_due_and_counts_a_change_of_facts(source):
    take_in(source, [inbound(U1)], now=NOON)
    Lead.objects.update(score_due_at=None)
    before = Lead.objects.get().facts_version

    take_in(source, [inbound(U1)], now=LATER)

    lead = Lead.objects.get()
    assert lead.score_due_at == LATER
    assert lead.facts_version == before + 1


def test_the_latest_event_is_the_last_activity_however_it_arrives(source):
    take_in(source, [inbound(U1, kind="ebook_downloaded", at=LATER)], now=LATER)
    take_in(source, [inbound(U1, kind="ad_clicked", at=NOON)], now=LATER)

    lead = Lead.objects.get()
    assert (lead.last_event_at, lead.last_event_kind) == (LATER, "ebook_downloaded")
    assert lead.source == "ad"


def test_saying_who_one_is_is_no_activity(source):
    take_in(source, [identify(U1, at=NOON)], now=NOON)

    lead = Lead.objects.get()
    assert (lead.last_event_kind, lead.source) == ("", "")


def test_a_source_given_by_hand_is_kept(source):
    lead = make_lead("e1@x.example", source="fair")

    take_in(source, [inbound(E1, kind="ad_clicked")], now=NOON)

    lead.refresh_from_db()
    assert lead.source == "fair"


def test_the_later_word_counts_however_it_arrives(source):
    new = identify(U1, at=LATER, properties={"title": "CTO", "plan": "pro", "score": None})
    old = identify(U1, at=NOON, properties={"title": "Engineer", "plan": "free", "score": 7, "city": "Ulm"})

    take_in(source, [new], now=LATER)
    take_in(source, [old], now=LATER)

    lead = Lead.objects.get()
    assert lead.title == "CTO"
    assert lead.attributes == {"plan": "pro", "city": "Ulm"}


def test_what_is_no_address_is_kept_beside_the_column(source):
    properties = {"email": "not an address", "phone": "0731 1234", "firstName": {"odd": 1}}
    take_in(source, [identify(U1, properties=properties)], now=NOON)

    lead = Lead.objects.get()
    assert (lead.email, lead.phone, lead.first_name) == ("", "", "")
    assert lead.attributes == {"email": "not an address", "phone": "0731 1234", "first_name": {"odd": 1}}


def test_a_group_is_the_leads_organization(source):
    group = {"group_id": "acme-1", "name": "Acme", "website": "https://www.acme.example/de", "employees": 50}
    take_in(source, [inbound(U1, kind="grouped", properties=group)], now=NOON)

    organization = Lead.objects.get().organization
    assert (organization.external_id, organization.name, organization.domain) == ("acme-1", "Acme", "acme.example")
    assert organization.employee_count == 50


def test_a_company_is_known_again_by_its_name(source):
    take_in(source, [identify(U1, properties={"company": "ACME Robotics"})], now=NOON)
    take_in(source, [identify(U2, properties={"company": {"name": "Acme robotics", "industry": "Robots"}})], now=NOON)

    organization = Organization.objects.get()
    assert organization.industry == "Robots"
    assert organization.leads.count() == 2


@pytest.mark.parametrize("change", ["renamed", "removed"])
def test_a_visitor_s_company_that_is_no_more_is_there_again_once_the_visitor_is_known(source, marketer, change):
    take_in(source, [identify(A1, properties={"company": {"name": "Acme", "industry": "Robots"}})], now=NOON)
    organization = Organization.objects.get()
    if change == "renamed":
        edit_organization(organization, {"name": "Acme Group"}, by=marketer, now=NOON)
    else:
        organization.delete()

    take_in(source, [inbound(U1, A1, at=LATER)], now=LATER)

    known = Lead.objects.get().organization
    assert (known.name, known.industry) == ("Acme", "Robots")
    assert Organization.objects.count() == (2 if change == "renamed" else 1)


def test_what_changes_a_company_makes_all_its_leads_due(source, heard):
    take_in(
        source, [identify(U1, properties={"company": "Acme"}), identify(U2, properties={"company": "Acme"})], now=NOON
    )
    colleague = Identifier.objects.get(value="u2").lead
    Lead.objects.update(score_due_at=None)
    heard.clear()

    take_in(source, [identify(U1, at=LATER, properties={"company": {"name": "Acme", "employees": 90}})], now=LATER)

    colleague.refresh_from_db()
    assert colleague.score_due_at == LATER
    assert ("facts_changed", {"lead_ids": sorted(Lead.objects.values_list("pk", flat=True))}) in heard


def test_a_domain_that_is_another_companys_is_not_taken_away(source):
    one = {"group_id": "1", "name": "One", "website": "one.example"}
    two = {"group_id": "2", "name": "Two", "website": "one.example"}

    take_in(source, [inbound(U1, kind="grouped", properties=one)], now=NOON)
    take_in(source, [inbound(U2, kind="grouped", properties=two)], now=NOON)

    assert list(Organization.objects.order_by("pk").values_list("name", "domain")) == [
        ("One", "one.example"),
        ("Two", ""),
    ]


def test_two_leads_that_turn_out_to_be_one_are_merged(source, heard):
    early = [
        identify(E1, at=NOON, properties={"email": "e1@x.example", "firstName": "Ada", "city": "Ulm"}),
        inbound(E1, kind="ad_clicked", at=NOON),
    ]
    take_in(source, early, now=NOON)
    take_in(source, [identify(U1, at=LATER, properties={"firstName": "A.", "plan": "pro"})], now=LATER)
    older, younger = Lead.objects.order_by("pk")
    heard.clear()

    take_in(source, [inbound(U1, E1, at=LATER)], now=LATER)

    younger.refresh_from_db()
    older.refresh_from_db()
    assert younger.merged_into == older
    assert (older.email, older.first_name, older.source) == ("e1@x.example", "A.", "ad")
    assert older.attributes == {"city": "Ulm", "plan": "pro"}
    assert older.events.count() == 4
    assert set(Identifier.objects.values_list("lead", flat=True)) == {older.pk}
    assert list(LeadSearch.objects.values_list("lead", "text")) == [(older.pk, "a. e1@x.example")]
    assert younger.score_due_at is None
    assert older.score_due_at == LATER
    assert ("leads_merged", {"survivor_id": older.pk, "absorbed_id": younger.pk}) in heard


def test_a_lead_waiting_in_the_queue_survives_and_keeps_its_place(source):
    take_in(source, [inbound(U1)], now=NOON)
    waiting = make_sql("e1@x.example")

    take_in(source, [inbound(U1, E1)], now=NOON)

    assert list(Lead.objects.awaiting_claim()) == [waiting]
    assert waiting.events.count() == 2


def test_old_ids_resolve_to_the_last_survivor(source):
    take_in(source, [inbound(U1), inbound(E1, P1)], now=NOON)
    take_in(source, [inbound(("email", "e3@x.example"))], now=NOON)
    take_in(source, [inbound(U1, E1)], now=NOON)
    take_in(source, [inbound(U1, ("email", "e3@x.example"))], now=NOON)

    survivor = Lead.objects.current().get()
    assert set(Lead.objects.exclude(pk=survivor.pk).values_list("merged_into", flat=True)) == {survivor.pk}


def test_what_contradicts_is_a_possible_duplicate_once(source):
    take_in(source, [inbound(U1, E1)], now=NOON)
    take_in(source, [inbound(U2, E1)], now=NOON)
    take_in(source, [inbound(U2, E1)], now=NOON)

    pair = DuplicateCandidate.objects.get()
    assert pair.first_id < pair.second_id
    assert pair.reason == "They share an e-mail address, but each has a user id of its own."
    assert [lead.events.count() for lead in (pair.first, pair.second)] == [1, 2]


def test_a_pair_follows_a_merge_and_goes_with_it(source):
    take_in(source, [inbound(E1, A1), inbound(E2, A1)], now=NOON)
    assert DuplicateCandidate.objects.count() == 1

    take_in(source, [inbound(U1, E1), inbound(U1, E2)], now=NOON)

    assert Lead.objects.current().count() == 1
    assert not DuplicateCandidate.objects.exists()


def test_claimed_leads_are_not_merged_by_a_machine(source, sales):
    fields = {"stage": Stage.CLAIMED, "owner": sales, "claimed_at": NOON}
    make_lead("e1@x.example", **fields)
    take_in(source, [inbound(U1)], now=NOON)
    Lead.objects.filter(identifiers__value="u1").update(**fields)

    take_in(source, [inbound(U1, E1)], now=NOON)

    assert Lead.objects.current().count() == 2
    assert DuplicateCandidate.objects.count() == 1


def test_an_alias_joins_a_browser_to_a_user(source):
    take_in(source, [inbound(A1)], now=NOON)

    take_in(source, [inbound(U1, A1, kind="aliased", former_id="a1")], now=NOON)

    assert Lead.objects.get().events.count() == 2


def test_an_alias_of_a_user_by_another_is_left_to_a_person(source):
    take_in(source, [inbound(U1), inbound(U2)], now=NOON)

    take_in(source, [inbound(U1, ("anonymous_id", "u2"), kind="aliased", former_id="u2")], now=NOON)

    assert Lead.objects.current().count() == 2
    assert DuplicateCandidate.objects.count() == 1


def test_rejected_events_are_kept_with_their_reason(source):
    take_in(source, [], [Rejection("An event needs a userId or an anonymousId.", "{}" * 30_000)], now=NOON)

    rejected = RejectedEvent.objects.get()
    assert rejected.reason == "An event needs a userId or an anonymousId."
    assert len(rejected.body) == 32_768


def batch(size, *, first=0, at=NOON):
    """Everything at once: new people, known ones, visits, traits, companies, merges and rejected events."""
    events = []
    for number in range(first, first + size // 5):
        user, email = ("user_id", f"u-{number}"), ("email", f"e-{number}@x.example")
        events += [
            inbound(user, at=at),
            inbound(email, ("anonymous_id", f"a-{number}"), at=at),
            inbound(("anonymous_id", f"b-{number}"), at=at),
            identify(user, email, at=at, properties={"email": email[1], "company": f"Company {number}", "x": number}),
            inbound(user, ("anonymous_id", f"b-{number}"), at=at),
        ]
    return events


def count_statements(source, events, rejected=()):
    with CaptureQueriesContext(connection) as captured:
        take_in(source, events, rejected, now=LATER)
    return len(captured)


@pytest.mark.parametrize("first", [0, 1000])
def test_ten_events_take_as_many_statements_as_five_hundred(source, first):
    rejected = [Rejection("no", "{}")]

    few = count_statements(source, batch(10, first=first), rejected)
    many = count_statements(source, batch(500, first=first + 100), rejected * 400)
    few_again = count_statements(source, batch(10, first=first, at=LATER))
    many_again = count_statements(source, batch(500, first=first + 100, at=LATER))

    assert few == many
    assert few_again == many_again


def test_merging_many_leads_takes_as_many_statements_as_merging_two(source):
    emails = [("email", f"e-{number}@x.example") for number in range(60)]
    users = [("user_id", f"u-{number}") for number in range(60)]
    take_in(source, [inbound(key) for key in (*emails, *users)], now=NOON)

    few = count_statements(source, [inbound(users[number], emails[number]) for number in range(2)])
    many = count_statements(source, [inbound(users[number], emails[number]) for number in range(2, 60)])

    assert Lead.objects.current().count() == 60
    assert few == many


def test_events_of_known_leads_take_three_statements_and_a_lock(source):
    take_in(source, [inbound(U1), inbound(U2)], now=NOON)

    several = count_statements(source, [inbound(U1), inbound(U2), inbound(A1), inbound(U1)])

    transaction = 2  # begin and commit, or a test's savepoint
    assert several == 5 + transaction  # and the visitor's identifier


@pytest.mark.parametrize("keys", [(U1,), (U1, E1), (U1, E1, A1)])
def test_a_lone_event_of_a_known_lead_takes_postgresql_one_statement(source, heard, keys):
    take_in(source, [inbound(U1, E1, A1)], now=NOON)
    lead = Lead.objects.get()
    Lead.objects.update(score_due_at=None)
    heard.clear()
    event = inbound(*keys, kind="ad_clicked", at=LATER, properties={"utm_source": "x"}, signal="bot_agent")

    statements = count_statements(source, [event])

    transaction = 2
    assert statements == (1 if connection.vendor == "postgresql" else 3) + transaction
    stored = Event.objects.get(message_id=event.message_id)
    assert (stored.lead, stored.identifier.value, stored.source) == (lead, keys[0][1], source)
    assert (stored.kind, stored.name, stored.channel, stored.signal) == ("ad_clicked", "ad_clicked", "ad", "bot_agent")
    assert (stored.properties, stored.occurred_at, stored.received_at) == ({"utm_source": "x"}, LATER, LATER)
    assert heard == [("events_recorded", {"lead_ids": [lead.pk]})]
    before, lead = lead, Lead.objects.get()
    assert (lead.last_event_at, lead.last_event_kind, lead.source) == (LATER, "ad_clicked", "content")
    assert (lead.score_due_at, lead.facts_version) == (LATER, before.facts_version + 1)


def test_a_lone_event_that_joins_two_leads_is_no_known_leads(source):
    take_in(source, [inbound(U1), inbound(E1)], now=NOON)

    take_in(source, [inbound(U1, E1)], now=LATER)

    assert Lead.objects.current().get().events.count() == 3


def test_lone_events_are_taken_in_without_prepared_statements_too(source, settings):
    settings.PREPARED_STATEMENTS = False
    take_in(source, [inbound(U1), inbound(A1)], now=NOON)

    assert take_in(source, [inbound(U1)], now=LATER).stored == 1
    assert take_in(source, [inbound(A1)], now=LATER).stored == 1
    assert Lead.objects.get().events.count() == 2


@pytest.mark.parametrize("keys", [[U1, E1], [E1], [U1]])
def test_who_unsubscribes_takes_the_consent_to_e_mails_back(source, keys):
    take_in(source, [identify(U1, E1)], now=NOON)
    lead = Lead.objects.get()
    about = Identifier.objects.get(kind="email")
    said = {"channel": "email", "how": "box", "message_id": "said"}
    Consent.objects.create(identifier=about, state="given", said_at=NOON, **said)
    assert allows(last_words([lead.pk]), "email")

    for _ in range(2):
        take_in(source, [inbound(*keys, kind="unsubscribed", message_id="bye", at=LATER)], now=LATER)

    assert not allows(last_words([lead.pk]), "email")
    assert list(Consent.objects.filter(state="withdrawn").values_list("how", "said_at")) == [("unsubscribed", LATER)]


def test_an_old_unsubscribing_that_arrives_late_leaves_a_later_consent(source):
    take_in(source, [identify(E1)], now=NOON)
    said = {"channel": "email", "how": "box", "message_id": "said"}
    Consent.objects.create(identifier=Identifier.objects.get(), state="given", said_at=LATER, **said)

    take_in(source, [inbound(E1, kind="unsubscribed", at=NOON)], now=LATER)

    assert last_words([Lead.objects.get().pk])[0].state == "given"
