from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from django.core.management import CommandError, call_command
from django.db.models import F

from leadcrm.demo.chats import make_chats
from leadcrm.demo.generate import make_demo
from leads.bulk import write_rows
from leads.events.catalog import CATALOG
from leads.models import (
    ChatConversation,
    Event,
    Identifier,
    Lead,
    LeadJourney,
    LeadSearch,
    Organization,
    Role,
    Stage,
    StageChange,
    User,
)
from scoring.engine.score import compile_rule_set, score_leads
from scoring.models import RuleSet
from scoring.qualification.decide import decide
from scoring.qualification.states import states_of
from scoring.qualification.walk import drain_all
from scoring.rules.definition import rule_set_from_rows
from scoring.rules.live import live_rule_set
from scoring.whatif.backtest import backtest
from tests.make import make_lead
from tests.make_rules import TRIAL, publish_rules
from tests.scoring.stored_facts import stored_facts, stored_state

pytestmark = pytest.mark.django_db

# A Thursday.
MORNING = datetime(2026, 11, 19, 9, 42, tzinfo=UTC)
EVENING = datetime(2026, 11, 19, 20, 15, tzinfo=UTC)


def make(leads=300, now=MORNING, seed=1):
    make_demo(leads, seed=seed, now=now, report=lambda number: None)


def wipe():
    for model in (ChatConversation, Event, StageChange, Lead, Identifier, Organization):
        model.objects.all().delete()


def rows():
    leads = Lead.objects.order_by("id").values("email", "stage", "stage_changed_at", "respond_by", "owner__username")
    events = Event.objects.order_by("id").values_list("message_id", "kind", "occurred_at", "properties")
    return list(leads), list(events)


def told():
    """What a viewer could tell two demos apart by, times left out."""
    leads = Lead.objects.order_by("email").values_list("email", "first_name", "title", "organization__name", "source")
    kinds = Event.objects.filter(lead=None).order_by("identifier__value", "id").values_list("kind", flat=True)
    return list(leads), sorted(kinds)


def test_the_same_seed_and_time_give_the_same_rows():
    make()
    first = rows()
    wipe()

    make()

    assert rows() == first


def test_another_hour_of_the_day_tells_of_the_same_people():
    make(now=MORNING)
    morning = told()
    wipe()

    make(now=EVENING)

    assert told() == morning


def test_another_seed_tells_of_other_people():
    make(seed=1)
    first = told()
    wipe()

    make(seed=2)

    assert told() != first


def test_every_stage_and_every_kind_of_the_catalog_occurs():
    make(1_500)

    assert set(Lead.objects.values_list("stage", flat=True)) == set(Stage.values)
    assert {kind.key for kind in CATALOG} <= set(Event.objects.values_list("kind", flat=True))


def test_events_span_a_year_up_to_a_few_minutes_ago_and_none_lies_ahead():
    make()

    times = Event.objects.order_by("occurred_at").values_list("occurred_at", flat=True)

    assert MORNING - timedelta(days=366) < times.first() < MORNING - timedelta(days=300)
    assert MORNING - timedelta(minutes=10) < times.last() <= MORNING


def test_scoring_right_after_scores_everybody_and_moves_nobody():
    make()
    moves = StageChange.objects.count()

    drain_all(clock=lambda: MORNING)

    assert StageChange.objects.count() == moves
    assert not Lead.objects.filter(scored_at=None).exists()


def test_leads_match_personas_and_are_on_a_journey():
    make()
    drain_all(clock=lambda: MORNING)

    personas = set(Lead.objects.values_list("persona", flat=True))
    journeys = LeadJourney.objects.filter(name="Evaluate")
    assert personas == {"", "Office manager", "Café owner"}
    assert journeys.filter(is_complete=True).exists()
    assert journeys.filter(is_complete=False).exists()


def test_rules_that_somebody_has_changed_stay_as_they_are():
    publish_rules([TRIAL])
    version = publish_rules([TRIAL]).version

    make(20)

    assert live_rule_set().rule_set.version == version


