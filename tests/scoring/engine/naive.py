"""The meaning of a score once more, as slowly and plainly as it can be written; it shares no code with the engine."""

from collections import defaultdict
from datetime import UTC, datetime

from scoring.engine.facts import Condition, Criterion, EventFact, FitRule, Journey, LeadFacts, Limit, RuleSet


def naive_score(rule_set: RuleSet, facts: LeadFacts, as_of: float) -> dict:
    """Return score, fit, behaviour, the lines as (rule, points_now, count, last_at), persona and journeys."""
    behaviour_lines = []
    for rule in rule_set.rules:
        events = [
            event
            for event in facts.events
            if event.kind == rule.kind
            and exists(event, facts, as_of)
            and all(meets(condition, value_in(event, condition.field)) for condition in rule.conditions)
        ]
        if rule.limit is not None:
            events = latest_of_each_period(events, rule.limit)
        if events:
            points = sum(rule.points * left(as_of - event.at, rule.half_life_days) for event in events)
            cap = rule.cap if rule.cap is not None else 10**9
            line = (rule.name, max(-cap, min(cap, points)), len(events), max(event.at for event in events))
            behaviour_lines.append(line)
    fit_lines = [
        (rule.name, rule.points, 1, None)
        for rule in rule_set.fit
        if meets(Condition(rule.field, rule.op, rule.value), facts.attributes.get(rule.field))
    ]
    persona = naive_persona(rule_set, facts)
    fit_lines += persona["lines"] if persona else []
    behaviour = max(0, min(rule_set.behaviour_limit, sum(line[1] for line in behaviour_lines)))
    fit = max(0, min(rule_set.fit_limit, sum(line[1] for line in fit_lines)))
    return {
        "score": fit + behaviour,
        "fit": fit,
        "behaviour": behaviour,
        "lines": behaviour_lines + fit_lines,
        "persona": persona,
        "journeys": {journey.name: naive_progress(journey, facts, as_of) for journey in rule_set.journeys},
    }


def naive_persona(rule_set: RuleSet, facts: LeadFacts) -> dict | None:
    """Return name, match, what is met and unknown, and the lines of the persona that matches best."""
    best = None
    for persona in sorted(rule_set.personas, key=lambda persona: persona.name):
        met = [part for part in persona.criteria if meets(part, facts.attributes.get(part.field))]
        match = sum(part.points for part in met) / sum(part.points for part in persona.criteria)
        if match >= persona.minimum - 1e-9 and (best is None or match > best["match"] + 1e-9):
            best = {
                "name": persona.name,
                "match": match,
                "met": [part.name for part in met],
                "unknown": [
                    part.name
                    for part in persona.criteria
                    if part not in met and facts.attributes.get(part.field) in (None, "")
                ],
                "lines": [(f"{persona.name}: {part.name}", part.points, 1, None) for part in met],
            }
    return best


def naive_progress(journey: Journey, facts: LeadFacts, as_of: float) -> int:
    """Return the steps done, trying every way to take them."""
    events = [event for event in facts.events if exists(event, facts, as_of)]
    window, most = journey.window_days * 86400, len(journey.steps)

    def furthest(done: int, taken: list[EventFact]) -> int:
        is_inside = done == most or (taken and taken[0].at + window >= as_of)
        best = done if is_inside else 0
        if done == most:
            return best
        step = journey.steps[done]
        for event in events:
            begins = taken[0].at if taken else event.at
            is_next = not taken or event.at >= taken[-1].at
            if any(event is one for one in taken) or not is_next or event.at - begins > window:
                continue
            if event.kind == step.kind and all(meets(part, value_in(event, part.field)) for part in step.conditions):
                best = max(best, furthest(done + 1, [*taken, event]))
        return best

    return furthest(0, [])


def exists(event: EventFact, facts: LeadFacts, as_of: float) -> bool:
    is_after_recycle = facts.recycled_at is None or facts.recycled_at > as_of or event.at > facts.recycled_at
    return event.at <= as_of and is_after_recycle and not is_held(event, facts, as_of)


def is_held(event: EventFact, facts: LeadFacts, as_of: float) -> bool:
    """Say whether a machine is suspected, and the lead gave no later sign of being a person."""
    if event.signal == "bot_agent":
        return True
    if event.signal == "" and not any(is_suspicious(event, facts, as_of)):
        return False
    signs = ("form_submitted", "chat_engaged", "demo_requested", "page_kept_open")
    return not any(event.at < sign.at <= as_of and sign.kind in signs and sign.signal == "" for sign in facts.events)


def is_suspicious(event: EventFact, facts: LeadFacts, as_of: float):
    """Say, one by one, of each thing that gives a machine away, whether it holds of an event."""
    message = event.properties.get("message")
    if event.kind not in ("email_clicked", "email_opened") or not message:
        return
    company = [one for one in facts.events if one.at <= as_of and one.properties.get("message") == message]
    yield any(one.kind == "email_sent" and 0 <= event.at - one.at <= 10 for one in company)
    opened = [one for one in company if one.kind in ("email_clicked", "email_opened")]
    yield any(one.signal == "honeypot" and abs(one.at - event.at) <= 5 for one in opened)
    for start in opened:
        span = [one for one in opened if start.at <= one.at <= start.at + 5]
        clicks = {one.properties.get("link", id(one)) for one in span if one.kind == "email_clicked"}
        yield len(clicks) >= 3 and any(one is event for one in span)


def left(age: float, half_life_days: float | None) -> float:
    return 1 if half_life_days is None else 0.5 ** (age / 86400 / half_life_days)


def latest_of_each_period(events: list[EventFact], limit: Limit) -> list[EventFact]:
    periods = defaultdict(list)
    for event in events:
        periods[period_of(event, limit)].append(event)
    kept = []
    for group in periods.values():
        kept += sorted(group, key=lambda event: (event.at, event.source, event.message_id))[-limit.count :]
    return kept


def period_of(event: EventFact, limit: Limit) -> object:
    moment = datetime.fromtimestamp(event.at, UTC)
    if limit.per == "day":
        return moment.date()
    if limit.per == "week":
        return moment.isocalendar()[:2]
    if limit.per == "month":
        return moment.strftime("%Y-%m")
    if limit.per == "ever":
        return "ever"
    value = value_in(event, limit.value_of)
    return None if value in (None, "") else str(value).lower()


def value_in(event: EventFact, field: str) -> object:
    return event.name if field == "name" else event.properties.get(field.removeprefix("properties."))


def meets(condition: Condition | Criterion | FitRule, value: object) -> bool:
    """Only the ops that the strategies draw, on plain ASCII texts and whole numbers."""
    op, wanted = condition.op, condition.value
    is_unknown = value in (None, "")
    if op == "exists":
        return is_unknown != wanted
    if is_unknown:
        return False
    folded = value.lower() if isinstance(value, str) else value
    if op in ("is", "is_not"):
        is_same = folded == (wanted.lower() if isinstance(wanted, str) else wanted)
        return is_same if op == "is" else not is_same
    if op == "starts_with":
        return str(folded).startswith(wanted.lower())
    if op == "contains":
        return wanted.lower() in str(folded)
    if op == "in":
        return folded in [item.lower() if isinstance(item, str) else item for item in wanted]
    if isinstance(value, str):
        return False
    return {"gte": lambda: value >= wanted, "between": lambda: wanted[0] <= value <= wanted[1]}[op]()
