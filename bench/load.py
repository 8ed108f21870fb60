"""A light load generator: one thread, raw sockets, persistent connections, ready-made bytes.

It costs some 30 microseconds of CPU a request, on the cores that it shares with what it measures; ours and the limit
bear the same.
"""

import json
import selectors
import socket
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

RECEIVE = 65_536
TIMEOUT = 60.0  # seconds without any answer


def request_bytes(method: str, path: str, headers: Mapping[str, str], body: bytes = b"") -> bytes:
    """Return a request as it goes over the wire."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def json_request(path: str, value: object, headers: Mapping[str, str]) -> bytes:
    """Return a POST of JSON."""
    body = json.dumps(value, separators=(",", ":")).encode()
    return request_bytes("POST", path, {"Content-Type": "application/json", **headers}, body)


@dataclass
class Load:
    """What a load did. latencies: seconds from sending to the whole answer; statuses: how many answers of each."""

    seconds: float = 0.0
    generator_seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)

    @property
    def rate(self) -> float:
        """Requests a second."""
        return len(self.latencies) / self.seconds

    def expect(self, *allowed: int) -> None:
        """Refuse a load in which something else was answered: it would measure errors."""
        others = {status: count for status, count in self.statuses.items() if status not in allowed}
        if others:
            raise SystemExit(f"Answers must be {allowed}, got {others}.")


class _Connection:
    """One persistent connection with at most one request under way."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""
        self.sent_at = 0.0
        self.index = 0

    def send(self, index: int, request: bytes) -> None:
        self.index, self.buffer = index, b""
        self.sent_at = time.perf_counter()
        self.socket.sendall(request)

    def receive(self) -> bytes | None:
        """Return the whole answer once it is there."""
        received = self.socket.recv(RECEIVE)
        if not received:
            raise ConnectionError("The server closed the connection.")
        self.buffer += received
        return self.buffer if is_whole(self.buffer) else None


def is_whole(answer: bytes) -> bool:
    """Say whether an HTTP answer has come in completely, by its length or its last chunk."""
    head, found, body = answer.partition(b"\r\n\r\n")
    if not found:
        return False
    _, has_length, rest = head.lower().partition(b"content-length:")
    if has_length:
        return len(body) >= int(rest.split(b"\r\n", 1)[0])
    return body.endswith(b"0\r\n\r\n") or head.split(None, 2)[1] in (b"204", b"304")


OnAnswer = Callable[[int, bytes], None]


def run_load(port: int, requests: Iterable[bytes], *, connections: int = 16, on_answer: OnAnswer | None = None) -> Load:
    """Send all requests, each connection its next one as soon as its last one is answered.

    `on_answer` hears the number of the request and the bytes of the answer.
    """
    load, waiting = Load(), enumerate(requests)
    with selectors.DefaultSelector() as selector:
        opened = [_Connection(port) for _ in range(connections)]
        started, cpu = time.perf_counter(), time.process_time()
        busy = sum(_start(selector, connection, waiting) for connection in opened)
        while busy:
            ready = selector.select(TIMEOUT)
            if not ready:
                raise TimeoutError(f"No answer for {TIMEOUT} s on port {port}.")
            for key, _ in ready:
                busy -= _go_on(key.data, waiting, load, on_answer)
        load.seconds = time.perf_counter() - started
        load.generator_seconds = time.process_time() - cpu
        for connection in opened:
            connection.socket.close()
    return load


def _start(selector: selectors.BaseSelector, connection: _Connection, waiting: Iterator[tuple[int, bytes]]) -> bool:
    request = next(waiting, None)
    if request is None:
        return False
    selector.register(connection.socket, selectors.EVENT_READ, connection)
    connection.send(*request)
    return True


def _go_on(
    connection: _Connection, waiting: Iterator[tuple[int, bytes]], load: Load, on_answer: OnAnswer | None
) -> bool:
    """Take what has come in; return whether the connection is done."""
    answer = connection.receive()
    if answer is None:
        return False
    load.latencies.append(time.perf_counter() - connection.sent_at)
    status = int(answer[9:12])
    load.statuses[status] = load.statuses.get(status, 0) + 1
    if on_answer is not None:
        on_answer(connection.index, answer)
    request = next(waiting, None)
    if request is None:
        return True
    connection.send(*request)
    return False
