"""The chat's screens: dialogues, the editor, conversations, the transcript under an event."""

from datetime import timedelta

import pytest
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from leads.channels.chat.script import read_script
from leads.models import ChatConversation, ChatDialogue, ChatOpenings, ChatOutcome
from tests.leads.channels.chat.scripts import make_dialogue, script, step
from tests.make import NOON, make_conversation, make_event, make_lead

pytestmark = pytest.mark.django_db

TWO = script(step("mail", "email"), step("end", "end"))


@pytest.fixture
def dialogue():
    return make_dialogue(TWO)


@pytest.fixture
def editor(manager, signed_in):
    return signed_in(manager)


def draft(dialogue):
    dialogue.refresh_from_db()
    return read_script(dialogue.draft)


def send(client, dialogue, act, **fields):
    dialogue.refresh_from_db()
    given = {"revision": dialogue.revision, "open": "", "act": act, **fields}
    return client.post(reverse("chat-draft", args=[dialogue.pk]), given, follow=True)


def test_the_list_says_how_each_dialogue_fares(browser, dialogue):
    for outcome in ("open", "lead", "sales", "blocked"):
        make_conversation(dialogue, outcome=outcome)
    make_conversation(dialogue, started_at=NOON - timedelta(days=31))

    text = browser.get("/chat/").content.decode()

    row = text.split(">Site</a>")[1].split("</tr>")[0]
    assert [part.split("<")[0] for part in row.split('number"')[1:]] == [
        ' data-label="conversations">3',
        ' data-label="leads">2',
        ' data-label="to sales">1',
    ]
    assert "New dialogue" not in text


def test_a_dialogue_is_made_changed_and_published(editor):
    made = editor.post("/chat/new/", {**SETTINGS, "start": "empty"}, follow=True)
    dialogue = ChatDialogue.objects.get(name="Site")
    assert "visitors see nothing of it" in made.content.decode()

    send(editor, dialogue, "open:step-1")
    send(editor, dialogue, "add", open="step-1", text="Your address?", asks="1", is_required="on", kind="sales")
    send(editor, dialogue, "up:step-3", open="step-3", text="What is it about?", asks="1", is_required="on")
    shown = send(editor, dialogue, "publish")

    assert "Version 1 is live." in shown.content.decode()
    assert [one.text for one in draft(dialogue).steps] == [
        "Your address?",
        "What is it about?",
        "Thank you. We will be in touch.",
    ]
    assert editor.get("/chat/w/site/").status_code == 200


SETTINGS = {"name": "Site", "launcher": "Ask us", "colour": "#0f6650", "domains": "shop.example"}


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("colour", "#ffee00", "contrast of"),
        ("domains", "not a domain!", "got “domain!”"),
        ("name", "Qualify", "called “Qualify” already"),
        ("name", "", "This field is required"),
    ],
)
def test_a_setting_that_can_not_be_is_named_beside_its_field_and_keeps_what_was_typed(editor, field, value, words):
    refused = editor.post("/chat/new/", {**SETTINGS, "start": "ready", field: value})

    assert refused.status_code == 400
    assert words in refused.content.decode()
    assert ChatDialogue.objects.count() == 1


def test_settings_hold_at_once(editor, dialogue):
    editor.post(f"/chat/{dialogue.pk}/settings/", {**SETTINGS, "name": "Shop"})

    dialogue.refresh_from_db()
    assert (dialogue.name, dialogue.launcher, dialogue.domains, dialogue.slug) == (
        "Shop",
        "Ask us",
        ["shop.example"],
        "site",
    )
    assert "shop.example" in editor.get(f"/chat/{dialogue.pk}/settings/").content.decode()


def test_mistakes_stand_beside_their_steps_and_nothing_is_published(editor, dialogue):
    send(editor, dialogue, "delete:end")

    shown = send(editor, dialogue, "publish").content.decode()

    assert "Not published: the dialogue has a mistake." in shown
    row = shown.split('id="open"')[1].split("</li>")[0]
    assert "leads nowhere" in row
    dialogue.refresh_from_db()
    assert dialogue.live.number == 1


