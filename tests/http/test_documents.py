"""GET /v1/documents, /v1/search and readiness: paging, and the text that offsets refer to."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from rag.errors import IndexUnavailable, StorageError
from rag.types import Document, Page, Section, Span
from tests.fakes.engine import CITATION, DOCUMENT, TEXT, FakeBackend


def _documents(count: int) -> tuple[Document, ...]:
    return tuple(Document(id=f"d{i}", uri=f"d{i}", title=f"D {i}", text=f"Text {i}.") for i in range(count))


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 6])
def test_following_next_shows_each_document_once(
    client: TestClient, backend: FakeBackend, limit: int
) -> None:
    """Whatever the page size, the pages together are the whole listing, and the last has no next."""
    backend.catalog.stored = _documents(5)
    seen: list[str] = []
    path: str | None = f"/v1/documents?limit={limit}"
    while path:
        response = client.get(path)
        seen += [d["id"] for d in response.json()["documents"]]
        path = response.json()["next"]
        assert ("link" in response.headers) is (path is not None)
    assert seen == ["d0", "d1", "d2", "d3", "d4"]


def test_next_keeps_the_collection(client: TestClient, backend: FakeBackend) -> None:
    """The link to the next page asks for the same collection."""
    backend.catalog.stored = _documents(3)
    body = client.get("/v1/documents", params={"collection": "default", "limit": 1}).json()
    assert "collection=default" in body["next"]


def test_an_unknown_collection_is_a_404(client: TestClient) -> None:
    """A misspelt collection isn't an empty list."""
    assert client.get("/v1/documents", params={"collection": "nope"}).status_code == 404


@pytest.mark.parametrize(("name", "value"), [("limit", "0"), ("limit", "1001"), ("limit", "x")])
def test_an_invalid_parameter_is_named(client: TestClient, name: str, value: str) -> None:
    """The fault has the parameter's name."""
    response = client.get("/v1/documents", params={name: value})
    assert response.status_code == 422
    assert response.json()["errors"][0]["parameter"] == name


def test_a_citation_can_be_checked_against_the_document(client: TestClient) -> None:
    """text[start:end] of the document is the quote; the id may contain a slash."""
    body = client.get("/v1/documents/notes/may%201.txt").json()
    assert body["text"] == TEXT
    assert body["text"][CITATION.start : CITATION.end] == CITATION.quote
    assert body["version"] == f"sha256:{DOCUMENT.sha256}"


def test_sections_and_pages_are_included(client: TestClient, backend: FakeBackend) -> None:
    """As code point ranges with a heading path or a number."""
    backend.catalog.stored = (
        Document(
            id="d",
            uri="d",
            title="D",
            text="Head\nBody.",
            sections=(Section(span=Span(0, 10), path=("Head",)),),
            pages=(Page(span=Span(0, 10), number=1),),
        ),
    )
    body = client.get("/v1/documents/d").json()
    assert body["sections"] == [{"start": 0, "end": 10, "path": ["Head"]}]
    assert body["pages"] == [{"start": 0, "end": 10, "number": 1}]


def test_an_unknown_document_is_a_404(client: TestClient) -> None:
    """The detail names the id."""
    response = client.get("/v1/documents/nope")
    assert response.status_code == 404
    assert "nope" in response.json()["detail"]


def test_readyz_gives_the_number_of_documents(client: TestClient) -> None:
    """/healthz doesn't read the catalog."""
    assert client.get("/readyz").json() == {"status": "ready", "documents": 1}
    assert client.get("/healthz").json() == {"status": "ok"}


def test_a_damaged_catalog_is_not_ready(client: TestClient, backend: FakeBackend) -> None:
    """/readyz is a 503 if the catalog can't be read; /healthz stays a 200."""
    backend.catalog.fault = StorageError("damaged")
    assert client.get("/readyz").status_code == 503
    assert client.get("/healthz").status_code == 200


def test_a_service_whose_index_is_being_rebuilt_is_not_ready(
    client: TestClient, backend: FakeBackend
) -> None:
    """/readyz is a 503 with the time of the next try; /healthz stays a 200."""
    backend.not_ready = IndexUnavailable("an index is being rebuilt")
    response = client.get("/readyz")
    assert (response.status_code, response.headers["Retry-After"]) == (503, "5")
    assert client.get("/healthz").status_code == 200


def test_search_gives_passages_with_scores(client: TestClient) -> None:
    """A result is a citation of the whole passage with its scores."""
    body = client.get("/v1/search", params={"q": "a second ship", "k": 1}).json()
    [result] = body["results"]
    assert result["citation"]["quote"] == TEXT[result["citation"]["start"] : result["citation"]["end"]]
    assert result["scores"] == {"fused": 1.2346, "dense": 0.5, "lexical": None}


@pytest.mark.parametrize("params", [{}, {"q": "x", "k": 0}, {"q": "x", "k": 101}, {"q": "  "}])
def test_an_invalid_search_is_a_422(client: TestClient, params: dict[str, str]) -> None:
    """A missing or empty query, or k out of bounds; the parameter is named."""
    response = client.get("/v1/search", params=params)
    assert response.status_code == 422
    assert response.json()["errors"][0]["parameter"] in {"q", "k"}
