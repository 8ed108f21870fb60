"""The chat over HTTP, as a website's visitor meets it."""

import re

import pytest
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from leads.capture.chat_limit import MOST_ANSWERS
from leads.models import ChatConversation, ChatDialogue, ChatOpenings, ChatOutcome, Event
from tests.leads.channels.chat.scripts import make_dialogue

pytestmark = pytest.mark.django_db

PATH = "/chat/w/site/"


@pytest.fixture
def dialogue():
    return make_dialogue()


@pytest.fixture
def visitor():
    return Client(enforce_csrf_checks=True, headers={"user-agent": "Mozilla/5.0"})


def fields(response) -> dict[str, str]:
    """Return the hidden fields of the reply that a page asks for."""
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', response.content.decode())
    return {name: value.replace("&amp;", "&") for name, value in found}


def answer(visitor, page, text="", **more):
    return visitor.post(PATH, {**fields(page), "answer": text, **more})


def test_a_conversation_is_held_without_javascript_and_without_cookies(visitor, dialogue):
    page = visitor.get(PATH, {"visitor": "browser-1", "page": "https://shop.example/pricing"})
    for text in ("Pricing", "Initech", "ada@initech.com", "Message", "Call me"):
        posted = answer(visitor, page, text)
        assert posted.status_code == 303
        page = visitor.get(posted["Location"].split("#")[0])
        assert text in page.content.decode()

    assert "Words of bye" in page.content.decode()
    conversation = ChatConversation.objects.get()
    assert (conversation.visitor, conversation.page) == ("browser-1", "https://shop.example/pricing")
    assert conversation.outcome == ChatOutcome.SALES
    assert not visitor.cookies
    assert Event.objects.filter(kind="sales_contact_requested").count() == 1


def test_the_page_may_be_framed_by_the_allowed_websites_alone(visitor, dialogue):
    assert "frame-ancestors *" in visitor.get(PATH)["Content-Security-Policy"]

    ChatDialogue.objects.filter(pk=dialogue.pk).update(domains=["shop.example"])
    answered = visitor.get(PATH)

    assert "frame-ancestors 'self' shop.example *.shop.example" in answered["Content-Security-Policy"]
    assert "script-src 'self'" in answered["Content-Security-Policy"]
    assert "X-Frame-Options" not in answered


def test_what_is_wrong_is_said_beside_what_was_typed(visitor, dialogue):
    page = visitor.get(PATH)
    for text in ("Pricing", ""):
        page = visitor.get(answer(visitor, page, text, act="skip" if not text else "answer")["Location"])

    refused = answer(visitor, page, "ada@<b>")

    assert refused.status_code == 422
    text = refused.content.decode()
    assert "“ada@&lt;b&gt;” is none" in text
    assert 'value="ada@&lt;b&gt;"' in text
    assert 'aria-describedby="answer-error"' in text
    assert Event.objects.count() == 1


def test_the_visitor_goes_back_one_answer(visitor, dialogue):
    page = visitor.get(answer(visitor, visitor.get(PATH), "Pricing")["Location"])

    back = visitor.get(answer(visitor, page, act="back")["Location"])

    assert fields(back)["at"] == "0"
    assert "Change last answer" not in back.content.decode()


def test_htmx_gets_the_reply_and_the_lines_its_page_lacks(visitor, dialogue):
    page = visitor.get(PATH)

    turn = visitor.post(PATH, {**fields(page), "answer": "Pricing"}, headers={"hx-request": "true"})

    text = turn.content.decode()
    assert turn.status_code == 200
    assert "<html" not in text
    assert 'hx-swap-oob="beforeend:#lines"' in text
    assert text.count("<li ") == 2
    assert "Words of topic" not in text.split("<ol")[1]


def test_a_cut_or_old_token_begins_anew_and_says_so(visitor, dialogue):
    page = visitor.get(PATH, {"c": "nonsense"})
    assert "begins anew" in page.content.decode()

    posted = visitor.post(PATH, {"c": "nonsense", "at": "0", "answer": "Pricing"})

    assert "begins anew" in posted.content.decode()
    assert ChatConversation.objects.count() == 0