def test_at_no_event_would_the_engine_have_moved_a_lead_that_stayed():
    make(120)
    rules_at = rules_of_the_year()
    leads = Lead.objects.select_related("organization").exclude(stage_changes__to_stage=Stage.CLAIMED)

    for lead in leads:
        facts = stored_facts(lead)
        for event in facts.events:
            if event.at < lead.created_at.timestamp():
                continue
            at = datetime.fromtimestamp(event.at, UTC) + timedelta(microseconds=1)
            change = lead.stage_changes.filter(changed_at__lte=at).order_by("id").last()
            lead.stage = change.to_stage if change else Stage.NEW
            rules = rules_at(at)
            lead.decided_version = rules.rule_set.version
            scores = score_leads(rules, [facts], event.at)
            assert decide(states_of([stored_state(lead)]), scores).of(0).path == (), (lead.pk, event)


def rules_of_the_year():
    """Return what says which rules were live at a moment: the former ones, until the live ones were published."""
    former, live = RuleSet.objects.order_by("-version")[:2][::-1]
    compiled = {row.version: compile_rule_set(rule_set_from_rows(row)) for row in (former, live)}
    return lambda at: compiled[live.version if at >= live.published_at else former.version]


def test_the_year_was_lived_under_two_versions_and_every_move_names_the_one_of_its_time():
    make()
    versions = list(RuleSet.objects.order_by("version"))
    rules_at = rules_of_the_year()

    moves = StageChange.objects.exclude(rule_set_version=None)

    assert [version.status for version in versions] == ["archived", "archived", "live"]
    assert str(versions[2].published_by) == "Maren Holt"
    assert {move.rule_set_version for move in moves} == {2, 3}
    assert all(move.rule_set_version == rules_at(move.changed_at).rule_set.version for move in moves)


def test_what_became_of_leads_gives_the_backtest_something_to_say():
    make(1_500)
    found = backtest(live_rule_set(), now=MORNING)

    # Under the former rules sales got leads that today's would not pass on, some of whom bought.
    live = found.live
    assert live.found.hits < live.found.cases
    assert live.contacted.hits < live.contacted.cases
    assert 0.15 < live.bought.rate < 0.6
    assert 0.3 < live.reached.rate < 0.8
    assert 7 < live.days < 60
    assert next(buyers for leads, buyers in live.curve if leads >= 0.2) > 0.3
    lifts = {lift.name: lift.value for lift in found.lifts}
    assert lifts["Trial converted"] > 1.3
    assert lifts["eBook downloaded"] < 0.7
    assert {"eBook downloaded"} <= {suggestion.lift.name for suggestion in found.suggestions}


def test_stage_histories_are_unbroken_and_end_where_the_lead_stands():
    make()

    for lead in Lead.objects.prefetch_related("stage_changes"):
        changes = sorted(lead.stage_changes.all(), key=lambda change: change.pk)
        stages = [Stage.NEW, *(change.to_stage for change in changes)]
        assert [change.from_stage for change in changes] == stages[:-1]
        assert lead.stage == stages[-1]
        assert all(before.changed_at <= after.changed_at for before, after in pairwise(changes))


def test_seven_wait_in_the_queue_late_soon_and_later():
    make(400)

    waiting = list(Lead.objects.awaiting_claim())

    left = [lead.respond_by - MORNING for lead in waiting]
    assert len(waiting) == 7
    assert left == sorted(left)
    assert left[0] < timedelta(0) < left[1] < timedelta(minutes=15) < left[-1] <= timedelta(minutes=30)


def test_an_event_is_its_identifiers_leads_and_visitors_have_none():
    make()

    assert not Event.objects.exclude(lead=None).exclude(lead=F("identifier__lead")).exists()
    assert not Event.objects.filter(lead=None, identifier__lead__isnull=False).exists()
    assert Event.objects.filter(lead=None).exists()


def test_organizations_and_addresses_are_not_repeated_and_nobody_real_is_addressed():
    make(2_100)

    assert (
        not Lead.objects.exclude(email__endswith=".example")
        .exclude(email__regex=r"^\w+_\w+[-\d]*@gmail\.com$")
        .exists()
    )
    assert Lead.objects.values("email").distinct().count() == 2_100
    assert LeadSearch.objects.count() == 2_100


