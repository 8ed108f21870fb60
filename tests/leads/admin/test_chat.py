"""The chat in the Django admin: everything is shown and nothing is changed there."""

import pytest
from django.urls import reverse

from leads.models import ChatDialogue
from tests.make import make_conversation, make_lead

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(admin_user, signed_in):
    return signed_in(admin_user)


def test_dialogues_and_versions_are_shown_and_lead_to_the_editor(browser):
    dialogue = ChatDialogue.objects.get()

    assert "Qualify" in browser.get(reverse("admin:leads_chatdialogue_changelist")).content.decode()
    shown = browser.get(reverse("admin:leads_chatdialogue_change", args=[dialogue.pk]))
    assert f"/chat/{dialogue.pk}/edit/" in shown.content.decode()
    assert browser.get(reverse("admin:leads_chatversion_change", args=[dialogue.live_id])).status_code == 200
    assert browser.get(reverse("admin:leads_chatdialogue_add")).status_code == 403


@pytest.mark.parametrize("term", ["public_id", "ada@initech.com", "browser-9"])
def test_a_conversation_is_found_and_shown_with_its_transcript(browser, term):
    found = make_conversation(lead=make_lead("ada@initech.com"), visitor="browser-9")
    make_conversation()
    term = str(found.public_id) if term == "public_id" else term

    listed = browser.get(reverse("admin:leads_chatconversation_changelist"), {"q": term}).content.decode()

    assert f"/{found.pk}/change/" in listed
    assert listed.count("/change/?") + listed.count('/change/"') == 1
    shown = browser.get(reverse("admin:leads_chatconversation_change", args=[found.pk])).content.decode()
    assert "What brings you here?" in shown
