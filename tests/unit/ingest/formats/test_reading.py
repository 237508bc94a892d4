"""A file is read by its format, or refused with what is supported."""

from __future__ import annotations

from typing import Any

import pytest

from ingest.formats import is_supported, read, supported
from ingest.formats.limits import Limits
from rag.errors import DocumentTooLarge, UnreadableDocument
from rag.types import Document


def read_document(name: str, data: bytes = b"# Title\n\nText.", **options: Any) -> Document:
    return read(data, name, uri=f"notes/{name}", document_id="d", **options)


@pytest.mark.parametrize(
    ("name", "media_type", "read_as"),
    [
        ("a.md", None, "text/markdown"),
        ("A.MARKDOWN", "text/plain", "text/markdown"),
        ("a.txt", "text/markdown", "text/plain"),
        ("README", None, "text/plain"),
        ("README", "text/markdown; charset=utf-8", "text/markdown"),
        ("notes.2024", "text/plain", "text/plain"),
    ],
)
def test_extension_decides_then_media_type(name: str, media_type: str | None, read_as: str) -> None:
    """The media type decides if there is no extension or an unknown one."""
    assert read_document(name, media_type=media_type).media_type == read_as


def test_a_document_has_the_id_uri_and_collection_of_its_source() -> None:
    """Its version is the hash of its text."""
    document = read_document("a.md", collection="hr")
    assert (document.id, document.uri, document.collection) == ("d", "notes/a.md", "hr")
    assert document.text == "Title\n\nText."
    assert document.sha256 == read_document("b.md").sha256


def test_an_unsupported_file_is_refused_with_the_supported_formats() -> None:
    """In one line that names the file, its extension and every supported one."""
    with pytest.raises(UnreadableDocument) as caught:
        read_document("plan.dwg", media_type="application/acad")
    assert str(caught.value) == f"plan.dwg: .dwg files can't be read; supported are {supported()}"
    assert ".md" in supported()
    assert ".txt" in supported()
    assert (is_supported("a.MD"), is_supported("a.dwg")) == (True, False)


def test_common_unsupported_formats_are_refused_with_advice() -> None:
    """The message says which supported format to save the file in."""
    with pytest.raises(
        UnreadableDocument, match=r"^talk\.key is a Keynote file: export it as \.pptx or \.pdf$"
    ):
        read_document("talk.key")


def test_a_document_over_the_limit_is_refused() -> None:
    """At the limit it is read."""
    assert read_document("a.txt", b"12345", limits=Limits(document_bytes=5)).text == "12345"
    with pytest.raises(DocumentTooLarge, match=r"a.txt has 6 bytes; the limit is 5"):
        read_document("a.txt", b"123456", limits=Limits(document_bytes=5))


@pytest.mark.parametrize("name", ["a.md", "a.txt", "caf\udce9.md", "caf\udce9.txt"])
def test_a_document_can_be_encoded_in_utf8(name: str) -> None:
    """Escapes, entities and bytes of lone surrogates leave none in text, title or metadata."""
    lone = "&#xD800; &#55357; \\ud800 <b>&#xDC00;</b>"
    source = f'---\nowner: "\\ud800"\n---\n# {lone}\n\n{lone}\n\n<div>{lone}</div>\n\n    {lone}\n'
    document = read_document(name, source.encode())
    paths = (heading for section in document.sections for heading in section.path)
    for text in (document.text, document.title, *document.metadata.values(), *paths):
        assert text.encode().decode() == text