def test_a_field_that_people_do_not_see_stops_machines(visitor, dialogue):
    refused = answer(visitor, visitor.get(PATH), "Pricing", website="http://spam.example")

    assert refused.status_code == 422
    assert "can&#x27;t go on" in refused.content.decode()
    assert ChatConversation.objects.get().outcome == ChatOutcome.BLOCKED
    assert Event.objects.count() == 0


def test_too_many_answers_in_a_minute_are_refused_with_what_was_typed(visitor, dialogue):
    page = visitor.get(PATH)
    answers = [answer(visitor, page, "Pricing").status_code for _ in range(MOST_ANSWERS)]

    refused = answer(visitor, page, "Support")

    assert set(answers) == {303}
    assert refused.status_code == 429
    assert "wait a minute" in refused.content.decode()


def test_a_chat_that_is_closed_or_unknown_says_so_and_shows_no_launcher(visitor, dialogue):
    ChatDialogue.objects.filter(pk=dialogue.pk).update(is_active=False)
    ChatDialogue.objects.create(name="Draft", slug="draft", draft={"steps": []}, created_at=dialogue.created_at)

    for slug in ("site", "draft", "nothing"):
        closed = visitor.get(f"/chat/w/{slug}/")
        assert closed.status_code == 404
        assert "This chat is closed" in closed.content.decode()
        assert visitor.get(f"/chat/w/{slug}/launch.js").content == b""


def test_openings_are_counted_by_day_but_not_of_bots_and_returns(visitor, dialogue):
    visitor.get(PATH)
    visitor.get(PATH)
    visitor.get(PATH, {"again": "1"})
    visitor.get(PATH, {"c": "nonsense"})
    visitor.head(PATH)
    visitor.get(PATH, headers={"user-agent": "Googlebot/2.1 (+http://www.google.com/bot.html)"})

    assert list(ChatOpenings.objects.values_list("times", flat=True)) == [2]


def test_the_script_is_small_kept_and_asked_for_again(visitor):
    script = visitor.get("/chat.js")

    assert script["Content-Type"].startswith("text/javascript")
    assert script["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "max-age=300" in script["Cache-Control"]
    assert len(script.content) < 9_000
    assert visitor.get("/chat.js", headers={"if-none-match": script["ETag"]}).status_code == 304


def test_the_launcher_is_told_by_a_script_that_no_name_can_break_out_of(visitor, dialogue):
    ChatDialogue.objects.filter(pk=dialogue.pk).update(launcher='"});alert(1)//</script>')

    text = visitor.get("/chat/w/site/launch.js").content.decode()

    assert r'"label":"\"});alert(1)//</script>"' in text
    assert visitor.get("/chat/w/site/colours.css").content == b":root { --chat: #0f6650; }\n"


def test_an_answer_takes_a_fixed_number_of_statements(visitor, dialogue, django_assert_max_num_queries):
    page = visitor.get(PATH)
    for text in ("Pricing", "Initech"):
        page = visitor.get(answer(visitor, page, text)["Location"])

    with django_assert_max_num_queries(45):
        answer(visitor, page, "ada@initech.com")
    with django_assert_max_num_queries(4):
        visitor.get(PATH, {"c": fields(page)["c"]})


VALUES = st.one_of(st.text(max_size=60), st.sampled_from(["0", "1", "back", "skip", "answer", "Pricing", "x" * 3000]))


@settings(max_examples=60)
@given(st.dictionaries(st.sampled_from(["c", "at", "act", "answer", "shown", "visitor", "page", "website"]), VALUES))
def test_nothing_that_is_sent_breaks_the_chat(dialogue, given):
    visitor = Client()
    token = fields(visitor.get(PATH)).get("c", "")
    allowed = {200, 303, 422, 429}

    assert visitor.post(PATH, {**given, "c": token}).status_code in allowed
    assert visitor.post(PATH, {"c": token, **given}, headers={"hx-request": "true"}).status_code in allowed
    assert visitor.get(PATH, {"c": token, **given}).status_code == 200
