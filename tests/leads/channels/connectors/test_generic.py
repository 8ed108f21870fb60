"""Any signed JSON."""

import pytest

from leads.models import Event
from tests.leads.channels.connectors.sending import AN_HOUR_AGO, send
from tests.leads.channels.connectors.vendors import VENDORS

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("page", "path"),
    [
        ({"url": "https://acme.example/pricing?x=1"}, "/pricing"),
        ({"url": "https://acme.example"}, "/"),
        ({"url": "https://acme.example/pricing", "path": "/own"}, "/own"),
        ({"url": 7}, None),
    ],
)
def test_a_path_is_filled_from_an_address(page, path, work):
    said = VENDORS["webhook"].payload("a", AN_HOUR_AGO)
    send("webhook", {**said, "data": {**said["data"], **page}})
    work()

    assert Event.objects.get(kind="demo_requested").properties.get("path") == path