def test_every_button_saves_the_open_step(editor, dialogue):
    send(editor, dialogue, "open:end", open="mail", text="Your address?", asks="1")

    mail = draft(dialogue).find("mail")
    assert (mail.text, mail.is_required) == ("Your address?", False)


def test_choices_are_edited_as_rows(editor, dialogue):
    send(editor, dialogue, "add", kind="choice")
    rows = {"choice": ["Yes", "", "Maybe"], "choice_next": ["end", "", "mail"], "text": "Sure?"}

    send(editor, dialogue, "save", open="step-1", **rows)

    choices = draft(dialogue).find("step-1").choices
    assert [(one.label, one.next) for one in choices] == [("Yes", "end"), ("Maybe", "mail")]


def test_a_deleted_step_comes_back_by_undo(editor, dialogue):
    shown = send(editor, dialogue, "delete:mail").content.decode()
    assert "The step is deleted." in shown
    assert f'action="/chat/{dialogue.pk}/undo/"' in shown

    editor.post(f"/chat/{dialogue.pk}/undo/")

    assert draft(dialogue) == TWO


def test_an_earlier_version_is_restored_into_the_draft(editor, dialogue):
    send(editor, dialogue, "save", open="mail", text="Your address?", asks="1", is_required="on")
    send(editor, dialogue, "publish")

    editor.post(f"/chat/{dialogue.pk}/restore/1/")

    assert draft(dialogue) == TWO
    assert dialogue.live.number == 2


def test_who_edits_what_somebody_else_changed_is_told(editor, dialogue):
    send(editor, dialogue, "add", kind="say")

    shown = send(editor, dialogue, "delete:mail", revision=0).content.decode()

    assert "Somebody changed this dialogue since you opened it." in shown
    assert draft(dialogue).find("mail") is not None


def test_htmx_gets_the_editor_alone_at_the_address_of_the_open_step(editor, dialogue):
    given = {"revision": 0, "act": "open:mail"}

    swapped = editor.post(f"/chat/{dialogue.pk}/draft/", given, headers={"hx-request": "true"})

    assert swapped["HX-Replace-Url"] == f"/chat/{dialogue.pk}/edit/?step=mail"
    text = swapped.content.decode()
    assert "<html" not in text
    assert 'hx-swap-oob="true"' in text
    assert 'name="text"' in text


def test_a_marketer_reads_a_dialogue_and_changes_nothing(browser, dialogue):
    text = browser.get(f"/chat/{dialogue.pk}/edit/?step=mail").content.decode()

    assert "Managers and admins change dialogues." in text
    assert 'name="act"' not in text
    assert "chat.js" in text


def test_a_trial_walks_through_the_draft_and_keeps_nothing(browser, dialogue):
    path = f"/chat/{dialogue.pk}/try/"
    page = browser.get(path)
    assert "frame-ancestors 'self'" in page["Content-Security-Policy"]
    assert page["X-Frame-Options"] == "SAMEORIGIN"
    token = page.content.decode().split('name="c" value="')[1].split('"')[0]

    refused = browser.post(path, {"c": token, "answer": "nobody"})
    ended = browser.post(path, {"c": token, "answer": "ada@example.com"})

    assert "is none" in refused.content.decode()
    assert "Words of end" in ended.content.decode()
    assert ChatConversation.objects.count() == 0
    assert ChatOpenings.objects.count() == 0


def test_a_chat_is_closed_and_opened_again_by_undo(editor, dialogue):
    closed = editor.post(f"/chat/{dialogue.pk}/switch/", follow=True)
    assert "Site is closed to visitors." in closed.content.decode()
    assert editor.get("/chat/w/site/").status_code == 404

    editor.post(f"/chat/{dialogue.pk}/switch/")

    assert editor.get("/chat/w/site/").status_code == 200


