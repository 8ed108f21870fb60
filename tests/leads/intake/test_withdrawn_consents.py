"""Who unsubscribes withdraws the consent to e-mails."""

import pytest

from leads.consent.state import allows, current_consents
from leads.intake.take_in import take_in
from leads.models import (
    Consent,
    Identifier,
    Lead,
)
from tests.leads.intake.inbound import E1, LATER, U1, identify, inbound
from tests.make import NOON

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("keys", [[U1, E1], [E1], [U1]])
def test_who_unsubscribes_takes_the_consent_to_e_mails_back(source, keys):
    take_in(source, [identify(U1, E1)], now=NOON)
    lead = Lead.objects.get()
    about = Identifier.objects.get(kind="email")
    said = {"channel": "email", "how": "box", "message_id": "said"}
    Consent.objects.create(identifier=about, state="given", said_at=NOON, **said)
    assert allows(current_consents([lead.pk]), "email")

    for _ in range(2):
        take_in(source, [inbound(*keys, kind="unsubscribed", message_id="bye", at=LATER)], now=LATER)

    assert not allows(current_consents([lead.pk]), "email")
    assert list(Consent.objects.filter(state="withdrawn").values_list("how", "said_at")) == [("unsubscribed", LATER)]


def test_an_old_unsubscribing_that_arrives_late_leaves_a_later_consent(source):
    take_in(source, [identify(E1)], now=NOON)
    said = {"channel": "email", "how": "box", "message_id": "said"}
    Consent.objects.create(identifier=Identifier.objects.get(), state="given", said_at=LATER, **said)

    take_in(source, [inbound(E1, kind="unsubscribed", at=NOON)], now=LATER)

    assert current_consents([Lead.objects.get().pk])[0].state == "given"
