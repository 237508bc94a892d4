"""The real server over loopback, from binding the address to the shutdown."""

from __future__ import annotations

import http.client
import json
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from api.listener import AddressTaken
from api.server import serve
from rag.settings import LimitSettings, Settings
from rag.types import Outcome
from tests.fakes.engine import QUOTE, FakeBackend, answer
from tests.http.live import ROOT, in_process, in_thread

SERVING = ("-m", "tests.fakes.serving")


@pytest.fixture
def backend() -> FakeBackend:
    return FakeBackend(Settings(limits=LimitSettings(concurrent=1, waiting=4, body_bytes=100_000)))


@pytest.fixture
def url(backend: FakeBackend) -> Iterator[str]:
    with in_thread(backend) as address:
        yield address


def test_a_question_is_answered_over_loopback(url: str) -> None:
    """A plain HTTP client gets the answer with its quote."""
    body = httpx.post(f"{url}/v1/ask", json={"question": "Who?"}).json()
    assert body["citations"][0]["quote"] == QUOTE


def test_a_chunked_body_over_the_limit_is_refused(url: str) -> None:
    """Without a Content-Length the bytes themselves are counted."""
    chunks = (b" " * 10_000 for _ in range(1_000))
    response = httpx.post(f"{url}/v1/ask", content=chunks, headers={"Content-Type": "application/json"})
    assert response.status_code == 413
    assert response.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("declared", ["9" * 15, "100001"])
def test_an_overlong_declared_body_is_refused_unread(url: str, declared: str) -> None:
    """The response comes before any byte of the body is sent."""
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=30)
    connection.putrequest("POST", "/v1/ask")
    connection.putheader("Content-Type", "application/json")
    connection.putheader("Content-Length", declared)
    connection.endheaders()
    assert connection.getresponse().status == 413
    connection.close()


def test_malformed_requests_do_not_stop_the_service(url: str) -> None:
    """Only their own connection ends."""
    host, _, port = url.removeprefix("http://").partition(":")
    for raw in (b"\x00\x01\x02\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"POST /v1/ask HTTP/1.1\r\n"):
        with socket.create_connection((host, int(port)), timeout=30) as connection:
            connection.sendall(raw)
    assert httpx.get(f"{url}/healthz").status_code == 200


def test_concurrent_questions_get_their_own_answers(url: str, backend: FakeBackend) -> None:
    """One runs at a time, four wait: five at once are five answers."""

    def ask(number: int) -> str:
        question: str = httpx.post(f"{url}/v1/ask", json={"question": f"Question {number}?"}).json()[
            "question"
        ]
        return question

    with ThreadPoolExecutor(5) as pool:
        assert list(pool.map(ask, range(5))) == [f"Question {n}?" for n in range(5)]


def test_a_queued_question_whose_client_left_never_starts(url: str, backend: FakeBackend) -> None:
    """Its place in the queue is free again."""
    started, release = threading.Event(), threading.Event()

    def script(question: str) -> Outcome:
        started.set()
        release.wait(60)
        return answer(question)

    backend.engine.script = script
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(httpx.post, f"{url}/v1/ask", json={"question": "First?"}, timeout=60)
        assert started.wait(30)
        with pytest.raises(httpx.ReadTimeout):
            httpx.post(f"{url}/v1/ask", json={"question": "Abandoned?"}, timeout=httpx.Timeout(30, read=0.2))
        # These requests come after the disconnect, so the server has handled it once they are answered.
        assert {httpx.get(f"{url}/healthz").status_code for _ in range(20)} == {200}
        release.set()
        assert first.result().status_code == 200
    httpx.post(f"{url}/v1/ask", json={"question": "Last?"})
    assert [question.text for question in backend.engine.questions] == ["First?", "Last?"]


def test_a_running_question_is_answered_after_sigterm() -> None:
    """No new connection is accepted, the question is answered, then the service is closed."""
    with in_process(*SERVING, "0") as (process, url), ThreadPoolExecutor(1) as pool:
        assert process.stdin is not None
        assert process.stdout is not None
        pending = pool.submit(httpx.post, f"{url}/v1/ask", json={"question": "Who?"}, timeout=60)
        assert process.stdout.readline() == "asked\n"
        process.send_signal(signal.SIGTERM)
        assert _comes_to_refuse(url)
        process.stdin.write("go\n")
        process.stdin.flush()
        assert pending.result().json()["answer"] == "Ada"
        assert process.stdout.readline() == "closed\n"
        assert process.wait(30) == 0


def test_a_request_on_its_way_at_sigterm_is_answered() -> None:
    """On a connection that was idle when the server began to stop; it is that connection's last one."""
    with in_process(*SERVING, "0") as (process, url):
        connection = http.client.HTTPConnection(url.removeprefix("http://").rstrip("/"), timeout=30)
        connection.request("GET", "/healthz")
        assert connection.getresponse().read()
        process.send_signal(signal.SIGTERM)
        assert _comes_to_refuse(url)
        connection.request("GET", "/healthz")
        response = connection.getresponse()
        assert (response.status, response.getheader("connection")) == (200, "close")
        connection.close()
        assert process.wait(30) == 0


def _comes_to_refuse(url: str) -> bool:
    """Whether the server comes to refuse connections, within 200 attempts."""
    host, _, port = url.removeprefix("http://").partition(":")
    pause = threading.Event()
    for _ in range(200):
        try:
            socket.create_connection((host, int(port)), timeout=30).close()
        except OSError:
            return True
        pause.wait(0.05)
    return False


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_an_idle_server_stops_at_once_and_cleanly(number: signal.Signals) -> None:
    """Either signal ends it with status 0, the service closed, and nothing on stderr."""
    with in_process(*SERVING, "0") as (process, _url):
        process.send_signal(number)
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err) == (0, "closed\n", "")


def test_a_port_in_use_is_named() -> None:
    """The service isn't opened."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        opened: list[object] = []

        def open_backend(settings: Settings, url: str) -> FakeBackend:
            opened.append(url)
            return FakeBackend(settings)

        with pytest.raises(AddressTaken, match=f"port {port}: it is in use"):
            serve(Settings(), open_backend, port=port, say=opened.append)
    assert opened == []


def test_no_connection_is_accepted_before_the_service_is_open() -> None:
    """While it is being opened, its address refuses connections."""
    refused: list[bool] = []

    class Stop(Exception):
        pass

    def open_backend(settings: Settings, url: str) -> FakeBackend:
        refused.append(_comes_to_refuse(url.rstrip("/")))
        raise Stop

    with pytest.raises(Stop):
        serve(Settings(), open_backend, port=0, say=print)
    assert refused == [True]


def test_the_http_layer_imports_no_heavy_library() -> None:
    """Neither torch, transformers, llama_index nor chromadb."""
    heavy = ("torch", "transformers", "llama_index", "chromadb", "sentence_transformers")
    script = f"import sys, api.server, json; print(json.dumps([m for m in {heavy} if m in sys.modules]))"
    process = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert json.loads(process.stdout) == []
