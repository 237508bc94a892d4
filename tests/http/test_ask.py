"""POST /v1/ask: answers, abstentions, and invalid requests."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from rag.types import Answer
from rag.wire.asking import AnswerOut
from rag.wire.convert import outcome_in
from rag.wire.trace import step_detail
from tests.fakes import outcomes
from tests.fakes.engine import CITATION, DOCUMENT, QUOTE, TRACE, FakeBackend, abstention

PROBLEM = "application/problem+json"


def test_an_answer_has_every_field(client: TestClient) -> None:
    """The version has its prefix, the confidence is rounded."""
    body = client.post("/v1/ask", json={"question": "Who asked for a ship?"}).json()
    assert body.pop("id").startswith("ans_")
    [citation] = body.pop("citations")
    assert citation.pop("text_fragment").startswith("#:~:text=")
    assert citation == {
        "document_id": DOCUMENT.id,
        "version": f"sha256:{DOCUMENT.sha256}",
        "title": "Minutes",
        "uri": DOCUMENT.uri,
        "start": CITATION.start,
        "end": CITATION.end,
        "quote": QUOTE,
        "prefix": CITATION.prefix,
        "suffix": "",
        "page": None,
        "section": [],
        "url": f"/documents/notes/may%201.txt?version={DOCUMENT.sha256[:12]}#{CITATION.start}-{CITATION.end}",
        "columns": [],
        "likeliest": None,
    }
    assert body == {
        "question": "Who asked for a ship?",
        "answered": True,
        "unit": "short_answer",
        "certainty": "sure",
        "confidence": 0.9124,
        "short_answer_confidence": None,
        "answer": "Ada",
        "statements": [{"text": QUOTE, "citations": [0], "role": "sentence"}],
        "item_count": None,
        "unanswered": [],
        "drafted": False,
        "conflicts": [],
        "abstention": None,
        "reply": None,
        "asked_as": None,
        "trace": None,
    }


def test_each_answer_has_its_own_id(client: TestClient) -> None:
    """Also for the same question: an id names one act of answering."""
    first, second = (client.post("/v1/ask", json={"question": "Who?"}).json()["id"] for _ in range(2))
    assert first != second


def test_an_abstention_is_a_200_with_its_reason(client: TestClient, backend: FakeBackend) -> None:
    """answered is false, with the reason and the nearest passages."""
    backend.engine.script = abstention
    response = client.post("/v1/ask", json={"question": "Who?"})
    body = response.json()
    assert response.status_code == 200
    assert (body["answered"], body["answer"], body["citations"]) == (False, None, [])
    assert body["confidence"] == 0.2
    assert body["abstention"]["reason"] == "not_answered_here"
    assert body["abstention"]["nearest"][0]["quote"] == QUOTE
    assert (body["unit"], body["certainty"], body["short_answer_confidence"]) == (None, None, None)


def test_a_list_says_what_it_leaves_out(client: TestClient, backend: FakeBackend) -> None:
    """Its statements' roles, the number of its items, and the part of the question without an answer."""
    backend.engine.script = outcomes.outcome_of
    body = client.post("/v1/ask", json={"question": outcomes.LIST.question}).json()
    assert [s["role"] for s in body["statements"]] == ["heading", "lead_in", "item", "item", "item"]
    assert (body["unit"], body["item_count"], body["unanswered"]) == ("list", 5, ["since when"])


@pytest.mark.parametrize("outcome", outcomes.ANSWERS, ids=lambda outcome: outcome.unit)
def test_an_answer_in_each_unit_is_what_the_engine_gave(
    client: TestClient, backend: FakeBackend, outcome: Answer
) -> None:
    """Read back from the response; its quotes are slices of the served document."""
    backend.engine.script = outcomes.outcome_of
    backend.catalog.stored = (outcomes.DOCUMENT,)
    body = client.post("/v1/ask", json={"question": outcome.question}).json()
    text = client.get(f"/v1/documents/{outcomes.DOCUMENT.id}").json()["text"]
    assert [text[c["start"] : c["end"]] for c in body["citations"]] == [c["quote"] for c in body["citations"]]
    returned = outcome_in(AnswerOut.model_validate(body))
    assert isinstance(returned, Answer)
    assert replace(returned, citations=outcome.citations) == outcome


def test_a_trace_is_included_on_request(client: TestClient) -> None:
    """Timings, number of retrieved passages, models, index, and each step."""
    body = client.post("/v1/ask", json={"question": "Who?", "trace": True}).json()
    assert body["trace"] == {
        "timings_ms": {"retrieve": 1.23, "read 2": 9.0},
        "retrieved": 3,
        "models": {"embedder": "fake-embedder", "reader": "fake-reader"},
        "index": "fingerprint",
        "steps": [
            {"name": "retrieve", "ms": 1.23, "detail": step_detail(TRACE.steps[0])},
            {"name": "read 2", "ms": 9.0, "detail": {"spans": 0, "best": []}},
        ],
    }


def test_the_engine_gets_the_whole_request(client: TestClient, backend: FakeBackend) -> None:
    """Collection, history and filters, and a deadline in the future."""
    sent = {
        "question": "And then?",
        "collection": "default",
        "history": [{"question": "Who asked?", "answer": "Ada"}],
        "filters": {"team": "sea"},
    }
    client.post("/v1/ask", json=sent)
    [question] = backend.engine.questions
    [deadline] = backend.engine.deadlines
    assert question.history[0].answer == "Ada"
    assert question.filters == {"team": "sea"}
    assert deadline is not None
    assert deadline > time.monotonic()


