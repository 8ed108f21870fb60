"""A visitor's way to sales, with Segment's own client, over HTTP, by the rules of a new installation.

By hand: three views of the pricing page 3 x 2, an eBook 5, a trial 15, a demo 20; as a manager 12, of 120 staff 10,
with a business address 4. All of it happens within seconds, in which points with a half-life of 14 days lose less
than 0.01.
"""

from concurrent.futures import ThreadPoolExecutor
from math import fsum
from threading import Barrier

import pytest
from django.test import Client
from django.urls import reverse

from leads.models import Lead, StageChange, User
from scoring.models import RuleSet, RuleSetStatus
from tests.admin_forms import form_fields, send_form
from tests.flows.conftest import Rest
from tests.processes import PATIENCE, wait_for

EMAIL = "ada@acme-robotics.com"
TRAITS = {
    "email": EMAIL,
    "firstName": "Ada",
    "lastName": "Moen",
    "title": "Operations Manager",
    "company": {"name": "Acme Robotics", "employee_count": 120},
}
FIT = 26
DECAYED = 0.01


def browse(tracker, anonymous_id: str = "visitor-1") -> None:
    for path in ("/pricing", "/pricing", "/pricing", "/features"):
        tracker.page(anonymous_id=anonymous_id, properties={"url": f"https://acme.example{path}"})
    tracker.flush()


def introduce(tracker, *, user_id: str = "user-1", anonymous_id: str = "visitor-1", **traits: str) -> None:
    tracker.identify(user_id, {**TRAITS, **traits}, anonymous_id=anonymous_id)
    tracker.flush()


def do(tracker, *names: str, user_id: str = "user-1") -> None:
    for name in names:
        tracker.track(user_id, name)
    tracker.flush()


def ask_for_a_demo(tracker, rest: Rest) -> dict:
    """Take a visitor all the way to an SQL."""
    browse(tracker)
    introduce(tracker)
    do(tracker, "eBook Downloaded", "Trial Started", "Demo Requested")
    return rest.lead_when(EMAIL, stage="sql", behaviour=pytest.approx(46, abs=DECAYED))


def moves_of(lead_id: int) -> list[tuple[str, str]]:
    return list(StageChange.objects.filter(lead=lead_id).order_by("id").values_list("from_stage", "to_stage"))


def change_points(browser: Client, rule: str, points: int) -> None:
    """Change a rule of the live rule set in the admin."""
    page = reverse("admin:scoring_ruleset_change", args=[RuleSet.objects.get(status=RuleSetStatus.LIVE).pk])
    fields = form_fields(browser.get(page), "ruleset_form")
    row = next(name.removesuffix("-name") for name, value in fields.items() if value == rule)
    send_form(browser, page, "ruleset_form", **{f"{row}-points": str(points)})


def test_a_visitor_is_no_lead_until_known_and_then_the_earlier_visits_count(tracker, rest):
    browse(tracker)
    assert [event["lead"] for event in rest.get("/events/")["results"]] == [None] * 4
    assert rest.get("/leads/")["results"] == []

    introduce(tracker)

    lead = rest.lead_when(EMAIL, stage="engaged")
    assert lead["fit"] == FIT
    assert lead["behaviour"] == pytest.approx(6, abs=DECAYED)
    assert (lead["first_name"], lead["organization"]["name"]) == ("Ada", "Acme Robotics")
    events = rest.get(f"/leads/{lead['id']}/events/")["results"]
    assert sorted(event["kind"] for event in events) == ["identified", *["page_viewed"] * 4]
    assert {event["lead"] for event in events} == {lead["id"]}


def test_engagement_makes_an_mql_and_a_demo_request_an_sql_and_every_step_is_kept(tracker, rest):
    browse(tracker)
    introduce(tracker)
    do(tracker, "eBook Downloaded")

    lead = rest.lead_when(EMAIL, stage="mql")
    assert lead["score"] == pytest.approx(FIT + 6 + 5, abs=DECAYED)

    do(tracker, "Trial Started")

    lead = rest.lead_when(EMAIL, score=pytest.approx(FIT + 6 + 5 + 15, abs=DECAYED))
    assert lead["stage"] == "mql"

    do(tracker, "Demo Requested")

    lead = rest.lead_when(EMAIL, stage="sql")
    assert lead["score"] == pytest.approx(72, abs=DECAYED)
    assert lead["respond_by"] is not None
    assert moves_of(lead["id"]) == [("new", "engaged"), ("engaged", "mql"), ("mql", "sql")]
    assert [waiting["id"] for waiting in rest.get("/queue/")["results"]] == [lead["id"]]


