"""The typed client, synchronous and asynchronous, on a real server."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import ValidationError

from api.openapi.examples import QUEUED_JOB
from rag import errors
from rag.client import (
    AccessRefused,
    AsyncSaywhere,
    InvalidResponse,
    NotFound,
    RequestFailed,
    Retries,
    Saywhere,
    ServiceBusy,
    Unreachable,
    calls,
)
from rag.grounding.verdict import Verdict
from rag.types import Document, Outcome
from rag.wire.asking import AbstainedEvent, AnswerEvent, AnswerOut, RetrievedEvent, StatementEvent, TurnIn
from rag.wire.documents import CollectionOut, TextIn
from rag.wire.jobs import JobOut
from tests.fakes.engine import CITATION, DOCUMENT, QUOTE, TEXT, FakeBackend, abstention
from tests.fakes.writable_service import writable_service
from tests.http.live import in_thread

Use = Callable[..., Any]
"""Calls a method of the client by its name, and gives its result, or the items of its iterator."""


@pytest.fixture
def url(backend: FakeBackend) -> Iterator[str]:
    with in_thread(backend) as address:
        yield address


def _sync(address: str, **options: Any) -> Use:
    def use(method: str, *arguments: Any, **named: Any) -> Any:
        with Saywhere(address, **options) as client:
            result = getattr(client, method)(*arguments, **named)
            return list(result) if isinstance(result, Iterator) else result

    return use


def _async(address: str, **options: Any) -> Use:
    async def run(method: str, *arguments: Any, **named: Any) -> Any:
        async with AsyncSaywhere(address, **options) as client:
            result = getattr(client, method)(*arguments, **named)
            return [item async for item in result] if isinstance(result, AsyncIterator) else await result

    def use(method: str, *arguments: Any, **named: Any) -> Any:
        return asyncio.run(run(method, *arguments, **named))

    return use


@pytest.fixture(params=[_sync, _async], ids=["sync", "async"])
def client(request: pytest.FixtureRequest) -> Callable[..., Use]:
    """Makes one of the two clients."""
    make: Callable[..., Use] = request.param
    return make


def _raising(error: Exception):  # type: ignore[no-untyped-def]
    def script(_question: str) -> Outcome:
        raise error

    return script


def test_both_clients_have_the_same_methods() -> None:
    """With the same parameters; only the end of a connection has another name."""

    def methods(cls: type) -> dict[str, list[str]]:
        public = {
            n: m for n, m in vars(cls).items() if not n.startswith("_") and n not in {"close", "aclose"}
        }
        return {name: list(inspect.signature(method).parameters) for name, method in public.items()}

    assert methods(Saywhere) == methods(AsyncSaywhere)
    assert set(methods(Saywhere)) == {
        *("ask", "stream", "search", "check_grounding", "documents", "document", "collections"),
        *("add", "upload", "job", "finished", "delete"),
    }


def test_an_answer_is_typed(url: str, client: Callable[..., Use]) -> None:
    """With its citations and, on request, its trace."""
    answer = client(url)("ask", "Who asked for a ship?", trace=True)
    assert isinstance(answer, AnswerOut)
    assert (answer.answer, answer.citations[0].quote) == ("Ada", QUOTE)
    assert answer.trace is not None


def test_the_engine_gets_the_whole_question(
    url: str, client: Callable[..., Use], backend: FakeBackend
) -> None:
    """Collection, filters, and history as turns or pairs."""
    history = [("Who asked?", "Ada"), TurnIn(question="Why?", answer="It was late.")]
    client(url)("ask", "And when?", collection="hr", history=history, filters={"team": "sea"})
    [question] = backend.engine.questions
    assert (question.text, question.collection, question.filters) == ("And when?", "hr", {"team": "sea"})
    assert [turn.answer for turn in question.history] == ["Ada", "It was late."]


@pytest.mark.parametrize("abstains", [False, True])
def test_a_stream_is_typed_events(
    url: str, client: Callable[..., Use], backend: FakeBackend, abstains: bool
) -> None:
    """The last one is the whole answer."""
    if abstains:
        backend.engine.script = abstention
    events = client(url)("stream", "Who?")
    middle = [AbstainedEvent] if abstains else [AnswerEvent, StatementEvent]
    assert [type(event) for event in events] == [RetrievedEvent, *middle, AnswerOut]
    assert events[-1].answered is not abstains


def test_passages_are_searched(url: str, client: Callable[..., Use]) -> None:
    """With their places and scores."""
    [result] = client(url)("search", "ship", 3, filters={"team": "sea"}).results
    assert (result.citation.start, result.citation.quote) == (CITATION.start, QUOTE)


def test_a_text_is_checked(url: str, client: Callable[..., Use]) -> None:
    """Against retrieved passages, named documents, or texts of its own."""
    use = client(url)
    [retrieved] = use("check_grounding", QUOTE).sentences
    [named] = use("check_grounding", "She asked for two ships.", document_ids=[DOCUMENT.id]).sentences
    [given] = use("check_grounding", "It rains.", texts=["It rains in May."]).sentences
    assert (retrieved.verdict, given.verdict) == (Verdict.SUPPORTED, Verdict.SUPPORTED)
    assert named.verdict is not Verdict.SUPPORTED
    assert given.quotes[0].quote == "It rains in May."


def test_documents_are_listed_across_pages(
    url: str, client: Callable[..., Use], backend: FakeBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each once, ordered by id; a collection's, or those under an address, or after an id."""
    monkeypatch.setattr(calls, "PAGE", 2)
    backend.catalog.stored = tuple(
        Document(id=f"d{i}", uri=f"{'ab'[i % 2]}/{i}", title="D", text=f"{i}.", collection="hr")
        for i in range(5)
    )
    use = client(url)
    assert [one.id for one in use("documents")] == ["d0", "d1", "d2", "d3", "d4"]
    assert [one.id for one in use("documents", collection="hr", under="b/")] == ["d1", "d3"]
    assert [one.id for one in use("documents", after="d2")] == ["d3", "d4"]
    assert use("collections") == [CollectionOut(name="hr", documents=5)]


