"""POST /v1/ask: the form of an answer and of an abstention, and every way to ask wrongly."""

from __future__ import annotations

import time

import pytest
from starlette.testclient import TestClient

from rag.wire.trace import step_detail
from tests.fakes.engine import CITATION, DOCUMENT, QUOTE, TRACE, FakeBackend, abstention

PROBLEM = "application/problem+json"


def test_an_answer_has_the_form_of_the_contract(client: TestClient) -> None:
    """Every field of the contract is there; the version is prefixed, the confidence rounded."""
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
    }
    assert body == {
        "question": "Who asked for a ship?",
        "answered": True,
        "confidence": 0.9124,
        "answer": "Ada",
        "statements": [{"text": QUOTE, "citations": [0]}],
        "conflicts": [],
        "abstention": None,
        "trace": None,
    }


def test_each_answer_has_its_own_id(client: TestClient) -> None:
    """The same question asked twice gives two ids: an id names one act of answering."""
    first, second = (client.post("/v1/ask", json={"question": "Who?"}).json()["id"] for _ in range(2))
    assert first != second


def test_an_abstention_is_a_200_with_its_reason(client: TestClient, backend: FakeBackend) -> None:
    """No answer is a result: 200, answered false, the reason and the nearest passages."""
    backend.engine.script = abstention
    response = client.post("/v1/ask", json={"question": "Who?"})
    body = response.json()
    assert response.status_code == 200
    assert (body["answered"], body["answer"], body["citations"]) == (False, None, [])
    assert body["confidence"] == 0.2
    assert body["abstention"]["reason"] == "not_answered_here"
    assert body["abstention"]["nearest"][0]["quote"] == QUOTE


def test_a_trace_is_given_when_asked_for(client: TestClient) -> None:
    """The trace tells timings, how many passages were found, models and index."""
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


def test_everything_asked_reaches_the_engine(client: TestClient, backend: FakeBackend) -> None:
    """Collection, history, filters and a deadline in the future are handed on."""
    sent = {
        "question": "And then?",
        "collection": "default",
        "history": [{"question": "Who asked?", "answer": "Ada"}],
        "filters": {"team": "sea"},
    }
    client.post("/v1/ask", json=sent)
    [asked] = backend.engine.asked
    [deadline] = backend.engine.deadlines
    assert asked.history[0].answer == "Ada"
    assert asked.filters == {"team": "sea"}
    assert deadline is not None
    assert deadline > time.monotonic()


@pytest.mark.parametrize(
    "question",
    ["", "   ", "\x00\x07\x1b", "?!", "\u200b", "x" * 10_000],
    ids=["empty", "spaces", "control", "marks", "zero-width", "10,000"],
)
def test_a_question_that_is_none_is_refused_with_its_place(client: TestClient, question: str) -> None:
    """Empty, wordless and overlong questions are 422 with a pointer to the question."""
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
def test_a_body_of_the_wrong_form_is_refused_with_its_place(
    client: TestClient, sent: object, pointer: str
) -> None:
    """Each fault comes with an RFC 6901 pointer to where it is."""
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
def test_a_body_that_is_no_json_text_is_refused(client: TestClient, body: bytes) -> None:
    """What can't be parsed is the client's fault, never a 500."""
    response = client.post("/v1/ask", content=body, headers={"Content-Type": "application/json"})
    assert (response.status_code, response.headers["content-type"]) == (422, PROBLEM)


@pytest.mark.parametrize("sent_as", ["text/plain", "application/x-www-form-urlencoded", "nonsense", None])
def test_json_under_another_name_is_refused(client: TestClient, sent_as: str | None) -> None:
    """A form or plain text, which other sites' pages may post here, is a 415."""
    headers = {"Content-Type": sent_as} if sent_as else {}
    response = client.post("/v1/ask", content=b'{"question": "Who?"}', headers=headers)
    assert (response.status_code, response.headers["content-type"]) == (415, PROBLEM)


def test_json_with_a_charset_is_accepted(client: TestClient) -> None:
    """Parameters of the media type don't matter."""
    headers = {"Content-Type": "application/json; charset=utf-8"}
    assert client.post("/v1/ask", content=b'{"question": "Who?"}', headers=headers).status_code == 200


def test_a_declared_body_over_the_limit_is_refused(client: TestClient, backend: FakeBackend) -> None:
    """Content-Length over the limit is a 413 and the connection is closed."""
    response = client.post("/v1/ask", json={"question": "x" * 60_000})
    assert (response.status_code, response.headers["content-type"]) == (413, PROBLEM)
    assert response.headers["connection"] == "close"
    assert backend.engine.asked == []
