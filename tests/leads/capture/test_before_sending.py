"""What browser clients ask before they send anything."""

import pytest

from tests.leads.capture.test_tracking import basic
from tests.make import make_source

pytestmark = pytest.mark.django_db


@pytest.fixture
def key():
    return make_source().write_key


@pytest.fixture(autouse=True)
def public_url(settings):
    settings.PUBLIC_URL = "https://crm.halden.example/leads"


def test_segments_client_is_told_to_send_here(client, key):
    response = client.get(f"/v1/projects/{key}/settings")

    said = response.json()
    assert said["integrations"]["Segment.io"]["apiKey"] == key
    assert said["integrations"]["Segment.io"]["apiHost"] == "crm.halden.example/leads/v1"
    assert said["integrations"]["Segment.io"]["protocol"] == "https"
    assert said["plan"]["track"]["__default"] == {"enabled": True, "integrations": {}}
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Cache-Control"] == "public, max-age=60"


@pytest.mark.parametrize("how", ["header", "address"])
def test_rudderstacks_client_is_told_its_source(client, key, how):
    address = "/sourceConfig/?p=web" + (f"&writeKey={key}" if how == "address" else "")
    response = client.get(address, **(basic(key) if how == "header" else {}))

    source = response.json()["source"]
    assert (source["writeKey"], source["name"], source["enabled"]) == (key, "Website", True)
    assert source["destinations"] == []
    assert response["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(
    "address", ["/v1/projects/wk_wrong/settings", "/sourceConfig/?writeKey=wk_wrong", "/sourceConfig"]
)
def test_a_wrong_key_is_refused_where_a_browser_can_read_it(client, key, address):
    response = client.get(address)

    assert (response.status_code, response.json()["code"]) == (401, "invalid_write_key")
    assert response["Access-Control-Allow-Origin"] == "*"


def test_a_browser_asks_first_whether_it_may_ask(client, key):
    asked = "anonymousid,authorization,content-type,sentat"
    for address in ("/sourceConfig/", f"/v1/projects/{key}/settings", "/c.js"):
        response = client.options(address, HTTP_ACCESS_CONTROL_REQUEST_HEADERS=asked)

        assert response.status_code == 204
        assert response["Access-Control-Allow-Methods"] == "GET, OPTIONS"
        assert response["Access-Control-Allow-Headers"] == asked


@pytest.mark.parametrize("address", ["/sourceConfig/", "/v1/projects/wk_1/settings", "/c.js"])
def test_other_methods_are_a_405(client, address):
    response = client.post(address)

    assert (response.status_code, response["Allow"]) == (405, "GET, OPTIONS")


@pytest.mark.parametrize(
    "address", ["/c.js", "/analytics.js/v1/wk_1/analytics.min.js", "/analytics.js/v1/wk_1/analytics.js"]
)
def test_scripts_are_kept_for_an_hour_and_known_by_their_tag(client, address):
    response = client.get(address, headers={"accept-encoding": "gzip, br"})

    assert response["Content-Type"].startswith("text/javascript")
    assert response["Content-Encoding"] == "gzip"
    assert response["Cache-Control"].startswith("public, max-age=3600")
    assert response["Cross-Origin-Resource-Policy"] == "cross-origin"
    again = client.get(address, headers={"if-none-match": response["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert "Content-Encoding" not in client.get(address)
    assert not response.cookies


def test_segments_client_finds_the_parts_that_it_loads_later(client):
    part = client.get("/analytics-next/bundles/schemaFilter.bundle.a6a77355d52c20e3a83d.js")

    assert part.status_code == 200
    assert b"segment" in part.content
    for unknown in (
        "/analytics-next/bundles/other.js",
        "/analytics-next/bundles/..",
        "/analytics-next/bundles/LICENSE",
    ):
        assert client.get(unknown).status_code == 404