def test_who_took_a_trial_buys_more_often():
    make(1_500)
    tried = set(Event.objects.filter(kind="trial_started").values_list("lead", flat=True))
    sales = set(Lead.objects.filter(stage=Stage.CUSTOMER).values_list("pk", flat=True))

    rate_of_all = len(sales) / 1_500
    rate_of_tried = len(sales & tried) / len(tried)

    assert rate_of_tried > 2 * rate_of_all


def test_the_command_scores_and_a_second_run_changes_nothing(capsys):
    call_command("demo_data", leads=60, now="2026-11-19T09:42:00")
    before = list(Lead.objects.order_by("id").values())

    call_command("demo_data", leads=60, now="2026-11-19T09:42:00")

    assert "already" in capsys.readouterr().out
    assert list(Lead.objects.order_by("id").values()) == before
    assert not Lead.objects.filter(scored_at=None).exists()


def test_more_leads_can_be_added(capsys):
    call_command("demo_data", leads=60, now="2026-11-19T09:42:00")

    call_command("demo_data", leads=40, now="2026-11-19T09:42:00", add=True)

    assert Lead.objects.count() == 100


def test_leads_that_are_not_the_demos_are_left_alone():
    make_lead("ada@acme.example")

    with pytest.raises(CommandError, match="There are leads in this database already"):
        call_command("demo_data", leads=60)


@pytest.mark.parametrize(("options", "message"), [({"leads": 0}, "got 0"), ({"now": "noon"}, "got noon")])
def test_values_that_make_no_sense_are_named(options, message):
    with pytest.raises(CommandError, match=message):
        call_command("demo_data", **options)


def test_the_demos_users_sign_in_with_demo(client):
    make(60)

    roles = dict(User.objects.values_list("username", "role"))

    assert roles == {"admin": Role.ADMIN, "marketer": Role.MARKETER, "sales": Role.SALES, "sales2": Role.SALES}
    assert all(user.check_password("demo") for user in User.objects.all())


def test_bulk_writing_keeps_every_character_number_and_time():
    text = 'tab\t newline\n return\r backslash\\ quote\' " percent % \\N emoji ☕ and {"json": 1}'
    attributes = {"text": text, "list": [1, 2.5, None, True]}
    row = (7, text, "", "", "", 12, "", attributes, {}, MORNING)

    write_rows(
        Organization,
        ("id", "name", "domain", "external_id", "industry", "employee_count", "country", "attributes",
         "attribute_times", "created_at"),
        [row],
    )  # fmt: skip

    stored = Organization.objects.get()
    assert (stored.pk, stored.name, stored.employee_count, stored.created_at) == (7, text, 12, MORNING)
    assert stored.attributes == attributes


def test_bulk_writing_keeps_dates_and_missing_values():
    columns = ("id", "kind", "email", "phone", "first_name", "last_name", "title", "country", "attributes",
               "attribute_times", "source", "stage", "stage_changed_at", "retry_on", "score", "fit", "behaviour",
               "persona", "facts_version", "last_event_at", "last_event_kind", "created_at")  # fmt: skip
    write_rows(
        Lead,
        columns,
        [(3, "person", "", "", "", "", "", "", {}, {}, "", "new", MORNING, date(2027, 1, 2), 1.25, 1.0, 0.25, "", 0,
          MORNING, "", MORNING)],
    )  # fmt: skip

    stored = Lead.objects.get()

    assert (stored.retry_on, stored.score, stored.owner_id, stored.claimed_at) == (date(2027, 1, 2), 1.25, None, None)


def test_the_newest_chats_have_transcripts_and_some_visitors_left():
    make(600)

    conversations = ChatConversation.objects.all()
    assert {one.outcome for one in conversations} >= {"open", "lead", "meeting", "sales"}
    for one in conversations.exclude(lead=None):
        event = Event.objects.get(properties__conversation=str(one.public_id))
        assert (event.lead_id, event.channel) == (one.lead_id, "chat")
    assert all(one.messages.exists() for one in conversations)
    before = list(conversations.values_list("public_id", flat=True))
    make_chats(seed=2, now=MORNING)
    assert list(conversations.values_list("public_id", flat=True)) == before