def test_a_document_has_the_text_that_citations_point_into(url: str, client: Callable[..., Use]) -> None:
    """Its id may have blanks and slashes."""
    document = client(url)("document", DOCUMENT.id)
    assert document.text == TEXT
    assert document.text[CITATION.start : CITATION.end] == QUOTE


@pytest.mark.parametrize(
    ("error", "kind", "problem"),
    [
        (errors.UnknownCollection("no collection 'x'"), NotFound, "unknown-collection"),
        (errors.InvalidQuestion("it is empty"), RequestFailed, "invalid-question"),
        (errors.DeadlineExceeded("took too long"), RequestFailed, "deadline"),
        (errors.Busy("ask again"), ServiceBusy, "busy"),
    ],
)
@pytest.mark.parametrize("method", ["ask", "stream", "search"])
def test_a_problem_is_an_exception(
    url: str,
    client: Callable[..., Use],
    backend: FakeBackend,
    method: str,
    error: Exception,
    kind: type[RequestFailed],
    problem: str,
) -> None:
    """With the kind of problem, its detail, and the request's id."""
    backend.engine.script = _raising(error)
    with pytest.raises(kind) as caught:
        client(url, retries=Retries(tries=1))(method, "Who?")
    assert (caught.value.problem, caught.value.detail) == (problem, str(error))
    assert caught.value.request_id
    assert caught.value.retry_after == (1.0 if kind is ServiceBusy else None)


def test_an_error_during_a_stream_is_raised(
    url: str, client: Callable[..., Use], backend: FakeBackend
) -> None:
    """After the events before it."""
    backend.engine.script, backend.engine.steps_before_script = _raising(errors.ModelError("x")), 1
    with pytest.raises(RequestFailed) as caught:
        client(url)("stream", "Who?")
    assert (caught.value.status, caught.value.problem) == (500, "model")


def test_a_question_that_breaks_the_schema_is_not_sent(
    url: str, client: Callable[..., Use], backend: FakeBackend
) -> None:
    """Its model says what is wrong."""
    with pytest.raises(ValidationError):
        client(url)("ask", 7)
    assert backend.engine.questions == []


def test_documents_are_written(client: Callable[..., Use], tmp_path: Path) -> None:
    """As texts and as files; the job tells what became of each, and a deleted one is gone."""
    with (
        writable_service(tmp_path) as service,
        service.ingestion() as ingestion,
        in_thread(service.backend, ingestion=ingestion) as address,
    ):
        use = client(address)
        texts = [TextIn(text="The ferry leaves at nine.", uri="ferry", metadata={"team": "sea"})]
        added = use("finished", use("add", texts, collection="sea"))
        [result] = added.results
        assert (added.state, added.collection, result.uri, result.outcome) == (
            "done",
            "sea",
            "ferry",
            "added",
        )
        files = {"b.md": b"# Boats\n\nThere are two boats.\n", "empty.txt": b""}
        uploaded = use("finished", use("upload", files, metadata={"team": "sea"}))
        assert {r.uri: r.outcome for r in uploaded.results} == {
            "uploads/b.md": "added",
            "uploads/empty.txt": "failed",
        }
        listed = use("documents", filters={"team": "sea"})
        assert {document.uri for document in listed} == {"ferry", "uploads/b.md"}
        assert use("job", added.id) == added
        assert use("delete", result.document_id) is None
        for method, name in (("delete", result.document_id), ("job", "job_nope")):
            with pytest.raises(NotFound):
                use(method, name)


