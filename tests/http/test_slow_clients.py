"""Clients that are slow, idle or never read: each costs little, for a bounded time, and locks nobody out."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace

import httpx
import pytest
import uvicorn

from rag.settings import LimitSettings, Settings
from tests.fakes.engine import DOCUMENT, FakeBackend
from tests.http.live import server_in_thread

HEAD = b"POST /v1/ask HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100\r\n"


@contextmanager
def serving(backend: FakeBackend | None = None, **limits: float) -> Iterator[tuple[str, uvicorn.Server]]:
    settings = Settings(limits=LimitSettings(**limits))  # type: ignore[arg-type]
    backend = backend or FakeBackend(settings)
    backend.settings = settings
    with server_in_thread(backend) as (url, server):
        yield url, server


def connect(url: str) -> socket.socket:
    host, _, port = url.removeprefix("http://").partition(":")
    return socket.create_connection((host, int(port)), timeout=60)


def comes_true(condition: Callable[[], bool]) -> bool:
    """Whether a condition comes true within 600 looks."""
    pause = threading.Event()
    return any(condition() or pause.wait(0.05) for _ in range(600))


def _can_send(connection: socket.socket, data: bytes) -> bool:
    try:
        connection.sendall(data)
    except OSError:
        return False
    return True


def everything(connection: socket.socket) -> bytes:
    """What is sent until the connection ends."""
    parts = []
    try:
        while part := connection.recv(65_536):
            parts.append(part)
    except ConnectionResetError:
        pass
    return b"".join(parts)


@pytest.mark.parametrize("sent", [b"", b"GET /healthz HT", HEAD], ids=["nothing", "a line", "headers"])
def test_a_request_whose_headers_never_end_is_cut_off(sent: bytes) -> None:
    """The connection ends without a response; others are answered."""
    with serving(header_seconds=0.2) as (url, _server), connect(url) as connection:
        connection.sendall(sent)
        assert everything(connection) == b""
        assert httpx.get(f"{url}/healthz").status_code == 200


def test_headers_that_trickle_in_are_cut_off() -> None:
    """Each byte comes in time, but not the whole; also in a second request of a connection."""
    with serving(header_seconds=0.2) as (url, _server), connect(url) as connection:
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\nGET /")
        assert b"200 OK" in connection.recv(65_536)
        assert comes_true(lambda: not _can_send(connection, b"x"))


def test_headers_are_bounded_in_bytes() -> None:
    """A client that sends headers without an end is cut off long before a megabyte of them."""
    with serving() as (url, _server), connect(url) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\n")
        line = b"X-A: " + b"a" * 8_000 + b"\r\n"
        assert not all(_can_send(connection, line) for _ in range(1_000))


def test_a_body_that_never_ends_is_a_408() -> None:
    """As a problem, and the connection ends."""
    with serving(body_seconds=0.2) as (url, _server), connect(url) as connection:
        connection.sendall(HEAD + b'\r\n{"question":')
        head, _, body = everything(connection).partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 408")
        assert b"connection: close" in head.lower()
        assert json.loads(body)["type"] == "/problems/too-slow"


def test_idle_connections_lock_nobody_out() -> None:
    """Beyond the maximum the longest idle one is closed, so that the newest is served."""
    with serving(connections=8) as (url, server), ExitStack() as stack:
        idle = [stack.enter_context(connect(url)) for _ in range(40)]
        for _ in range(3):
            assert httpx.get(f"{url}/healthz", timeout=60).status_code == 200
        assert everything(idle[0]) == b""
        assert len(server.server_state.connections) <= 8


def test_a_connection_beyond_all_busy_ones_is_a_503() -> None:
    """With Retry-After, as a problem; those that are busy are answered."""
    reached, release = threading.Semaphore(0), threading.Event()

    def slow(question: str):  # type: ignore[no-untyped-def]
        from tests.fakes.engine import answer

        reached.release()
        release.wait(60)
        return answer(question)

    backend = FakeBackend(script=slow)
    with serving(backend, connections=2, concurrent=2) as (url, _server):
        statuses: list[int] = []

        def ask() -> None:
            response = httpx.post(f"{url}/v1/ask", json={"question": "Who?"}, timeout=60)
            statuses.append(response.status_code)

        busy = [threading.Thread(target=ask) for _ in range(2)]
        for thread in busy:
            thread.start()
        for _ in busy:
            assert reached.acquire(timeout=60)
        refused = httpx.get(f"{url}/healthz", timeout=60)
        release.set()
        for thread in busy:
            thread.join(60)
    assert (refused.status_code, refused.json()["type"]) == (503, "/problems/busy")
    assert refused.headers["retry-after"] == "1"
    assert statuses == [200, 200]


def test_a_client_that_reads_nothing_is_cut_off() -> None:
    """Its response of many megabytes isn't waited for, nor kept in its connection's buffer."""
    backend = FakeBackend()
    backend.catalog.stored = (replace(DOCUMENT, id="long", text="word " * 8_000_000, sha256=""),)
    with serving(backend, write_seconds=1.0) as (url, server), connect(url) as connection:
        connection.sendall(b"GET /v1/documents/long HTTP/1.1\r\nHost: a\r\n\r\n")
        assert connection.recv(1_000).startswith(b"HTTP/1.1 200")
        buffered = [c.transport.get_write_buffer_size() for c in server.server_state.connections]
        assert max(buffered, default=0) < 1_000_000
        assert comes_true(lambda: not server.server_state.connections)
        assert len(everything(connection)) < 30_000_000
        assert httpx.get(f"{url}/healthz").status_code == 200


def test_a_client_that_reads_is_not_cut_off() -> None:
    """However small the time: what counts is that it reads."""
    backend = FakeBackend()
    text = "word " * 2_000_000
    backend.catalog.stored = (replace(DOCUMENT, id="long", text=text, sha256=""),)
    with serving(backend, write_seconds=0.5) as (url, _server):
        assert httpx.get(f"{url}/v1/documents/long", timeout=120).json()["text"] == text
