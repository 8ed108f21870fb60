"""Random rule sets, events and leads for the properties that must always hold."""

from hypothesis import strategies as st

from scoring.engine.definition import rule_set_from_json
from scoring.engine.facts import DAY, MINUTE, EventFact, LeadFacts
from tests.scoring.engine.make_facts import NOW

KINDS = ["page_viewed", "trial_started", "demo_requested", "email_sent", "home_made", "email_clicked"]
PATHS = ["/pricing", "/Pricing/Teams", "/careers", "", None]

# Whole seconds up to 100 days back and a week ahead, with day borders and equal times made likely.
times = st.one_of(
    st.integers(-100 * 86400, 7 * 86400).map(lambda seconds: NOW + seconds),
    st.integers(-100, 7).map(lambda days: NOW + DAY / 2 + days * DAY),
    st.integers(-20, 0).map(lambda minutes: NOW + minutes * MINUTE),
    st.integers(-12, 0).map(lambda seconds: NOW + seconds),
)
properties = st.fixed_dictionaries(
    {},
    optional={
        "path": st.sampled_from(PATHS),
        "seats": st.integers(0, 9),
        "message": st.sampled_from(["m1", "m2"]),
        "link": st.sampled_from(["/a", "/b", "/c"]),
    },
)

conditions = st.one_of(
    st.builds(
        lambda op, value: {"field": "properties.path", "op": op, "value": value},
        st.sampled_from(["is", "is_not", "starts_with", "contains"]),
        st.sampled_from(["/pricing", "/PRICING/teams", "careers"]),
    ),
    st.just({"field": "properties.path", "op": "in", "value": ["/Pricing", "/careers"]}),
    st.builds(lambda value: {"field": "properties.path", "op": "exists", "value": value}, st.booleans()),
    st.builds(lambda value: {"field": "properties.seats", "op": "gte", "value": value}, st.integers(0, 9)),
    st.just({"field": "properties.seats", "op": "between", "value": [2, 5]}),
)
limits = st.fixed_dictionaries(
    {
        "count": st.integers(1, 4),
        "per": st.sampled_from(["day", "week", "month", "ever", {"value_of": "properties.path"}]),
    }
)
rules = st.fixed_dictionaries(
    {
        "kind": st.sampled_from([kind for kind in KINDS if kind != "email_sent"]),
        "points": st.integers(-20, 40),
        "half_life_days": st.sampled_from([None, 0.5, 3, 7, 14, 30, 90]),
        "cap": st.sampled_from([None, None, 4, 12.5, 40]),
        "limit": st.none() | limits,
        "conditions": st.lists(conditions, max_size=2),
    }
)
fit_rules = st.fixed_dictionaries(
    {
        "field": st.sampled_from(["title", "country"]),
        "op": st.sampled_from(["is", "is_not", "contains"]),
        "value": st.sampled_from(["manager", "hr"]),
        "points": st.integers(-10, 30),
    }
)
criteria = st.lists(
    st.fixed_dictionaries(
        {
            "name": st.sampled_from(["Role", "Place", "Trade"]),
            "field": st.sampled_from(["title", "country"]),
            "op": st.sampled_from(["is", "is_not", "contains", "exists"]),
            "points": st.integers(1, 20),
        }
    ).flatmap(
        lambda part: st.sampled_from([True, False] if part["op"] == "exists" else ["manager", "hr", "clerk"]).map(
            lambda value: {**part, "value": value}
        )
    ),
    min_size=1,
    max_size=3,
    unique_by=lambda part: part["name"],
)
personas = st.fixed_dictionaries({"minimum": st.sampled_from([0, 0.25, 0.5, 1]), "criteria": criteria})
steps = st.lists(
    st.fixed_dictionaries(
        {"kind": st.sampled_from(["page_viewed", "trial_started", "demo_requested"])},
        optional={"conditions": st.lists(conditions, max_size=1)},
    ),
    min_size=1,
    max_size=4,
)
journeys = st.builds(
    lambda window, found: {"window_days": window, "steps": _named(found, "Step")},
    st.sampled_from([0.01, 1, 7, 30]),
    steps,
)
policies = st.fixed_dictionaries(
    {
        "mql_threshold": st.integers(10, 45),
        "sql_threshold": st.integers(46, 90),
        "margin": st.integers(0, 10),
        "mql_on_engagement": st.booleans(),
        "engagement_memory_days": st.sampled_from([1, 30, 90]),
        "sql_on_hand_raise": st.booleans(),
        "direct": st.booleans(),
        "reopen_disqualified": st.booleans(),
    }
)


def _named(found: list[dict], prefix: str) -> list[dict]:
    return [{"name": f"{prefix} {position}", **rule} for position, rule in enumerate(found)]


rule_sets = st.builds(
    lambda found, fit, people, ways, policy: rule_set_from_json(
        {
            "name": "Random",
            "rules": _named(found, "Rule"),
            "fit": _named(fit, "Fit"),
            "personas": _named(people, "Persona"),
            "journeys": _named(ways, "Journey"),
            "policy": policy,
        },
        version=1,
    ),
    st.lists(rules, max_size=6),
    st.lists(fit_rules, max_size=3),
    st.lists(personas, max_size=3),
    st.lists(journeys, max_size=2),
    policies,
)
events = st.lists(
    st.builds(
        EventFact,
        kind=st.sampled_from(KINDS),
        at=times,
        source=st.integers(1, 2),
        message_id=st.integers(0, 10**6).map(str),
        properties=properties,
        signal=st.sampled_from(["", "", "", "bot_agent", "prefetch", "honeypot"]),
        voluntary=st.booleans(),
        hand_raise=st.sampled_from([False, False, True]),
    ),
    max_size=20,
    unique_by=lambda event: (event.source, event.message_id),
)
attributes = st.fixed_dictionaries(
    {}, optional={"title": st.sampled_from(["Office Manager", "", "Clerk"]), "country": st.sampled_from(["HR", "DE"])}
)
leads = st.builds(LeadFacts, attributes, events, st.none() | times)
