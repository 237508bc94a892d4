"""POST /v1/check-grounding: verdicts with citations, errors, limits."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from rag.errors import Busy, IndexUnavailable
from rag.settings import LimitSettings, Settings, WidgetSettings
from tests.fakes.engine import DOCUMENT, QUOTE, FakeBackend

PATH = "/v1/check-grounding"
PROBLEM = "application/problem+json"


@pytest.fixture
def small() -> Iterator[TestClient]:
    settings = Settings(
        limits=LimitSettings(checked_characters=40), widget=WidgetSettings(origins=("https://a.example",))
    )
    with TestClient(create_app(FakeBackend(settings), open_reading=True)) as client:
        yield client


def test_a_retrieved_sentence_is_supported(client: TestClient) -> None:
    """Every field is there, and the citation is exact."""
    text = "She asked for a 2nd ship."
    body = client.post(PATH, json={"text": "She asked for a second ship."}).json()
    [sentence] = body["sentences"]
    [citation] = body["citations"]
    assert citation["quote"] == QUOTE == DOCUMENT.text[citation["start"] : citation["end"]]
    score = sentence.pop("score")
    assert 0.5 < score <= 1
    assert sentence == {
        "text": "She asked for a second ship.",
        "start": 0,
        "end": len(text) + 3,
        "verdict": "supported",
        "missing": [],
        "citations": [0],
        "quotes": [],
    }


def test_a_negated_sentence_is_contradicted(client: TestClient) -> None:
    """Its missing fact is named."""
    body = client.post(PATH, json={"text": "She never asked for a second ship."}).json()
    [sentence] = body["sentences"]
    assert sentence["verdict"] == "contradicted"
    assert [(m["kind"], m["text"]) for m in sentence["missing"]] == [("negation", "never")]


def test_given_documents_and_texts(client: TestClient) -> None:
    """The document by citation, the text of the request by its index."""
    sent = {
        "text": f"{QUOTE} Vans leave at six.",
        "document_ids": [DOCUMENT.id],
        "texts": ["The vans leave at 6."],
    }
    body = client.post(PATH, json=sent).json()
    assert [s["verdict"] for s in body["sentences"]] == ["supported", "supported"]
    assert body["citations"][0]["document_id"] == DOCUMENT.id
    assert body["sentences"][1]["quotes"] == [
        {"text": 0, "start": 0, "end": 20, "quote": "The vans leave at 6."}
    ]


@pytest.mark.parametrize("text", ["", "?!", "x" * 41])
def test_a_text_that_cannot_be_checked_is_a_422(small: TestClient, text: str) -> None:
    """Without a word or too long; the pointer is to the text."""
    response = small.post(PATH, json={"text": text})
    assert (response.status_code, response.headers["content-type"]) == (422, PROBLEM)
    assert response.json()["type"] == "/problems/invalid-text"
    assert response.json()["errors"][0]["pointer"] == "#/text"


@pytest.mark.parametrize(
    ("sent", "pointer"),
    [
        ({}, "#/text"),
        ({"text": 7}, "#/text"),
        ({"text": "Ada.", "texts": ["x"] * 51}, "#/texts"),
        ({"text": "Ada.", "document_ids": ["x"] * 51}, "#/document_ids"),
        ({"text": "Ada.", "document_ids": [""]}, "#/document_ids/0"),
        ({"text": "Ada.", "document": "x"}, "#/document"),
    ],
)
def test_a_body_that_breaks_the_schema_is_a_422(client: TestClient, sent: object, pointer: str) -> None:
    """Bounded lists, no unknown field."""
    response = client.post(PATH, json=sent)
    assert response.status_code == 422
    assert pointer in [fault["pointer"] for fault in response.json()["errors"]]


def test_an_unknown_document_is_a_404(client: TestClient) -> None:
    """As a problem of its own kind."""
    response = client.post(PATH, json={"text": "Ada.", "document_ids": ["none"]})
    assert (response.status_code, response.json()["type"]) == (404, "/problems/unknown-document")


@pytest.mark.parametrize(("error", "status"), [(Busy("later"), 503), (IndexUnavailable("gone"), 503)])
def test_a_fault_of_retrieval_is_its_problem(
    client: TestClient, backend: FakeBackend, error: Exception, status: int
) -> None:
    """The same as of a question."""

    def fail(_: str) -> None:
        raise error

    backend.engine.script = fail  # type: ignore[assignment]
    response = client.post(PATH, json={"text": "Ada asked."})
    assert (response.status_code, response.headers["content-type"]) == (status, PROBLEM)


def test_pages_of_other_sites_need_permission(small: TestClient) -> None:
    """As to ask: the origin is refused, or a token is needed."""
    for origin, status in (("https://b.example", 403), ("https://a.example", 401)):
        response = small.post(PATH, json={"text": "Ada."}, headers={"Origin": origin})
        assert response.status_code == status


def test_another_media_type_is_a_415(client: TestClient) -> None:
    """A page of another site could post a form without a preflight."""
    response = client.post(PATH, content=b'{"text": "Ada."}', headers={"Content-Type": "text/plain"})
    assert response.status_code == 415