def test_a_job_that_takes_too_long_is_left(client: Callable[..., Use]) -> None:
    """The caller gets control back; the job goes on."""
    queued = JobOut.model_validate(QUEUED_JOB)
    use = _transports(lambda _request: httpx.Response(200, json=QUEUED_JOB), client)
    with pytest.raises(TimeoutError, match="is queued after 0 s"):
        use("finished", queued, seconds=0)


def _transports(handle: Callable[[httpx.Request], httpx.Response], client: Callable[..., Use]) -> Use:
    """The client over a function in the server's place."""
    return client("http://saywhere.example", transport=httpx.MockTransport(handle))


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that a client waited, without waiting."""
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr("rag.client.synchronous.time.sleep", waited.append)
    monkeypatch.setattr("rag.client.asynchronous.asyncio.sleep", sleep)
    return waited


def test_a_busy_service_is_asked_again_when_it_says(client: Callable[..., Use], waits: list[float]) -> None:
    """After each ``Retry-After``, then the answer comes."""
    responses = [
        httpx.Response(503, headers={"Retry-After": "2"}),
        httpx.Response(429, headers={"Retry-After": "7"}),
        httpx.Response(200, json={"collections": []}),
    ]
    assert _transports(lambda _request: responses.pop(0), client)("collections") == []
    assert waits == [2.0, 7.0]


def test_a_service_that_stays_busy_is_given_up(client: Callable[..., Use], waits: list[float]) -> None:
    """After three tries, with what it said last."""
    use = _transports(lambda _request: httpx.Response(503, headers={"Retry-After": "2"}), client)
    with pytest.raises(ServiceBusy) as caught:
        use("collections")
    assert (waits, caught.value.retry_after) == ([2.0, 2.0], 2.0)


def test_a_long_wait_is_left_to_the_caller(client: Callable[..., Use], waits: list[float]) -> None:
    """A client doesn't block for minutes."""
    use = _transports(lambda _request: httpx.Response(429, headers={"Retry-After": "600"}), client)
    with pytest.raises(ServiceBusy) as caught:
        use("collections")
    assert (waits, caught.value.retry_after) == ([], 600.0)


@pytest.mark.parametrize(
    ("status", "text", "kind"),
    [
        (200, "<html>", InvalidResponse),
        (200, '{"other": 1}', InvalidResponse),
        (502, "Bad Gateway", RequestFailed),
        (302, "", RequestFailed),
        (404, '["not a problem"]', NotFound),
    ],
)
def test_another_program_is_told_apart(
    client: Callable[..., Use], status: int, text: str, kind: type[Exception]
) -> None:
    """A proxy's page or another service never passes for an answer."""
    with pytest.raises(kind):
        _transports(lambda _request: httpx.Response(status, text=text), client)("collections")


def test_a_key_is_sent(client: Callable[..., Use]) -> None:
    """As a bearer key; a refusal is an error of its own."""
    seen: list[str | None] = []

    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers.get("authorization"))
        return httpx.Response(401, json={"type": "/problems/key-needed", "title": "No", "status": 401})

    with pytest.raises(AccessRefused, match="401 No"):
        client("http://x", key="secret", transport=httpx.MockTransport(handle))("collections")
    assert seen == ["Bearer secret"]


@pytest.mark.parametrize("method", ["ask", "stream"])
def test_a_service_that_is_down_is_unreachable(client: Callable[..., Use], method: str) -> None:
    """With its address."""
    with pytest.raises(Unreachable, match=r"http://127\.0\.0\.1:9"):
        client("http://127.0.0.1:9")(method, "Who?")


def test_the_client_of_a_page_path_keeps_it(client: Callable[..., Use]) -> None:
    """A service behind a proxy may have an address with a path."""
    paths: list[str] = []

    def handle(request: httpx.Request) -> httpx.Response:
        paths.append(request.url.path)
        return httpx.Response(200, json={"collections": []})

    client("https://x.example/docs/", transport=httpx.MockTransport(handle))("collections")
    assert paths == ["/docs/v1/collections"]


def test_the_limits_are_the_services(url: str, client: Callable[..., Use]) -> None:
    """A question that is too long is sent, and the service's error says so."""
    with pytest.raises(RequestFailed) as caught:
        client(url)("ask", "x" * 10_000)
    assert (caught.value.status, caught.value.problem) == (422, "invalid-question")
