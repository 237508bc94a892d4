"""GET /v1/documents, /v1/search and readiness: paging, and the text that offsets refer to."""

from __future__ import annotations

from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from api.streaming.document_text import Sending
from rag.errors import IndexUnavailable, StorageError
from rag.types import Document, Page, Section, Span
from rag.wire.convert import document_out
from rag.wire.documents import DocumentOut
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
    ready = client.get("/readyz").json()
    assert (ready["status"], ready["documents"]) == ("ready", 1)
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


def _long(client: TestClient, backend: FakeBackend, text: str) -> str:
    starts = range(0, len(text) - 10, 1_000)
    stored = replace(
        DOCUMENT,
        id="long",
        text=text,
        sections=tuple(Section(span=Span(n, n + 10), path=(f"Part {n} “é”",)) for n in starts),
        pages=(Page(span=Span(0, 50), number=1), Page(span=Span(50, len(text)), number=2)),
        metadata={"team": "sea"},
        sha256="",
    )
    backend.catalog.stored = (stored,)
    return stored.id


def test_a_document_sent_in_pieces_is_the_whole_document(client: TestClient, backend: FakeBackend) -> None:
    """Whatever characters its text has, at the edges of pieces too."""
    text = ('a"\\\n\t\0é漢🙂\u2028' * 12_345) + "end"
    key = _long(client, backend, text)
    response = client.get(f"/v1/documents/{key}")
    assert response.json() == document_out(backend.catalog.document(key)).model_dump(mode="json")
    assert DocumentOut.model_validate(response.json()).text == text


def test_a_lone_surrogate_is_sent_as_json_escapes_it(client: TestClient, backend: FakeBackend) -> None:
    """It has no UTF-8."""
    key = _long(client, backend, "a\ud800b" * 20)
    response = client.get(f"/v1/documents/{key}")
    assert response.status_code == 200
    assert response.json()["text"] == "a\ud800b" * 20


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (0, 10, (0, 10)),
        (40, 60, (40, 60)),
        (5, None, (5, 100)),
        (90, 500, (90, 100)),
        (100, 100, (100, 100)),
        (500, None, (100, 100)),
    ],
)
def test_a_part_of_a_document_is_read_by_offsets(
    client: TestClient, backend: FakeBackend, start: int, end: int | None, expected: tuple[int, int]
) -> None:
    """With its place in the whole, and the pages that overlap it."""
    text = "".join(chr(0x1F600 + n % 60) for n in range(100))
    key = _long(client, backend, text)
    parameters = {"start": start} if end is None else {"start": start, "end": end}
    part = client.get(f"/v1/documents/{key}", params=parameters).json()
    first, last = expected
    assert (part["text"], part["start"], part["characters"]) == (text[first:last], first, 100)
    assert [page["number"] for page in part["pages"]] == [
        number for number, (a, b) in {1: (0, 50), 2: (50, 100)}.items() if a < last and first < b
    ]
    assert client.get(f"/v1/documents/{key}", params={"start": 5, "end": 4}).status_code == 422


def test_too_much_text_at_once_is_a_503(client: TestClient, backend: FakeBackend) -> None:
    """Until the others are sent; one document is always sent, however long."""
    key = _long(client, backend, "x" * 1_000)
    sending = client.app.state.sending = Sending(characters=1_500)  # type: ignore[attr-defined]
    with sending.counted(1_000):
        assert client.get(f"/v1/documents/{key}").status_code == 503
    for _ in range(3):
        assert client.get(f"/v1/documents/{key}").status_code == 200
    with Sending(characters=10).counted(100):
        pass
