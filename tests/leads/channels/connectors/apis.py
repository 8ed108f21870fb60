"""The APIs of Meta and LinkedIn, played by a real HTTP server: what a notice of a lead only points to."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.leads.channels.connectors.vendors import EMAIL, PHONE

GRAPH_LEAD = {
    "ad_id": "888",
    "form_id": "777001",
    "campaign_name": "Office coffee",
    "platform": "ig",
    "field_data": [
        {"name": "full_name", "values": ["Pia Roth"]},
        {"name": "email", "values": [EMAIL]},
        {"name": "phone_number", "values": [PHONE]},
        {"name": "how_many_machines?", "values": ["Two", "Three"]},
    ],
}
LINKEDIN_RESPONSE = {
    "leadType": "SPONSORED",
    "versionedLeadGenFormUrn": "urn:li:versionedLeadGenForm:(urn:li:leadGenForm:3162,1)",
    "leadMetadata": {"sponsoredLeadMetadata": {"campaign": "urn:li:sponsoredCampaign:9"}},
    "formResponse": {
        "answers": [
            {"questionId": 1, "answerDetails": {"textQuestionAnswer": {"answer": "Pia"}}},
            {"questionId": 2, "answerDetails": {"textQuestionAnswer": {"answer": EMAIL}}},
            {"questionId": 3, "answerDetails": {"textQuestionAnswer": {"answer": PHONE}}},
            {"questionId": 4, "answerDetails": {"multipleChoiceAnswer": {"options": [2]}}},
        ]
    },
}
LINKEDIN_FORM = {
    "id": 3162,
    "content": {
        "questions": [
            {"questionId": 1, "predefinedField": "FIRST_NAME", "name": "First name"},
            {"questionId": 2, "predefinedField": "WORK_EMAIL", "name": "Work e-mail"},
            {"questionId": 3, "predefinedField": "PHONE_NUMBER", "name": "Phone"},
            {
                "questionId": 4,
                "name": "Machines",
                "questionDetails": {
                    "multipleChoiceQuestionDetails": {
                        "options": [
                            {"id": 1, "text": {"localized": {"en_US": "One"}}},
                            {"id": 2, "text": {"localized": {"en_US": "Two"}}},
                        ]
                    }
                },
            },
        ]
    },
}


class VendorApis:
    """Answers what it was told to, in turn and then the usual: a form sent an hour ago. Keeps what it was asked.

    settings: what tells the product to ask here.
    """

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, list[str]], dict[str, str]]] = []
        self.next: list[tuple[int, Any]] = []
        self.settings: dict[str, str] = {}
        self.an_hour_ago = datetime.now(UTC) - timedelta(hours=1)

    def answer(self, path: str) -> tuple[int, Any]:
        if self.next:
            return self.next.pop(0)
        if path.startswith("/linkedin/leadFormResponses/"):
            return 200, {**LINKEDIN_RESPONSE, "submittedAt": int(self.an_hour_ago.timestamp()) * 1000}
        if path == "/linkedin/leadForms/3162":
            return 200, LINKEDIN_FORM
        if path.startswith("/graph/"):
            created = {"created_time": f"{self.an_hour_ago:%Y-%m-%dT%H:%M:%S%z}"}
            return 200, {"id": path.rpartition("/")[2], **GRAPH_LEAD, **created}
        return 404, {"message": "No such thing."}


@contextmanager
def vendor_apis() -> Iterator[VendorApis]:
    """Serve them on a port of this machine."""
    played = VendorApis()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            headers = {name.lower(): value for name, value in self.headers.items()}
            played.asked.append((parts.path, parse_qs(parts.query), headers))
            status, said = played.answer(parts.path)
            body = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    address = f"http://127.0.0.1:{server.server_port}"
    played.settings = {"META_GRAPH_URL": f"{address}/graph", "LINKEDIN_API_URL": f"{address}/linkedin"}
    try:
        yield played
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
