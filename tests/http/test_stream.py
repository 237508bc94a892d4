"""Answers as server-sent events, and what happens to a question nobody waits for any more."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable

import httpx
import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.schemas import problems
from rag.errors import Busy, InvalidQuestion, ModelError
from rag.settings import LimitSettings, Settings
from rag.types import Outcome, Step
from rag.wire import asking
from tests.fakes.engine import QUOTE, TRACE, FakeBackend, abstention, answer
from tests.http.live import in_thread


def _events(body: str) -> list[tuple[str, dict[str, object]]]:
    """By the letter of the standard: blocks of fields, an empty line after each."""
    assert body.endswith("\n\n")
    found = []
    for block in body[:-2].split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.split("\n"))
        found.append((fields["event"], json.loads(fields["data"])))
    return found


def _stream(client: TestClient, **more: object) -> list[tuple[str, dict[str, object]]]:
    response = client.post("/v1/ask", json={"question": "Who?", "stream": True, **more})
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert response.headers["cache-control"] == "no-store"
    return _events(response.text)


def test_an_answer_comes_in_typed_steps(client: TestClient) -> None:
    """Each event fits its model; the last one is the answer as it is without stream."""
    events = _stream(client)
    assert [name for name, _ in events] == ["retrieved", "answer", "statement", "done"]
    (_, retrieved), (_, told), (_, statement), (_, done) = events
    assert asking.RetrievedEvent.model_validate(retrieved).passages == 3
    assert asking.AnswerEvent.model_validate(told).answer == "Ada"
    [cited] = asking.StatementEvent.model_validate(statement).cited
    assert cited.quote == QUOTE
    whole = asking.AnswerOut.model_validate(done)
    assert (whole.id, whole.statements[0].text, whole.citations[0]) == (told["id"], QUOTE, cited)
    plain = client.post("/v1/ask", json={"question": "Who?"}).json()
    assert {**done, "id": ""} == {**plain, "id": ""}


def test_an_abstention_comes_in_typed_steps(client: TestClient, backend: FakeBackend) -> None:
    """Retrieved, abstained with its reason and nearest passages, done."""
    backend.engine.script = abstention
    events = _stream(client, trace=True)
    assert [name for name, _ in events] == ["retrieved", "abstained", "done"]
    told = asking.AbstainedEvent.model_validate(events[1][1])
    assert told.abstention.nearest[0].quote == QUOTE
    done = asking.AnswerOut.model_validate(events[2][1])
    assert done.abstention == told.abstention
    assert done.trace is not None


@pytest.mark.parametrize("error", [InvalidQuestion("empty"), Busy("again"), ModelError("/srv/private")])
def test_what_fails_before_the_first_step_is_a_status(
    client: TestClient, backend: FakeBackend, error: Exception
) -> None:
    """The same problem as without stream."""

    def broken(_question: str) -> Outcome:
        raise error

    backend.engine.script = broken
    streamed = client.post("/v1/ask", json={"question": "Who?", "stream": True})
    plain = client.post("/v1/ask", json={"question": "Who?"})
    assert streamed.status_code == plain.status_code >= 400
    assert streamed.headers["content-type"] == "application/problem+json"
    assert streamed.json()["type"] == plain.json()["type"]


@pytest.mark.parametrize(
    ("error", "slug"), [(ModelError("/srv/private"), "model"), (RuntimeError("/srv/private"), "unexpected")]
)
def test_what_fails_later_is_an_error_event(
    client: TestClient, backend: FakeBackend, error: Exception, slug: str
) -> None:
    """It ends the stream with a problem that tells nothing of the server's insides."""

    def broken(_question: str) -> Outcome:
        raise error

    backend.engine.script, backend.engine.told = broken, 1
    [(first, _), (last, told)] = _stream(client)
    assert (first, last) == ("retrieved", "error")
    problem = problems.Problem.model_validate(told)
    assert problem.type == f"/problems/{slug}"
    assert "private" not in json.dumps(told)


def test_a_deadline_that_passes_later_is_an_error_event() -> None:
    """The reader learns that it took too long, though its stream had begun."""
    release = threading.Event()

    def slow(question: str) -> Outcome:
        release.wait(60)
        return answer(question)

    backend = FakeBackend(Settings(limits=LimitSettings(seconds=0.2)), slow)
    backend.engine.told = 1
    with TestClient(create_app(backend)) as client:
        [(first, _), (last, told)] = _stream(client)
        release.set()
    assert (first, last, told["type"]) == ("retrieved", "error", "/problems/deadline")


def test_steps_are_told_as_they_end() -> None:
    """The first event is there while the question is still worked on."""
    release = threading.Event()

    def slow(question: str) -> Outcome:
        assert release.wait(60)
        return answer(question)

    backend = FakeBackend(script=slow)
    backend.engine.told = 1
    sent = {"question": "Who?", "stream": True}
    with in_thread(backend) as url, httpx.stream("POST", f"{url}/v1/ask", json=sent, timeout=60) as response:
        lines = response.iter_lines()
        assert next(lines) == "event: retrieved"
        release.set()
        assert "event: done" in list(lines)


class _Watched(FakeBackend):
    """Its engine works on one question in steps until somebody tells it that it may stop."""

    def __init__(self) -> None:
        super().__init__()
        self.begun, self.gone_on, self.ended = threading.Event(), threading.Event(), threading.Event()
        self.why: BaseException | None = None
        self.engine.ask = self._ask  # type: ignore[method-assign]

    def _ask(
        self,
        question: object,
        *,
        deadline: float | None = None,
        observe: Callable[[Step], None] | None = None,
    ) -> Outcome:
        assert observe is not None
        try:
            observe(TRACE.steps[0])
            self.begun.set()
            assert self.gone_on.wait(60)
            while True:
                observe(TRACE.steps[1])
                self.gone_on.wait(0.01)
        except BaseException as error:
            self.why = error
            raise
        finally:
            self.ended.set()


@pytest.mark.parametrize("stream", [True, False])
def test_a_client_that_goes_away_ends_the_work(stream: bool) -> None:
    """At the next step, for a stream and for a plain answer alike; the turn is free again."""
    backend = _Watched()
    body = json.dumps({"question": "Who?", "stream": stream}).encode()
    with in_thread(backend) as url:
        host, _, port = url.removeprefix("http://").partition(":")
        with socket.create_connection((host, int(port))) as client:
            head = (
                f"POST /v1/ask HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
                f"Content-Length: {len(body)}\r\n\r\n"
            )
            client.sendall(head.encode() + body)
            assert backend.begun.wait(60)
        backend.gone_on.set()
        assert backend.ended.wait(60)
        assert type(backend.why).__name__ == "ClientGone"
        backend.engine.__dict__.pop("ask")
        assert httpx.post(f"{url}/v1/ask", json={"question": "Who?"}, timeout=60).status_code == 200
