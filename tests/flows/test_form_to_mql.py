"""From a form that a stranger fills in to an MQL whose page says why, and what was agreed to."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from leads.channels.forms.guard import page_token
from leads.channels.forms.keep import make_form
from leads.channels.forms.mail import opt_in_address
from leads.models import FormSubmission, Lead, Stage
from scoring.rules.default import add_default_rule_set

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def rules(settings):
    settings.REDIS_URL = ""
    add_default_rule_set(now=timezone.now())


def send(form, **typed):
    token = page_token(form, now=timezone.now() - timedelta(seconds=20))
    response = Client().post(f"/f/{form.key}/", {"_t": token, **typed})
    assert response.status_code == 303, response.content.decode()


def test_a_stranger_who_asks_and_reads_becomes_an_mql(signed_in, marketer):
    now = timezone.now()
    contact = make_form("contact", by=marketer, now=now)
    guide = make_form("ebook", by=marketer, now=now)
    who = {"email": "ada@acme-robotics.com", "name": "Ada Moen", "company": "Acme Robotics", "phone": "+4721000000"}

    # Without a phone number a form is an activity, not yet an engagement by the lead's own will.
    send(contact, **{**who, "phone": ""}, message="Ten machines", consent_email="on", consent_phone="on")
    assert Lead.objects.get().stage == Stage.ENGAGED
    send(guide, **who)

    lead = Lead.objects.get()
    assert (lead.stage, lead.first_name, lead.organization.name) == (Stage.MQL, "Ada", "Acme Robotics")
    page = signed_in(marketer).get(f"/leads/{lead.pk}/").content.decode()
    for words in ("Downloaded eBook", "You may call me about my request.", "Ticked the box, Contact"):
        assert words in page


def test_a_newsletter_counts_for_the_score_once_it_is_confirmed(signed_in, marketer):
    newsletter = make_form("newsletter", by=marketer, now=timezone.now())
    send(newsletter, email="ada@acme-robotics.com")
    lead = Lead.objects.get()
    assert (lead.behaviour, lead.stage) == (0, Stage.NEW)
    page = signed_in(marketer).get(f"/leads/{lead.pk}/").content.decode()
    assert "Waits to be confirmed" in page

    link = opt_in_address(FormSubmission.objects.get().message_id)
    Client().get(link)
    Client().post(link)

    lead.refresh_from_db()
    # A newsletter sign-up is worth 3 points in the rule set that an installation starts with.
    assert lead.behaviour == pytest.approx(3, abs=0.01)
    assert lead.stage == Stage.MQL
    page = signed_in(marketer).get(f"/leads/{lead.pk}/").content.decode()
    assert "Confirmed by a link in a mail to the address" in page
