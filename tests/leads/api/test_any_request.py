"""Whatever a program sends, the API answers sense: never a 500, always JSON as its schema says."""

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, Phase, settings
from rest_framework.authtoken.models import Token
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import response_schema_conformance

from leadcrm.wsgi import application
from tests.make import NOON, make_event, make_lead, make_organization, make_sql
from tests.make_rules import TRIAL, publish_rules

# The API as its schema describes it, and this process answering for it.
described = schemathesis.openapi.from_dict(SchemaGenerator().get_schema(request=None, public=True))
described.app = application


@pytest.fixture
def connection_kept():
    """Keep the connection of the test's transaction open between requests, as Django's own test client does."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def stored_ids(admin_user):
    """Store something of everything and return ids that are there: of a lead, of an organization."""
    publish_rules([TRIAL])
    organization = make_organization("Initech")
    lead = make_sql(organization=organization)
    make_event(lead, "trial_started", occurred_at=NOON)
    make_event()
    return {"lead": make_lead(owner=admin_user).pk, "organization": organization.pk}


@described.parametrize()
@settings(
    max_examples=8,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_any_request_is_answered_in_json_and_never_with_a_500(case, admin_user, stored_ids, connection_kept):
    if "id" in case.path_parameters:
        case.path_parameters["id"] = stored_ids["organization" if "organizations" in case.path else "lead"]
    token, _ = Token.objects.get_or_create(user=admin_user)

    response = case.call(headers={"Authorization": f"Token {token.key}"})

    case.validate_response(response, checks=[not_a_server_error, response_schema_conformance])
    if response.content:
        assert response.headers["content-type"][0].startswith(("application/json", "application/vnd.oai.openapi"))