def test_the_explanation_names_every_rule_and_sums_to_the_score(tracker, rest):
    lead = ask_for_a_demo(tracker, rest)

    explained = rest.get(f"/leads/{lead['id']}/explanation/")

    points = {entry["rule"]: entry["points_given"] for entry in explained["entries"]}
    assert points == {
        "Viewed pricing": 6,
        "eBook downloaded": 5,
        "Trial started": 15,
        "Demo requested": 20,
        "Role is manager": 12,
        "50-250 staff": 10,
        "Business e-mail": 4,
    }
    assert fsum(entry["points_now"] for entry in explained["entries"]) == pytest.approx(explained["score"], abs=1e-6)
    assert explained["score"] == pytest.approx(lead["score"], abs=DECAYED)
    assert explained["stage"] == "sql"
    assert explained["stage_reason"]


def test_an_explanation_as_of_an_earlier_time_knows_nothing_of_later_events(tracker, rest):
    lead = ask_for_a_demo(tracker, rest)

    explained = rest.get(f"/leads/{lead['id']}/explanation/", as_of="2020-01-01T00:00:00Z")

    assert (explained["behaviour"], explained["score"]) == (0, FIT)


def test_of_two_reps_who_claim_at_once_one_wins_and_the_other_is_told_who_was_first(
    tracker, rest, product, sales, other_sales
):
    lead = ask_for_a_demo(tracker, rest)
    reps = {user.username: Rest(product, user) for user in (sales, other_sales)}
    together = Barrier(2)

    def claim(rep: Rest):
        together.wait(PATIENCE)
        return rep.post(f"/leads/{lead['id']}/claim/")

    with ThreadPoolExecutor(2) as pool:
        answers = dict(zip(reps, pool.map(claim, reps.values()), strict=True))

    assert sorted(answer.status_code for answer in answers.values()) == [200, 409]
    winner, loser = sorted(answers, key=lambda name: answers[name].status_code)
    assert answers[winner].json()["owner"] == winner
    assert answers[loser].json()["claimed_by"] == winner
    assert str(User.objects.get(username=winner)) in answers[loser].json()["detail"]
    assert rest.get(f"/leads/{lead['id']}/")["owner"] == winner
    assert moves_of(lead["id"])[-1] == ("sql", "claimed")
    assert rest.get("/queue/")["results"] == []


def test_a_claimed_lead_stays_claimed_whatever_it_does_next(tracker, rest, product, sales):
    lead = ask_for_a_demo(tracker, rest)
    Rest(product, sales).post(f"/leads/{lead['id']}/claim/")

    do(tracker, "Webinar Attended")

    after = rest.lead_when(EMAIL, score=pytest.approx(80, abs=DECAYED))
    assert (after["stage"], after["owner"]) == ("claimed", sales.username)


def test_an_admin_changes_a_rule_and_the_scores_follow(tracker, rest, admin_user, signed_in):
    lead = ask_for_a_demo(tracker, rest)

    change_points(signed_in(admin_user), "Demo requested", 10)

    after = rest.lead_when(EMAIL, score=pytest.approx(62, abs=DECAYED))
    assert after["stage"] == "sql"  # the hand-raise still speaks for it
    explained = rest.get(f"/leads/{lead['id']}/explanation/")
    assert explained["rule_set"] == 2
    assert explained["score"] == pytest.approx(after["score"], abs=DECAYED)


def test_the_stage_history_names_the_version_that_each_move_was_decided_by(tracker, rest, admin_user, signed_in):
    introduce(tracker)
    do(tracker, "eBook Downloaded")
    lead = rest.lead_when(EMAIL, stage="mql")
    browser = signed_in(admin_user)
    change_points(browser, "Chat", 4)
    wait_for(lambda: Lead.objects.filter(pk=lead["id"], decided_version=2).first(), "the rescore")

    do(tracker, "Demo Requested")

    rest.lead_when(EMAIL, stage="sql")
    changes = StageChange.objects.filter(lead=lead["id"]).order_by("id")
    assert [(change.to_stage, change.rule_set_version) for change in changes] == [
        ("engaged", 1),
        ("mql", 1),
        ("sql", 2),
    ]
    assert all(change.reason for change in changes)
    history = browser.get(reverse("lead-page", args=[lead["id"]])).content.decode()
    assert "rules v1" in history
    assert "rules v2" in history
