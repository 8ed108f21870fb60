"""A year in the life of one lead: visits that lead towards a purchase, or fade out."""

import math
from random import Random

from leadcrm.demo import content
from leadcrm.demo.actions import (
    BEFORE_ASKING,
    ENTRIES,
    HAND_RAISES,
    PHASES,
    look_at_prices,
    send_short_form,
    start_trial,
    view_page,
)
from leadcrm.demo.clock import DemoClock
from leadcrm.demo.people import Person
from leadcrm.demo.story import Step, Story

YEAR = 365
MOST_VISITS = 14
CHANNELS = tuple(ENTRIES)
CHANNEL_WEIGHTS = [weight for weight, _ in ENTRIES.values()]


def tell_journey(person: Person, rng: Random, clock: DemoClock) -> tuple[str, Story]:
    """Return the channel that brought a lead, and its steps up to now."""
    story = Story(person, rng.gauss(0.35 * person.fit, 0.9), rng, clock)
    # More leads came recently than a year ago, since the company grows.
    age = YEAR * rng.random() ** 1.5
    channel = rng.choices(CHANNELS, CHANNEL_WEIGHTS)[0]
    age = _visits(story, channel, age)
    _become_known(story)
    _newsletters(story, age)
    return channel, story


def tell_waiting_journey(person: Person, minutes_ago: float, rng: Random, clock: DemoClock) -> tuple[str, Story]:
    """Return the journey of a lead that asked for sales `minutes_ago`, after three busy weeks."""
    story = Story(person, 1.2, rng, clock)
    channel = rng.choices(CHANNELS, CHANNEL_WEIGHTS)[0]
    ages = sorted((rng.uniform(1.1, 13.5) for _ in range(5)), reverse=True)
    for visit, (age, action) in enumerate(zip(ages, rng.sample(BEFORE_ASKING, 5), strict=True)):
        story.go_to(age)
        if visit == 0:
            ENTRIES[channel][1](story)
        _browse(story, 1)
        action(story)
    _become_known(story)
    story.go_to((minutes_ago + 9) / 1440)
    look_at_prices(story)
    story.at = clock.now - minutes_ago * 60 - 90
    rng.choice(HAND_RAISES)(story)
    return channel, story


def tell_visit(person: Person, rng: Random, clock: DemoClock) -> Story:
    """Return the steps of a visitor who never became known."""
    story = Story(person, -1.0, rng, clock)
    story.go_to(YEAR * rng.random() ** 1.5)
    if rng.random() < 0.3:
        view_page(story, rng.choice(content.BLOG), rng.choice(content.CAMPAIGNS["social"]))
    _browse(story, 0)
    return story


def _visits(story: Story, channel: str, age: float) -> float:
    """Add one visit after the other; return the age of the last one."""
    rng, phase = story.rng, 0
    for visit in range(MOST_VISITS):
        story.go_to(age)
        if visit == 0:
            ENTRIES[channel][1](story)
        _browse(story, phase)
        if rng.random() < (0.45, 0.75, 0.9)[phase]:
            _act(story, phase)
        if rng.random() < _chance(-1.1 - 0.8 * story.intent):
            break
        if phase < 2 and rng.random() < _chance(-1.2 + 1.0 * story.intent):
            phase += 1
        gap = rng.lognormvariate(1.5 - 0.25 * story.intent, 0.9) + 0.02
        if gap >= age:
            break
        age -= gap
    return age


def _browse(story: Story, phase: int) -> None:
    rng = story.rng
    pages = content.BLOG if phase == 0 and rng.random() < 0.5 else content.PRODUCTS
    for _ in range(rng.choices((1, 2, 3, 4), (40, 32, 18, 10))[0]):
        view_page(story, rng.choice(pages))
    if story.person.fit < -0.6 and rng.random() < 0.12:
        view_page(story, content.CAREERS)


def _act(story: Story, phase: int) -> None:
    actions, weights = PHASES[phase]
    story.rng.choices(actions, weights)[0](story)
    # Each machine is tried at most once.
    if phase == 2 and story.rng.random() < 0.08 and not any(step.kind == "trial_started" for step in story.steps):
        start_trial(story)


def _become_known(story: Story) -> None:
    """Let a visitor without an address send the short form: only with an address is somebody a lead."""
    if story.known_at is None:
        send_short_form(story)
    person = story.person
    if story.known_at is not None and story.rng.random() < 0.4:
        traits: dict[str, object] = {
            "email": person.email,
            "firstName": person.first_name,
            "lastName": person.last_name,
        }
        story.steps.append(Step("identified", story.known_at, traits))
        if person.company is not None and story.rng.random() < 0.3:
            story.steps.append(Step("grouped", story.known_at, {"name": person.company.name}))
        if story.rng.random() < 0.05:
            story.steps.append(Step("aliased", story.known_at, {}))


def _newsletters(story: Story, last_age: float) -> None:
    """Send the newsletter every few weeks to known leads, until they unsubscribe."""
    rng = story.rng
    age = last_age - rng.uniform(4, 25)
    for issue in rng.sample(content.NEWSLETTERS, rng.randint(0, 4)):
        if age <= 0.05:
            return
        story.go_to(age)
        story.add("email_sent", campaign="Grounds", subject=issue)
        if not _answer_newsletter(story, issue):
            return
        age -= rng.uniform(20, 45)


def _answer_newsletter(story: Story, issue: str) -> bool:
    """Return whether the lead may be mailed again."""
    chance = story.rng.random()
    if chance < 0.012:
        story.add("email_bounced", campaign="Grounds", subject=issue)
    elif chance < 0.015:
        story.add("email_marked_as_spam", campaign="Grounds", subject=issue)
    elif chance < 0.03:
        story.add("unsubscribed", campaign="Grounds", reason="Too many e-mails")
        story.add_later(1, "erasure_requested" if int(story.age * 1000) % 2 else "data_requested")
    elif chance < 0.38:
        story.add_later(story.rng.uniform(0.02, 2), "email_opened", campaign="Grounds", subject=issue)
        if chance < 0.12 + 0.03 * story.intent:
            is_scanner = story.rng.random() < 0.05
            if story.rng.random() < 0.03:
                story.add("email_replied", campaign="Grounds", subject=issue)
            story.add(
                "email_clicked", signal="bot_agent" if is_scanner else "", campaign="Grounds", link="/machines/s4"
            )
    elif chance < 0.6:
        story.add_later(6, "message_ignored", campaign="Grounds", subject=issue)
    return chance >= 0.03


def _chance(log_odds: float) -> float:
    return 1 / (1 + math.exp(-log_odds))
