"""Identifiers of people from several vendors."""

import pytest

from leads.models import Identifier
from tests.leads.channels.connectors.sending import AN_HOUR_AGO, send
from tests.leads.channels.connectors.vendors import VENDORS

pytestmark = pytest.mark.django_db


def test_ids_of_two_vendors_never_meet(apis, work):
    for name in ("stripe", "crisp", "intercom", "chatwoot", "shopify"):
        send(name, VENDORS[name].payload("same", AN_HOUR_AGO))
    work()

    values = Identifier.objects.filter(kind="anonymous_id").values_list("value", flat=True)
    assert {value.partition(":")[0] for value in values} == {"stripe", "crisp", "intercom", "chatwoot", "shopify"}
