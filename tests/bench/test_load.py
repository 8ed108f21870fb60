import socket
import threading

import pytest

from bench.load import is_whole, json_request, request_bytes, run_load
from bench.report import quantile


def test_an_answer_is_whole_by_its_length():
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"

    assert not is_whole(head[:-1])
    assert not is_whole(head + b"four")
    assert is_whole(head + b"fiver")


def test_an_answer_in_chunks_is_whole_with_its_last_one():
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"

    assert not is_whole(head)
    assert is_whole(head + b"0\r\n\r\n")


def test_a_request_carries_its_headers_and_the_length_of_its_body():
    request = json_request("/v1/track", {"a": 1}, {"Authorization": "Basic x"})

    head, body = request.split(b"\r\n\r\n")
    assert body == b'{"a":1}'
    assert b"POST /v1/track HTTP/1.1" in head
    assert b"Content-Length: 7" in head
    assert b"Authorization: Basic x" in head


@pytest.mark.parametrize(("part", "expected"), [(0.5, 6), (0.99, 10), (0.0, 1)])
def test_quantiles_are_by_nearest_rank(part, expected):
    assert quantile([10, 9, 8, 7, 6, 5, 4, 3, 2, 1], part) == expected


@pytest.fixture
def answering_port():
    """A server that answers every request with its path's last letter as the status' last digit."""
    listener = socket.create_server(("127.0.0.1", 0))

    def answer(peer):
        while request := peer.recv(65_536):
            status = 200 + int(request.split()[1][-1:])
            peer.sendall(f"HTTP/1.1 {status} OK\r\nContent-Length: 2\r\n\r\n{{}}".encode())

    def accept():
        try:
            while True:
                threading.Thread(target=answer, args=[listener.accept()[0]], daemon=True).start()
        except OSError:
            return

    threading.Thread(target=accept, daemon=True).start()
    yield listener.getsockname()[1]
    listener.close()


def test_a_load_sends_every_request_once_and_counts_the_answers(answering_port):
    requests = [request_bytes("GET", f"/{number % 2}", {}) for number in range(101)]
    heard = []

    load = run_load(answering_port, requests, connections=4, on_answer=lambda index, answer: heard.append(index))

    assert load.statuses == {200: 51, 201: 50}
    assert sorted(heard) == list(range(101))
    assert len(load.latencies) == 101


def test_a_load_with_answers_that_were_not_expected_is_refused(answering_port):
    load = run_load(answering_port, [request_bytes("GET", "/4", {})], connections=1)

    with pytest.raises(SystemExit, match=r"got \{204: 1\}"):
        load.expect(200)
