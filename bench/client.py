"""A client that waits for each answer, on one persistent connection."""

import json
import socket
import time
from collections.abc import Mapping
from typing import Any

from bench.load import RECEIVE, TIMEOUT, is_whole, request_bytes


class Client:
    """Sends one request after the other."""

    def __init__(self, port: int, headers: Mapping[str, str] | None = None) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._headers = dict(headers or {})

    def send(self, request: bytes) -> tuple[int, bytes]:
        """Return the status and the body of the answer."""
        self._socket.sendall(request)
        answer = b""
        while not is_whole(answer):
            received = self._socket.recv(RECEIVE)
            if not received:
                raise ConnectionError("The server closed the connection.")
            answer += received
        return int(answer[9:12]), answer.partition(b"\r\n\r\n")[2]

    def get(self, path: str) -> Any:
        """Return the JSON at an address."""
        status, body = self.send(request_bytes("GET", path, self._headers))
        if status != 200:
            raise SystemExit(f"GET {path} must answer 200, got {status}: {body[:200]!r}")
        return json.loads(body)

    def time(self, path: str) -> float:
        """Return the seconds that a GET took."""
        request = request_bytes("GET", path, self._headers)
        started = time.perf_counter()
        status, body = self.send(request)
        seconds = time.perf_counter() - started
        if status != 200:
            raise SystemExit(f"GET {path} must answer 200, got {status}: {body[:200]!r}")
        return seconds

    def close(self) -> None:
        """Hang up."""
        self._socket.close()
