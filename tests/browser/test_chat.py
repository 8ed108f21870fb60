"""The chat as a visitor meets it on another website, with a strict policy, with a keyboard, and without JavaScript."""

import threading
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Page, expect

from leads.models import ChatConversation, ChatDialogue, ChatOutcome, Event, Lead
from tests.browser.conftest import PHONE
from tests.browser.test_accessibility import grave_findings
from tests.leads.channels.chat.scripts import make_dialogue

PAGE = """<!doctype html><html lang="en"><head><title>Shop</title><meta name="viewport" content="width=device-width">
<script src="{host}/chat.js" data-dialogue="site" async></script></head>
<body><h1>Shop</h1><p><a href="/next">Next page</a></p></body></html>"""

# Waits inside the page, whose policy forbids what `wait_for_function` does.
REMEMBERED = """() => new Promise((remembered) => {
  const look = () => /token/.test(sessionStorage.getItem("leadcrm-chat:site")) ? remembered() : setTimeout(look, 20);
  look();
})"""


class Website(BaseHTTPRequestHandler):
    """Another website, whose policy allows our address in scripts and frames, and nothing inline."""

    def __init__(self, *args, host: str) -> None:
        self.host = host
        super().__init__(*args)

    def do_GET(self):
        self.send_response(200 if self.path in ("/", "/next") else 204)
        self.send_header("Content-Type", "text/html")
        policy = f"default-src 'none'; script-src {self.host}; frame-src {self.host}"
        self.send_header("Content-Security-Policy", policy)
        self.end_headers()
        if self.path in ("/", "/next"):
            self.wfile.write(PAGE.format(host=self.host).encode())

    def log_message(self, *args):
        pass


@pytest.fixture
def dialogue(live_server) -> ChatDialogue:
    return make_dialogue(launcher="Ask us")


@pytest.fixture
def website(live_server):
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Website, host=live_server.url))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def launcher(page: Page):
    return page.get_by_role("button", name="Ask us")


def chat(page: Page):
    return page.frame_locator("iframe")


def lines(page: Page):
    return chat(page).locator(".chat-line")


def test_a_visitor_of_another_website_talks_and_becomes_a_lead(open_page, website, dialogue):
    page = open_page(path=f"{website}/")
    assert page.evaluate("sessionStorage.length + document.cookie.length") == 0
    expect(launcher(page)).to_have_attribute("aria-expanded", "false")

    launcher(page).click()
    chat(page).get_by_role("button", name="Pricing").click()
    expect(lines(page).last).to_have_text("We: Words of company")
    chat(page).get_by_role("button", name="Skip").click()
    address = chat(page).get_by_label("Words of mail")
    address.fill("ada@")
    chat(page).get_by_role("button", name="Send").click()
    expect(chat(page).get_by_role("alert")).to_contain_text("is none")
    expect(address).to_have_value("ada@")
    address.fill("ada@initech.com")
    address.press("Enter")
    expect(chat(page).get_by_role("button", name="Message")).to_be_visible()

    lead = Lead.objects.get(email="ada@initech.com")
    assert ChatConversation.objects.get().lead == lead
    assert ChatConversation.objects.get().page == f"{website}/"
    assert page.context.cookies() == []


def test_the_conversation_goes_on_after_a_change_of_page(open_page, website, dialogue):
    page = open_page(path=f"{website}/")
    launcher(page).click()
    chat(page).get_by_role("button", name="Pricing").click()
    expect(lines(page).last).to_have_text("We: Words of company")
    page.evaluate(REMEMBERED)

    page.get_by_role("link", name="Next page").click()

    expect(lines(page).nth(2)).to_have_text("You: Pricing")
    expect(chat(page).get_by_role("textbox", name="Words of company")).to_be_visible()
    assert ChatConversation.objects.count() == 1
    # The page is the visitor's, not the chat's: the cursor stays there.
    assert page.evaluate("document.activeElement === document.body")


def test_the_chat_is_used_by_keyboard_alone(open_page, website, dialogue):
    page = open_page(path=f"{website}/")
    expect(launcher(page)).to_be_visible()
    launcher(page).focus()
    page.keyboard.press("Enter")
    expect(chat(page).get_by_role("button", name="Pricing")).to_be_focused()
    page.keyboard.press("Enter")
    expect(chat(page).get_by_role("textbox", name="Words of company")).to_be_focused()
    page.keyboard.type("Initech")
    page.keyboard.press("Enter")
    expect(chat(page).get_by_role("textbox", name="Words of mail")).to_be_focused()

    page.keyboard.press("Escape")

    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(launcher(page)).to_be_focused()
    expect(launcher(page)).to_have_attribute("aria-expanded", "false")


def test_on_a_phone_the_chat_fills_the_screen_and_closes(open_page, website, dialogue):
    page = open_page(path=f"{website}/", **PHONE)
    launcher(page).tap()
    panel = page.get_by_role("dialog")
    assert panel.bounding_box() == {"x": 0, "y": 0, "width": 390, "height": 844}
    expect(chat(page).get_by_role("button", name="Pricing")).to_be_visible()

    page.get_by_role("button", name="Close chat").tap()

    expect(panel).to_be_hidden()
    expect(launcher(page)).to_be_visible()