@pytest.mark.parametrize(
    ("messages", "turns"),
    [
        (
            [
                {"role": "system", "content": "Be kind."},
                {"role": "user", "content": "Who asked?"},
                {"role": "assistant", "content": "Ada", "refusal": None},
            ],
            [("Who asked?", "Ada")],
        ),
        (
            [
                {
                    "role": "user",
                    "content": [{"type": "text", "text": "Who"}, {"type": "text", "text": "asked?"}],
                },
                {"role": "user", "content": "And why?"},
                {"role": "assistant", "content": "It was late."},
                {"role": "assistant", "content": "Goodbye."},
            ],
            [("Who\nasked?", ""), ("And why?", "It was late.")],
        ),
        ([{"role": "assistant", "content": "Hello!"}], []),
    ],
    ids=["with a system message", "parts and no answer", "a greeting alone"],
)
def test_a_history_may_be_openai_s_messages(
    client: TestClient, backend: FakeBackend, messages: list[object], turns: list[tuple[str, str]]
) -> None:
    """A user's message and the assistant's behind it are a turn; fields of OpenAI's own are ignored."""
    sent = {"question": "And then?", "history": messages}
    assert client.post("/v1/ask", json=sent).status_code == 200
    [question] = backend.engine.questions
    assert [(turn.question, turn.answer) for turn in question.history] == turns


@pytest.mark.parametrize(
    ("history", "detail"),
    [
        ([{"role": "user", "content": "x"}, {"question": "y"}], "either turns"),
        ([{"role": "robot", "content": "x"}], "message 0: role"),
        ([{"role": "user", "content": [{"type": "image_url"}]}], "message 0: content"),
    ],
)
def test_messages_that_cannot_be_turns_are_a_422(
    client: TestClient, history: list[object], detail: str
) -> None:
    """Mixed with turns, of an unknown role, or with a picture; the fault says which."""
    response = client.post("/v1/ask", json={"question": "Who?", "history": history})
    assert response.status_code == 422
    [fault] = response.json()["errors"]
    assert fault["pointer"] == "#/history"
    assert detail in fault["detail"]


@pytest.mark.parametrize(
    "question",
    ["", "   ", "\x00\x07\x1b", "?!", "\u200b", "x" * 10_000],
    ids=["empty", "spaces", "control", "marks", "zero-width", "10,000"],
)
def test_an_invalid_question_is_a_422(client: TestClient, question: str) -> None:
    """Empty, without a word, or too long; the pointer is to the question."""
    response = client.post("/v1/ask", json={"question": question})
    assert (response.status_code, response.headers["content-type"]) == (422, PROBLEM)
    assert response.json()["type"] == "/problems/invalid-question"
    assert response.json()["errors"][0]["pointer"] == "#/question"


@pytest.mark.parametrize(
    ("sent", "pointer"),
    [
        ({}, "#/question"),
        ({"question": 7}, "#/question"),
        ({"question": None}, "#/question"),
        ({"question": "Who?", "trace": "yes"}, "#/trace"),
        ({"question": "Who?", "colection": "x"}, "#/colection"),
        ({"question": "Who?", "filters": {"a/b": 1}}, "#/filters/a~1b"),
        ({"question": "Who?", "history": [{"answer": "x"}]}, "#/history/0/question"),
        ({"question": "Who?", "history": [{"question": "x"}] * 51}, "#/history"),
        ([], "#"),
        ("Who?", "#"),
    ],
)
def test_a_body_that_breaks_the_schema_is_a_422(client: TestClient, sent: object, pointer: str) -> None:
    """Each fault has an RFC 6901 pointer to its place."""
    response = client.post("/v1/ask", json=sent)
    assert (response.status_code, response.headers["content-type"]) == (422, PROBLEM)
    assert pointer in [fault["pointer"] for fault in response.json()["errors"]]


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b'{"question": "caf\xe9"}',
        b"[" * 20_000,
        b'{"question":' * 4_000,
        b'{"question": ' + b"9" * 6_000 + b"}",
        b'{"question": "\\ud800"}',
        b"\xff\xfe{\x00}\x00",
        b"",
    ],
    ids=["cut off", "not utf-8", "deep lists", "deep objects", "huge number", "surrogate", "utf-16", "none"],
)
def test_a_body_that_is_not_json_is_a_422(client: TestClient, body: bytes) -> None:
    """Whatever can't be parsed is the client's fault, never a 500."""
    response = client.post("/v1/ask", content=body, headers={"Content-Type": "application/json"})
    assert (response.status_code, response.headers["content-type"]) == (422, PROBLEM)


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "nonsense", None]
)
def test_another_media_type_is_a_415(client: TestClient, content_type: str | None) -> None:
    """Pages of other sites can post forms and plain text without a preflight."""
    headers = {"Content-Type": content_type} if content_type else {}
    response = client.post("/v1/ask", content=b'{"question": "Who?"}', headers=headers)
    assert (response.status_code, response.headers["content-type"]) == (415, PROBLEM)


def test_json_with_a_charset_is_accepted(client: TestClient) -> None:
    """Parameters of the media type are ignored."""
    headers = {"Content-Type": "application/json; charset=utf-8"}
    assert client.post("/v1/ask", content=b'{"question": "Who?"}', headers=headers).status_code == 200


def test_a_body_over_the_limit_is_a_413(client: TestClient, backend: FakeBackend) -> None:
    """By its Content-Length; the connection is closed."""
    response = client.post("/v1/ask", json={"question": "x" * 60_000})
    assert (response.status_code, response.headers["content-type"]) == (413, PROBLEM)
    assert response.headers["connection"] == "close"
    assert backend.engine.questions == []
