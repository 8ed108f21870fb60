"""A web server in front of the product that stores what is sent and then, now and then, says that it could not."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import requests

PATIENCE = 30  # seconds
CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Headers": "authorization,content-type,x-retry-count,anonymousid,sentat,rsa-retry-attempt,"
    "rsa-retry-reason,rsa-since-first-attempt,rsa-since-last-attempt",
}


class Lossy:
    """Its address, and how many requests it handed on and how many of their answers it turned into a 503."""

    def __init__(self, target: str, is_lost: Callable[[int], bool]) -> None:
        self.target, self.is_lost = target, is_lost
        self.seen = self.lost = 0
        self.lock = threading.Lock()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.address = f"http://127.0.0.1:{self.server.server_port}"

    def count(self) -> bool:
        """Count a request and tell whether its answer gets lost."""
        with self.lock:
            self.seen += 1
            is_lost = self.is_lost(self.seen)
            self.lost += is_lost
        return is_lost

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        lossy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                self._hand_on("GET", b"")

            def do_POST(self) -> None:
                self._hand_on("POST", self.rfile.read(int(self.headers["Content-Length"])))

            def do_OPTIONS(self) -> None:
                self._hand_on("OPTIONS", b"")

            def _hand_on(self, method: str, body: bytes) -> None:
                sent = {name: value for name, value in self.headers.items() if name.lower() != "host"}
                answer = requests.request(
                    method, lossy.target + self.path, data=body, headers=sent, timeout=PATIENCE, stream=True
                )
                content = answer.raw.read(decode_content=False)
                status = 503 if method == "POST" and lossy.count() else answer.status_code
                self.send_response(status)
                kept = {"content-type", "content-encoding", "retry-after"}
                told = {name: value for name, value in answer.headers.items() if name.lower() in kept}
                for name, value in {**told, **CORS, "Content-Length": str(len(content))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *args: object) -> None:
                pass

        return Handler


@contextmanager
def lossy(target: str, is_lost: Callable[[int], bool]) -> Iterator[Lossy]:
    """Stand in front of `target`; is_lost: tells of each POST, counted from 1, whether its answer gets lost."""
    front = Lossy(target, is_lost)
    thread = threading.Thread(target=front.server.serve_forever, daemon=True)
    thread.start()
    try:
        yield front
    finally:
        front.server.shutdown()
        thread.join()
        front.server.server_close()