def test_a_website_that_is_not_allowed_shows_no_chat(open_page, website, dialogue, tolerated):
    tolerated.append("is not among the dialogue's domains")
    ChatDialogue.objects.filter(pk=dialogue.pk).update(domains=["shop.example"])
    page = open_page(path="about:blank")
    with page.expect_console_message(lambda said: "is not among" in said.text):
        page.goto(f"{website}/")

    expect(launcher(page)).to_have_count(0)


def test_the_answer_before_is_changed(open_page, live_server, dialogue):
    page = open_page(path="/chat/w/site/")
    page.get_by_role("button", name="Support").click()
    expect(page.get_by_text("Words of bye")).to_be_visible()

    page.get_by_role("button", name="Change last answer").click()

    expect(page.get_by_role("button", name="Pricing")).to_be_focused()
    expect(page.get_by_text("Words of bye")).to_have_count(0)


def test_the_chat_works_without_javascript(open_page, dialogue, tolerated):
    tolerated.append("422")  # Chromium prints the status of a refused answer
    page = open_page(path="/chat/w/site/?visitor=plain", java_script_enabled=False)
    page.get_by_role("button", name="Pricing").click()
    page.get_by_label("Words of company").fill("Initech")
    page.get_by_role("button", name="Send").click()
    page.get_by_label("Words of mail").fill("ada")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("alert")).to_contain_text("“ada” is none")
    page.get_by_label("Words of mail").fill("ada@initech.com")
    page.get_by_role("button", name="Send").click()
    page.get_by_role("button", name="Message").click()
    page.get_by_label("Words of note").fill("Call me")
    page.get_by_role("button", name="Send").click()

    expect(page.get_by_text("Words of bye")).to_be_visible()
    conversation = ChatConversation.objects.get()
    assert (conversation.outcome, conversation.visitor) == (ChatOutcome.SALES, "plain")
    assert Event.objects.filter(kind="sales_contact_requested").count() == 1


def test_no_screen_of_the_chat_has_a_serious_fault(open_page, dialogue, admin_user):
    visitor = open_page(path="/chat/w/site/", bypass_csp=True)
    findings = grave_findings(visitor)
    visitor.get_by_role("button", name="Pricing").click()
    visitor.get_by_role("button", name="Send").wait_for()
    findings += grave_findings(visitor)
    page = open_page(admin_user, "/chat/", bypass_csp=True)
    conversation = ChatConversation.objects.get()
    paths = (
        *("/chat/", "/chat/new/", f"/chat/{dialogue.pk}/edit/?step=topic", f"/chat/{dialogue.pk}/edit/?step=meet"),
        *("/chat/conversations/", f"/chat/conversations/{conversation.public_id}/", f"/chat/{dialogue.pk}/settings/"),
    )
    findings += grave_findings(page, *paths)

    assert findings == []


def test_a_dialogue_is_edited_and_tried_on_one_page(open_page, dialogue, admin_user):
    page = open_page(admin_user, f"/chat/{dialogue.pk}/edit/")
    page.get_by_role("button", name="Words of topic").click()
    page.get_by_label("Question").fill("What brings you?")
    page.get_by_label("Choice 3", exact=True).fill("A demo")
    page.get_by_label("What follows choice 3").select_option(label="7. Words of bye")
    page.get_by_role("button", name="Save", exact=True).last.click()
    trial = page.frame_locator("iframe[title='Try the dialogue']")
    trial.get_by_role("button", name="A demo").click()
    expect(trial.get_by_text("Words of bye")).to_be_visible()

    page.get_by_role("button", name="Move down").click()
    expect(page.locator(".is-open .chat-number")).to_have_text("2")
    expect(page.get_by_role("button", name="Move down")).to_be_focused()
    page.get_by_role("button", name="Move up").click()
    expect(page.locator(".is-open .chat-number")).to_have_text("1")
    page.get_by_role("button", name="Publish").click()

    expect(page.locator(".toast")).to_contain_text("Version 2 is live.")
    assert ChatDialogue.objects.get(pk=dialogue.pk).live.document["steps"][0]["choices"][2] == {
        "label": "A demo",
        "next": "bye",
    }
    assert ChatConversation.objects.count() == 0


def test_a_dialogue_is_edited_without_javascript(open_page, dialogue, admin_user):
    page = open_page(admin_user, f"/chat/{dialogue.pk}/edit/", java_script_enabled=False)
    page.get_by_role("button", name="Words of bye").click()
    page.get_by_label("Words", exact=True).fill("Goodbye.")
    page.get_by_label("Kind of the new step").select_option("say")
    page.get_by_role("button", name="Add step").click()
    expect(page.get_by_text("Nobody gets here")).to_be_visible()
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Publish").click()

    expect(page.locator(".toast")).to_contain_text("Version 2 is live.")
    assert ChatDialogue.objects.get(pk=dialogue.pk).live.document["steps"][-1]["text"] == "Goodbye."
