"""Answers as server-sent events, and what happens to a question whose client has gone."""

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
from rag.types import Answer, DraftedStatement, Outcome, Progress
from rag.wire import asking
from tests.fakes import outcomes
from tests.fakes.engine import QUOTE, TRACE, FakeBackend, abstention, answer
from tests.http.live import in_thread


def _events(body: str) -> list[tuple[str, dict[str, object]]]:
    """Event names and data: blocks of fields, each followed by an empty line."""
    assert body.endswith("\n\n")
    events = []
    for block in body[:-2].split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.split("\n"))
        events.append((fields["event"], json.loads(fields["data"])))
    return events


def _stream(client: TestClient, **more: object) -> list[tuple[str, dict[str, object]]]:
    response = client.post("/v1/ask", json={"question": "Who?", "stream": True, **more})
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert response.headers["cache-control"] == "no-store"
    return _events(response.text)


def test_an_answer_is_a_series_of_typed_events(client: TestClient) -> None:
    """Each event is valid for its model; the last one is the answer as without stream."""
    events = _stream(client)
    assert [name for name, _ in events] == ["retrieved", "answer", "statement", "done"]
    (_, retrieved), (_, answered), (_, statement), (_, done) = events
    assert asking.RetrievedEvent.model_validate(retrieved).passages == 3
    assert asking.AnswerEvent.model_validate(answered).answer == "Ada"
    [cited] = asking.StatementEvent.model_validate(statement).cited
    assert cited.quote == QUOTE
    whole = asking.AnswerOut.model_validate(done)
    assert (whole.id, whole.statements[0].text, whole.citations[0]) == (answered["id"], QUOTE, cited)
    plain = client.post("/v1/ask", json={"question": "Who?"}).json()
    assert {**done, "id": ""} == {**plain, "id": ""}


@pytest.mark.parametrize("outcome", outcomes.ANSWERS, ids=lambda outcome: outcome.unit)
def test_the_events_of_each_unit_hold_what_the_answer_holds(
    client: TestClient, backend: FakeBackend, outcome: Answer
) -> None:
    """The answer's event has its unit, certainty and counts; each statement's event has its role."""
    backend.engine.script = outcomes.outcome_of
    response = client.post("/v1/ask", json={"question": outcome.question, "stream": True})
    (_, _), (name, answered), *statements, (_, done) = _events(response.text)
    assert name == "answer"
    assert answered["unit"] == outcome.unit
    assert answered == {key: done[key] for key in asking.AnswerEvent.model_fields}
    without_cited = [{k: v for k, v in data.items() if k != "cited"} for _, data in statements]
    assert without_cited == done["statements"]


def test_drafted_statements_come_before_the_answer(client: TestClient, backend: FakeBackend) -> None:
    """Each with its role and what it cites, numbered as in the answer that is made of them."""
    drafted = outcomes.DRAFTED
    backend.engine.script = outcomes.outcome_of
    backend.engine.drafted = [
        DraftedStatement(statement=one, citations=tuple(drafted.citations[i] for i in one.citations))
        for one in drafted.statements
    ]
    response = client.post("/v1/ask", json={"question": drafted.question, "stream": True})
    (_, _), *told, (_, answered), first, second, (_, done) = _events(response.text)
    assert [name for name, _ in told] == ["drafted", "drafted"]
    assert [data for _, data in told] == [first[1], second[1]]
    assert answered["drafted"] is done["drafted"] is True


def test_an_abstention_is_a_series_of_typed_events(client: TestClient, backend: FakeBackend) -> None:
    """retrieved, abstained with its reason and the nearest passages, done."""
    backend.engine.script = abstention
    events = _stream(client, trace=True)
    assert [name for name, _ in events] == ["retrieved", "abstained", "done"]
    abstained = asking.AbstainedEvent.model_validate(events[1][1])
    assert abstained.abstention.nearest[0].quote == QUOTE
    done = asking.AnswerOut.model_validate(events[2][1])
    assert done.abstention == abstained.abstention
    assert done.trace is not None


@pytest.mark.parametrize("error", [InvalidQuestion("empty"), Busy("again"), ModelError("/srv/private")])
def test_an_error_before_the_first_event_has_a_status(
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
def test_a_later_error_is_an_event(
    client: TestClient, backend: FakeBackend, error: Exception, slug: str
) -> None:
    """It ends the stream, with a problem that reveals nothing internal."""

    def broken(_question: str) -> Outcome:
        raise error

    backend.engine.script, backend.engine.steps_before_script = broken, 1
    [(first, _), (last, error_data)] = _stream(client)
    assert (first, last) == ("retrieved", "error")
    problem = problems.Problem.model_validate(error_data)
    assert problem.type == f"/problems/{slug}"
    assert "private" not in json.dumps(error_data)


def test_a_deadline_after_the_first_event_is_an_error_event() -> None:
    """The stream had begun, so there is no 504."""
    release = threading.Event()

    def slow(question: str) -> Outcome:
        release.wait(60)
        return answer(question)

    backend = FakeBackend(Settings(limits=LimitSettings(seconds=0.2)), slow)
    backend.engine.steps_before_script = 1
    with TestClient(create_app(backend, open_reading=True)) as client:
        [(first, _), (last, error_data)] = _stream(client)
        release.set()
    assert (first, last, error_data["type"]) == ("retrieved", "error", "/problems/deadline")


def test_events_are_sent_as_steps_end() -> None:
    """The first event arrives while the question still runs."""
    release = threading.Event()

    def slow(question: str) -> Outcome:
        assert release.wait(60)
        return answer(question)

    backend = FakeBackend(script=slow)
    backend.engine.steps_before_script = 1
    sent = {"question": "Who?", "stream": True}
    with in_thread(backend) as url, httpx.stream("POST", f"{url}/v1/ask", json=sent, timeout=60) as response:
        lines = response.iter_lines()
        assert next(lines) == "event: retrieved"
        release.set()
        assert "event: done" in list(lines)


class _Endless(FakeBackend):
    """Its engine reports step after step until ``observe`` raises."""

    def __init__(self) -> None:
        super().__init__()
        self.started, self.proceed, self.ended = threading.Event(), threading.Event(), threading.Event()
        self.error: BaseException | None = None
        self.engine.ask = self._ask  # type: ignore[method-assign]

    def _ask(
        self,
        question: object,
        *,
        deadline: float | None = None,
        observe: Callable[[Progress], None] | None = None,
    ) -> Outcome:
        assert observe is not None
        try:
            observe(TRACE.steps[0])
            self.started.set()
            assert self.proceed.wait(60)
            while True:
                observe(TRACE.steps[1])
                self.proceed.wait(0.01)
        except BaseException as error:
            self.error = error
            raise
        finally:
            self.ended.set()


@pytest.mark.parametrize("stream", [True, False])
def test_work_ends_when_the_client_disconnects(stream: bool) -> None:
    """At the next step, with and without stream; the thread is free again."""
    backend = _Endless()
    body = json.dumps({"question": "Who?", "stream": stream}).encode()
    with in_thread(backend) as url:
        host, _, port = url.removeprefix("http://").partition(":")
        with socket.create_connection((host, int(port))) as client:
            head = (
                f"POST /v1/ask HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
                f"Content-Length: {len(body)}\r\n\r\n"
            )
            client.sendall(head.encode() + body)
            assert backend.started.wait(60)
        backend.proceed.set()
        assert backend.ended.wait(60)
        assert type(backend.error).__name__ == "ClientGone"
        backend.engine.__dict__.pop("ask")
        assert httpx.post(f"{url}/v1/ask", json={"question": "Who?"}, timeout=60).status_code == 200
