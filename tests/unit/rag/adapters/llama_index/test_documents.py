"""llama-index documents: stable uris, exact text, metadata as text."""

from __future__ import annotations

import pytest
from llama_index.core.schema import Document as LlamaDocument
from llama_index.core.schema import MediaResource

from rag.adapters.llama_index.documents import document_uris, to_document
from rag.errors import UnreadableDocument
from rag.types import Page, Span


def page(label: str) -> LlamaDocument:
    return LlamaDocument(text=label, metadata={"file_path": "/docs/a.pdf", "page_label": label})


def test_an_id_that_somebody_chose_is_the_uri() -> None:
    """Also where the metadata name a file, as with ``filename_as_id``."""
    document = LlamaDocument(text="x", id_="guide-7", metadata={"file_path": "/docs/guide.md"})
    assert document_uris([document]) == ["guide-7"]


@pytest.mark.parametrize("key", ["file_path", "url", "URL", "link"])
def test_a_random_id_gives_way_to_the_source_that_the_metadata_name(key: str) -> None:
    """llama-index gives each document a random UUID at every load."""
    first, second = (LlamaDocument(text="x", metadata={key: "here/a.md"}) for _ in range(2))
    assert document_uris([first]) == document_uris([second]) == ["here/a.md"]


@pytest.mark.parametrize("length", [32, 40, 64])
def test_an_id_that_is_a_hash_gives_way_too(length: int) -> None:
    """As the ids of readers of repositories are: a changed file has another one."""
    document = LlamaDocument(text="x", id_="0a" * (length // 2), metadata={"file_path": "a.md"})
    assert document_uris([document]) == ["a.md"]


def test_a_random_id_stays_where_nothing_else_names_the_source() -> None:
    """It may be the key of a row in somebody's database."""
    document = LlamaDocument(text="x")
    assert document_uris([document]) == [document.id_]


def test_pages_of_a_file_have_uris_by_their_labels() -> None:
    """Whether a file has one page or many: a page that is added changes no other uri."""
    assert document_uris([page("iv")]) == ["/docs/a.pdf#page=iv"]
    assert document_uris([page("iv"), page("1")]) == ["/docs/a.pdf#page=iv", "/docs/a.pdf#page=1"]


def test_parts_of_a_source_are_numbered() -> None:
    """In their order, for each source of its own, pages with the same label too."""
    parts = [
        LlamaDocument(text=text, metadata={"url": url}) for text, url in [("a", "u"), ("b", "v"), ("c", "u")]
    ]
    assert document_uris(parts) == ["u#part=1", "v", "u#part=2"]
    assert document_uris([page("1"), page("1")]) == ["/docs/a.pdf#page=1&part=1", "/docs/a.pdf#page=1&part=2"]


def test_documents_with_one_id_have_one_uri() -> None:
    """The caller sees that it comes twice."""
    assert document_uris([LlamaDocument(text=text, id_="a") for text in "xy"]) == ["a", "a"]


def test_the_text_is_kept_exactly() -> None:
    """Line ends, tabs, byte order mark and outer white space included; metadata are no part of it."""
    text = "\ufeff# A\r\n\r\n\ttext  \r\nends\n\n"
    document = to_document(LlamaDocument(text=text, metadata={"author": "Ann"}), document_id="d", uri="a")
    assert document.text == text
    assert (document.id, document.uri, document.collection) == ("d", "a", "default")


def test_metadata_are_kept_as_text() -> None:
    """None is left out; lists and dictionaries become JSON."""
    metadata = {"n": 3, "f": 1.5, "b": True, "none": None, "l": ["ä", 1], "d": {"k": 2}}
    source = LlamaDocument(text="x", metadata=metadata)
    assert to_document(source, document_id="d", uri="a").metadata == {
        "n": "3",
        "f": "1.5",
        "b": "True",
        "l": '["ä", 1]',
        "d": '{"k": 2}',
    }


def test_title_and_media_type_come_from_the_metadata() -> None:
    """An empty title is left to the caller."""
    source = LlamaDocument(text="x", metadata={"title": " On\n call ", "file_type": "text/markdown"})
    document = to_document(source, document_id="d", uri="a")
    assert (document.title, document.media_type) == ("On call", "text/markdown")
    bare = to_document(LlamaDocument(text="x"), document_id="d", uri="a")
    assert (bare.title, bare.media_type) == ("", "text/plain")


@pytest.mark.parametrize(("label", "number"), [("3", 3), ("iv", None), ("0", None), ("²", None)])
def test_a_numeric_page_label_is_a_page(label: str, number: int | None) -> None:
    """It holds the whole text; other labels stay in the metadata only."""
    document = to_document(page(label), document_id="d", uri="a")
    pages = () if number is None else (Page(span=Span(0, len(document.text)), number=number),)
    assert document.pages == pages
    assert document.metadata["page_label"] == label


@pytest.mark.parametrize("text", ["", " \n\t", "half a pair \ud800"])
def test_text_that_cannot_be_stored_is_refused(text: str) -> None:
    """Nothing but white space, as of pictures and scans, and lone surrogates."""
    source = LlamaDocument(text_resource=MediaResource(text=text))
    with pytest.raises(UnreadableDocument, match=r"a\.md"):
        to_document(source, document_id="d", uri="a.md")