def test_the_editor_says_where_people_stop(browser, dialogue):
    ChatOpenings.objects.create(dialogue=dialogue, opened_date=NOON.date(), times=7)
    answered = [{"step": "mail", "value": "ada@example.com"}]
    make_conversation(dialogue, step="mail")
    make_conversation(dialogue, step="mail")
    make_conversation(dialogue, step="", answers=answered, ended_at=NOON)

    text = browser.get(f"/chat/{dialogue.pk}/edit/").content.decode()

    assert "opened 7 times" in text
    fares = text.split("Where people stop")[1].split("</table>")[0]
    assert '<td class="right">3</td>' in fares
    assert '<td class="right">2</td>' in fares
    assert "3 conversations begun, 1 led to an end." in text


def test_conversations_are_filtered_and_paged_by_key(browser, dialogue, django_assert_num_queries):
    for number in range(60):
        outcome = ChatOutcome.SALES if number % 2 else ChatOutcome.OPEN
        make_conversation(dialogue, outcome=outcome, started_at=NOON - timedelta(minutes=number))
    make_conversation(started_at=NOON - timedelta(days=1))

    with django_assert_num_queries(8):
        first = browser.get("/chat/conversations/").content.decode()
    assert first.count("data-row") == 50
    second = browser.get(first.split('rel="next" href="')[1].split('"')[0]).content.decode()
    assert second.count("data-row") == 11
    assert browser.get("/chat/conversations/?outcome=sales").content.decode().count("data-row") == 30
    assert browser.get("/chat/conversations/?dialogue=qualify").content.decode().count("data-row") == 1
    assert browser.get("/chat/conversations/?outcome=x&dialogue=y&after=z").content.decode().count("data-row") == 50


def test_a_visitor_who_became_known_by_another_way_is_named(browser):
    conversation = make_conversation()
    lead = make_lead("ada@initech.com", first_name="Ada")
    lead.identifiers.create(kind="anonymous_id", value=conversation.visitor, created_at=NOON)

    assert ">Ada" in browser.get("/chat/conversations/").content.decode()


def test_the_transcript_opens_under_its_event_for_sales_too(rep_browser):
    conversation = make_conversation(lead=(lead := make_lead("ada@initech.com")))
    properties = {"conversation": str(conversation.public_id), "message": "Call me on Monday"}
    make_event(lead, "sales_contact_requested", channel="chat", properties=properties)

    page = rep_browser.get(f"/leads/{lead.pk}/").content.decode()
    address = f"/chat/conversations/{conversation.public_id}/"
    peek = rep_browser.get(address, headers={"hx-request": "true"}).content.decode()

    assert "Call me on Monday" in page
    assert f'hx-get="{address}"' in page
    assert "<html" not in peek
    assert "What brings you here?" in peek
    assert "Pricing" in rep_browser.get(address).content.decode()


@pytest.mark.parametrize("name", ["nonsense", 7, None, ["x"]])
def test_an_event_that_names_no_conversation_shows_none(rep_browser, name):
    lead = make_lead()
    make_event(lead, "chat_engaged", channel="chat", properties={"conversation": name})

    assert "Transcript" not in rep_browser.get(f"/leads/{lead.pk}/").content.decode()


def test_the_editor_asks_the_same_number_of_questions_whatever_its_length(browser, django_assert_max_num_queries):
    dialogue = make_dialogue(script(*(step(f"s{number}", "ask") for number in range(40)), step("end", "end")))
    for _ in range(20):
        make_conversation(dialogue)

    with django_assert_max_num_queries(12):
        browser.get(f"/chat/{dialogue.pk}/edit/")


WORDS = st.one_of(st.text(max_size=40), st.sampled_from(["mail", "end", "greeting", "0", "1", "choice"]))
ACTS = st.sampled_from(
    ["save", "close", "open:mail", "up:mail", "down:x", "delete:end", "add", "publish", "", ":", "add:1"]
)


@settings(max_examples=60)
@given(
    ACTS,
    st.dictionaries(
        st.sampled_from(["open", "text", "next", "url", "choice", "choice_next", "kind", "revision", "attribute"]),
        WORDS,
    ),
)
def test_nothing_that_is_sent_breaks_the_editor(editor, dialogue, act, given):
    dialogue.refresh_from_db()
    fields = {"revision": dialogue.revision, "act": act, **given}

    assert editor.post(f"/chat/{dialogue.pk}/draft/", fields, follow=True).status_code == 200
