"""A tablet at a stand: cards are kept without a network, over reloads and crashes, and stored exactly once after it."""

import json

import pytest
from playwright.sync_api import expect

from leads.channels.kiosk.keep import kiosk_address
from leads.models import Event, Lead
from tests.make import EMAIL_FIELD, NAME_FIELD, PHONE_FIELD, make_form, make_kiosk

pytestmark = [pytest.mark.django_db(transaction=True)]

TABLET = {"viewport": {"width": 1180, "height": 820}, "has_touch": True}


@pytest.fixture
def kiosk(live_server):
    form = make_form(
        "Win a coffee machine",
        key="stand",
        button="Leave my card",
        fields=[EMAIL_FIELD, NAME_FIELD, PHONE_FIELD],
        thanks_heading="See you soon",
    )
    return make_kiosk(form)


@pytest.fixture
def tablet(open_page, kiosk, tolerated):
    # Chromium tells the console of every request that found no network.
    tolerated.append("net::ERR_INTERNET_DISCONNECTED")
    tolerated.append("Failed to load resource")
    address = kiosk_address(kiosk, "stand")
    page = open_page(path=address[address.index("/kiosk/") :], **TABLET)
    expect(page.locator("body[data-keeps]")).to_be_attached()
    return page


def fill(page, number):
    page.get_by_label("Work e-mail").fill(f"guest{number}@halden.com")
    page.get_by_label("Name").fill(f"Guest {number}")


def leave_card(page, number):
    fill(page, number)
    page.get_by_role("button", name="Leave my card").click()
    expect(page.get_by_role("heading", name="See you soon")).to_be_visible()
    page.get_by_role("button", name="Next card").click()


def stored():
    events = Event.objects.filter(kind="event_form_submitted").order_by("pk")
    return sorted(events.values_list("properties__email", flat=True))


def test_with_a_network_a_card_is_stored_at_once(tablet):
    leave_card(tablet, 1)

    expect(tablet.locator("[data-unsent]")).to_be_hidden()
    assert stored() == ["guest1@halden.com"]
    expect(tablet.get_by_label("Work e-mail")).to_have_value("")


def test_without_a_network_nothing_is_lost_and_everything_counts_once(tablet):
    context = tablet.context
    context.set_offline(True)
    for number in (1, 2):
        leave_card(tablet, number)
    expect(tablet.locator("[data-unsent]")).to_have_text("2 cards to send")
    expect(tablet.get_by_text("Offline", exact=True)).to_be_visible()

    # The page comes back without a network, with the cards and with what was being typed.
    fill(tablet, 3)
    tablet.reload()
    expect(tablet.locator("[data-unsent]")).to_have_text("2 cards to send")
    expect(tablet.get_by_label("Work e-mail")).to_have_value("guest3@halden.com")
    tablet.get_by_role("button", name="Leave my card").click()
    expect(tablet.get_by_role("heading", name="See you soon")).to_be_visible()

    # A crash: the tab is gone without a word, another one is opened, still without a network.
    address = tablet.url
    tablet.close(run_before_unload=False)
    again = context.new_page()
    again.goto(address)
    expect(again.locator("[data-unsent]")).to_have_text("3 cards to send")
    assert stored() == []

    context.set_offline(False)
    expect(again.locator("[data-unsent]")).to_be_hidden(timeout=20_000)
    assert stored() == ["guest1@halden.com", "guest2@halden.com", "guest3@halden.com"]
    assert Lead.objects.count() == 3


def test_a_card_whose_answer_gets_lost_counts_once(tablet):
    """The server stores it, the tablet never hears of that and sends it again."""
    sent = []

    def lose_the_first_answer(route):
        sent.append(json.loads(route.request.post_data)["cards"])
        if len([cards for cards in sent if cards]) == 1 and sent[-1]:
            route.fetch()
            route.abort()
        else:
            route.continue_()

    tablet.route("**/kiosk/stand/cards/", lose_the_first_answer)
    leave_card(tablet, 1)

    expect(tablet.locator("[data-unsent]")).to_be_hidden(timeout=20_000)
    assert len([cards for cards in sent if cards]) >= 2
    assert stored() == ["guest1@halden.com"]


def test_a_mistake_is_told_while_the_guest_is_there(tablet):
    fill(tablet, 1)
    tablet.get_by_label("Phone").fill("12")
    tablet.get_by_role("button", name="Leave my card").click()

    expect(tablet.locator(".field-error")).to_be_visible()
    expect(tablet.get_by_label("Name")).to_have_value("Guest 1")
    assert stored() == []
    tablet.get_by_label("Phone").fill("+47 21 00 00 00")
    tablet.get_by_role("button", name="Leave my card").click()

    expect(tablet.get_by_role("heading", name="See you soon")).to_be_visible()
    expect(tablet.locator("[data-mend]")).to_be_hidden()
    assert stored() == ["guest1@halden.com"]


def test_a_mistake_made_without_a_network_waits_to_be_mended(tablet):
    tablet.context.set_offline(True)
    fill(tablet, 1)
    tablet.get_by_label("Phone").fill("12")
    tablet.get_by_role("button", name="Leave my card").click()
    tablet.get_by_role("button", name="Next card").click()
    tablet.context.set_offline(False)

    mend = tablet.get_by_role("button", name="1 to mend")
    expect(mend).to_be_visible(timeout=20_000)
    mend.click()
    expect(tablet.get_by_label("Name")).to_have_value("Guest 1")
    tablet.get_by_label("Phone").fill("+47 21 00 00 00")
    tablet.get_by_role("button", name="Leave my card").click()

    expect(tablet.get_by_role("heading", name="See you soon")).to_be_visible()
    expect(mend).to_be_hidden()
    assert stored() == ["guest1@halden.com"]


def test_starting_over_leaves_nothing_for_the_next_guest(tablet):
    fill(tablet, 1)
    tablet.get_by_role("button", name="Start over").click()
    expect(tablet.get_by_label("Work e-mail")).to_have_value("")

    tablet.reload()

    expect(tablet.locator("body[data-ready]")).to_be_attached()
    expect(tablet.get_by_label("Work e-mail")).to_have_value("")
    assert stored() == []
