"""The file that a document was read from: downloaded safely, and its pages with quotes marked."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from rag.ports.catalog import Original
from rag.storage.original_files import OriginalFiles
from rag.types import Document
from tests.fakes.engine import FakeBackend
from tests.files import pdf, read_document

PAGES = pdf([(72, 100, "Everyone gets thirty days of leave.")], [(72, 100, "Travel is booked early.")])
HANDBOOK = replace(read_document(PAGES, "handbook.pdf"), id="a/hand book")


@pytest.fixture
def kept(backend: FakeBackend, tmp_path: Path) -> FakeBackend:
    """A backend with a PDF and an HTML page, and their files."""
    page = Document(id="page", uri="page.html", title="Page", text="Hello.", media_type="text/html")
    backend.catalog.stored = (HANDBOOK, page, Document(id="bare", uri="b", title="B", text="No file."))
    files = backend.original_files = OriginalFiles(tmp_path / "originals", max_bytes=10_000_000)
    for document, data, name in (
        (HANDBOOK, PAGES, 'Hand"büch\r\n.pdf'),
        (page, b"<script>alert(1)</script>", "page.html"),
    ):
        original = Original.of(data, name, document.media_type)
        files.put(original)
        backend.catalog.records[document.id] = original.record
    return backend


def test_a_file_is_downloaded_as_it_was_ingested(kept: FakeBackend, client: TestClient) -> None:
    """Byte for byte, under its name, as an attachment that nothing runs in."""
    response = client.get("/v1/originals/a/hand%20book")
    assert response.status_code == 200
    assert response.content == PAGES
    headers = response.headers
    assert headers["content-type"] == "application/pdf"
    assert headers["content-length"] == str(len(PAGES))
    assert headers["content-disposition"] == (
        "attachment; filename=\"Hand_b_ch__.pdf\"; filename*=UTF-8''Hand%22b%C3%BCch%0D%0A.pdf"
    )
    assert headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-resource-policy"] == "same-origin"


def test_a_web_page_is_sent_as_bytes(kept: FakeBackend, client: TestClient) -> None:
    """Never as HTML, so that no script of a document runs."""
    response = client.get("/v1/originals/page")
    assert response.headers["content-type"] == "application/octet-stream"
    assert response.headers["content-disposition"].startswith("attachment;")
    assert "sandbox" in response.headers["content-security-policy"]


def test_a_document_names_its_file(kept: FakeBackend, client: TestClient) -> None:
    """With the link to it, and whether it has pages; null without a file."""
    original = client.get("/v1/documents/a/hand%20book").json()["original"]
    assert original["url"] == "/v1/originals/a/hand%20book"
    assert (original["size"], original["has_pages"]) == (len(PAGES), True)
    assert client.get("/v1/documents/page").json()["original"]["has_pages"] is False
    assert client.get("/v1/documents/bare").json()["original"] is None


@pytest.mark.parametrize(
    ("path", "slug"),
    [
        ("/v1/originals/bare", "no-original"),
        ("/v1/originals/nowhere", "unknown-document"),
        ("/v1/originals/../catalog.sqlite3", "not-found"),
        ("/v1/page-images/bare", "no-original"),
        ("/v1/page-images/page", "no-original"),
        ("/v1/page-images/nowhere", "unknown-document"),
        ("/v1/page-marks/nowhere?start=0&end=1", "unknown-document"),
    ],
)
def test_what_is_not_kept_is_a_404(kept: FakeBackend, client: TestClient, path: str, slug: str) -> None:
    """The problem says what is missing."""
    response = client.get(path)
    assert response.status_code == 404
    assert response.json()["type"] == f"/problems/{slug}"


def test_a_file_that_is_gone_is_a_404(kept: FakeBackend, client: TestClient) -> None:
    """As while its document is being removed; so it is where the setting is off."""
    assert kept.original_files is not None
    kept.original_files.keep_only(())
    assert client.get("/v1/originals/page").json()["type"] == "/problems/no-original"
    kept.original_files = None
    assert client.get("/v1/originals/page").json()["type"] == "/problems/no-original"


def test_a_page_is_an_image(kept: FakeBackend, client: TestClient) -> None:
    """PNG, of the version asked for; another version or page is told apart."""
    path = "/v1/page-images/a/hand%20book"
    response = client.get(path, params={"page": 2, "version": f"sha256:{HANDBOOK.sha256}"})
    assert response.status_code == 200
    assert response.headers["content-type"] == "image/png"
    assert response.content.startswith(b"\x89PNG")
    assert client.get(path, params={"version": "sha256:0"}).json()["type"] == "/problems/unknown-document"
    assert client.get(path, params={"page": 3}).json()["type"] == "/problems/unreadable-document"
    assert client.get(path, params={"page": 0}).status_code == 422


def test_a_quote_has_places_on_its_page(kept: FakeBackend, client: TestClient) -> None:
    """As shares of the page's sides; a span that ends before it begins is refused."""
    start = HANDBOOK.text.index("Travel is booked")
    path = "/v1/page-marks/a/hand%20book"
    [page] = client.get(path, params={"start": start, "end": start + 16}).json()["pages"]
    [box] = page["boxes"]
    assert page["number"] == 2
    assert box["left"] == pytest.approx(72 / 595, abs=0.01)
    assert box["top"] + box["height"] == pytest.approx(100 / 842, abs=0.01)
    assert client.get(path, params={"start": 5, "end": 4}).status_code == 422
    assert client.get(path, params={"start": 9_999, "end": 10_000}).json() == {"pages": []}
