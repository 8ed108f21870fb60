"""Fetch the content that a notice only points to: one client per vendor, replaceable in settings.CONTENT_CLIENTS."""

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any, Protocol
from urllib.parse import quote, urlencode

from django.conf import settings
from django.utils.module_loading import import_string

from leads.channels.connectors.incoming import Unfetched
from leads.channels.connectors.linkedin import form_id_of
from leads.channels.connectors.reading import clean, text
from leads.channels.connectors.signing import hex_mac

TIMEOUT = 8  # seconds per request
MOST_BYTES = 1_000_000
GRAPH_FIELDS = "id,created_time,ad_id,ad_name,adset_id,campaign_id,campaign_name,form_id,platform,is_organic,field_data"
# Graph's error codes for an invalid, expired or unauthorised token: retrying would not help.
GRAPH_FORBIDS = frozenset({10, 102, 190, 200, 283})


class ContentClient(Protocol):
    """Fetches a lead's content from a vendor."""

    def fetch(self, reference: str) -> Mapping[str, Any]:
        """Return the content. Raises Unfetched."""


class GraphClient:
    """Meta's Graph API, accessed with the page's token."""

    def __init__(self, secrets: Mapping[str, str]) -> None:
        self.token = _token_of(secrets)
        self.proof = hex_mac(secrets.get("app_secret", ""), self.token.encode())

    def fetch(self, reference: str) -> Mapping[str, Any]:
        """Return a lead by its leadgen id. Raises Unfetched."""
        query = urlencode({"fields": GRAPH_FIELDS, "appsecret_proof": self.proof})
        url = f"{settings.META_GRAPH_URL}/{quote(reference, safe='')}?{query}"
        status, said = get_json(url, {"Authorization": f"Bearer {self.token}"})
        if status == 200:
            return said
        code = said.get("error", {}).get("code") if isinstance(said.get("error"), dict) else None
        words = text(said, "error.message", 150) or f"status {status}"
        raise Unfetched(f"Meta did not give the lead: {words}", is_final=code in GRAPH_FORBIDS)


class LinkedInClient:
    """LinkedIn's REST API, accessed with a member's token: the answers, and the form with its questions."""

    def __init__(self, secrets: Mapping[str, str]) -> None:
        self.token = _token_of(secrets)

    def fetch(self, reference: str) -> Mapping[str, Any]:
        """Return a lead by "<urn of the response> <urn of the form>". Raises Unfetched."""
        response_urn, _, form_urn = reference.partition(" ")
        response = self._get(f"leadFormResponses/{quote(response_urn.rpartition(':')[2], safe='')}")
        form_urn = text(response, "versionedLeadGenFormUrn") or form_urn
        return {"response": response, "form": self._get(f"leadForms/{quote(form_id_of(form_urn), safe='')}")}

    def _get(self, path: str) -> Mapping[str, Any]:
        headers = {
            "Authorization": f"Bearer {self.token}",
            "LinkedIn-Version": settings.LINKEDIN_API_VERSION,
            "X-Restli-Protocol-Version": "2.0.0",
        }
        status, said = get_json(f"{settings.LINKEDIN_API_URL}/{path}", headers)
        if status == 200:
            return said
        words = text(said, "message", 150) or f"status {status}"
        raise Unfetched(f"LinkedIn did not give the lead: {words}", is_final=status in (401, 403))


def client_of(provider_key: str, secrets: Mapping[str, str]) -> ContentClient:
    """Return the API client for a provider. Raises Unfetched if a token is missing."""
    client: ContentClient = import_string(settings.CONTENT_CLIENTS[provider_key])(secrets)
    return client


def get_json(url: str, headers: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
    """Return status and JSON object of a response, {} if it has none. Raises Unfetched if there is no response."""
    # The address comes from the operator's settings.
    request = urllib.request.Request(url, headers={"Accept": "application/json", **headers})  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as response:  # noqa: S310
            return response.status, _object(response.read(MOST_BYTES))
    except urllib.error.HTTPError as error:
        return error.code, _object(error.read(MOST_BYTES))
    except (OSError, ValueError) as error:
        raise Unfetched(f"No answer: {clean(str(error))[:150]}") from error


def _object(body: bytes) -> dict[str, Any]:
    try:
        said = json.loads(body)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _token_of(secrets: Mapping[str, str]) -> str:
    if not secrets.get("access_token"):
        raise Unfetched("The connector has no access token; enter one, then replay.", is_final=True)
    return secrets["access_token"]
