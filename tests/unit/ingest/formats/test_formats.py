"""The registry finds a reader for a file, or says what is supported."""

from __future__ import annotations

from typing import Any

import pytest

from ingest.formats import is_supported, read, supported
from ingest.formats.limits import Limits
from rag.errors import DocumentTooLarge, UnreadableDocument
from rag.types import Document


def take(name: str, data: bytes = b"# Title\n\nText.", **more: Any) -> Document:
    return read(data, name, uri=f"notes/{name}", document_id="d", **more)


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
    """A known extension wins; a media type helps where there is none or an unknown one."""
    assert take(name, media_type=media_type).media_type == read_as


def test_a_document_knows_where_it_is_from() -> None:
    """Id, uri and collection are those given; the version is the stored text's hash."""
    document = take("a.md", collection="hr")
    assert (document.id, document.uri, document.collection) == ("d", "notes/a.md", "hr")
    assert document.text == "Title\n\nText."
    assert document.sha256 == take("b.md").sha256


def test_an_unsupported_file_is_told_what_is_supported() -> None:
    """One line that names the file, its extension and every supported one."""
    with pytest.raises(UnreadableDocument) as caught:
        take("plan.dwg", media_type="application/acad")
    assert str(caught.value) == f"plan.dwg: .dwg files can't be read; supported are {supported()}"
    assert ".md" in supported()
    assert ".txt" in supported()
    assert (is_supported("a.MD"), is_supported("a.dwg")) == (True, False)


def test_formats_with_a_way_out_say_it() -> None:
    """What to do with files that people have and nothing here reads."""
    with pytest.raises(
        UnreadableDocument, match=r"^talk\.key is a Keynote file: export it as \.pptx or \.pdf$"
    ):
        take("talk.key")


def test_a_document_over_the_limit_is_refused() -> None:
    """At the limit it is read."""
    assert take("a.txt", b"12345", limits=Limits(document_bytes=5)).text == "12345"
    with pytest.raises(DocumentTooLarge, match=r"a.txt has 6 bytes; the limit is 5"):
        take("a.txt", b"123456", limits=Limits(document_bytes=5))


@pytest.mark.parametrize("name", ["a.md", "a.txt", "caf\udce9.md", "caf\udce9.txt"])
def test_a_document_can_be_sent_as_utf8(name: str) -> None:
    """Escapes, entities and bytes that name half a character leave none in text, title or metadata."""
    half = "&#xD800; &#55357; \\ud800 <b>&#xDC00;</b>"
    source = f'---\nowner: "\\ud800"\n---\n# {half}\n\n{half}\n\n<div>{half}</div>\n\n    {half}\n'
    document = take(name, source.encode())
    paths = (heading for section in document.sections for heading in section.path)
    for text in (document.text, document.title, *document.metadata.values(), *paths):
        assert text.encode().decode() == text
