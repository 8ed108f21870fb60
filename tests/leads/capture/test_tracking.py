"""The tracking API over HTTP: what is answered, and what is stored by then."""

import base64
import json

import pytest

from leads.models import Identifier, Lead
from tests.make import make_source

pytestmark = pytest.mark.django_db


def basic(key):
    return {"HTTP_AUTHORIZATION": "Basic " + base64.b64encode(f"{key}:".encode()).decode()}


@pytest.fixture
def key():
    return make_source().write_key


@pytest.fixture
def post(client, key):
    def send(path, body, **headers):
        data = body if isinstance(body, bytes) else json.dumps(body)
        if "HTTP_AUTHORIZATION" not in headers:
            headers |= basic(key)
        return client.post(path, data, content_type="application/json", **headers)

    return send


JOURNEY = {
    "batch": [
        {
            "type": "identify",
            "userId": "crm-user-77",
            "anonymousId": "anon-5f2",
            "messageId": "m-1",
            "timestamp": "2026-06-17T10:00:00.000Z",
            "traits": {
                "email": "ada@acme-robotics.example",
                "firstName": "Ada",
                "phone": "+15005550006",
                "title": "VP Operations",
                "company": {"name": "Acme Robotics", "employee_count": 240},
                "favouriteColour": "teal",
            },
        },
        {
            "type": "track",
            "anonymousId": "anon-5f2",
            "event": "eBook Downloaded",
            "properties": {"asset": "Warehouse Playbook"},
            "messageId": "m-2",
            "timestamp": "2026-06-17T10:00:01.000Z",
        },
    ],
    "sentAt": "2026-06-17T10:00:02.000Z",
}


def test_a_batch_makes_a_lead_with_its_traits_and_events(post):
    response = post("/v1/batch", JOURNEY)

    assert response.status_code == 200
    assert response.json() == {"success": True}
    lead = Lead.objects.get()
    assert (lead.email, lead.phone, lead.first_name) == ("ada@acme-robotics.example", "+15005550006", "Ada")
    assert (lead.title, lead.organization.name, lead.organization.employee_count) == (
        "VP Operations",
        "Acme Robotics",
        240,
    )
    assert lead.attributes == {"favouriteColour": "teal"}
    assert lead.last_event_kind == "ebook_downloaded"
    assert lead.source == "ebook"
    assert lead.score_due_at is not None
    assert set(lead.events.values_list("kind", "name")) == {
        ("identified", ""),
        ("ebook_downloaded", "eBook Downloaded"),
    }
    assert Identifier.objects.filter(lead=lead).count() == 4
    assert lead.search.text == "ada ada@acme-robotics.example +15005550006 acme robotics"
