"""The writer gives the span of each block in the document's text."""

from __future__ import annotations

import pytest

from ingest.formats.outline import Heading, outline
from ingest.formats.source import Source
from ingest.formats.writer import DocumentWriter
from rag.errors import UnreadableDocument
from rag.types import BlockKind, Document, Span

SOURCE = Source(data=b"", name="a_b.md", uri="u", document_id="d")


def finished(writer: DocumentWriter) -> Document:
    return writer.document(SOURCE, title="T", media_type="text/x", metadata={"k": "v"})


def test_the_spans_of_blocks_are_those_in_the_document() -> None:
    """Those of indented blocks too."""
    writer = DocumentWriter()
    spans = [
        writer.block("One. Two:\n", BlockKind.PARAGRAPH),
        writer.block("- a\nb", BlockKind.LIST_ITEM, indent=2, tight=True),
        writer.block(" \n", BlockKind.PARAGRAPH),
        writer.block("  code", BlockKind.CODE),
    ]
    document = finished(writer)
    assert document.text == "One. Two:\n  - a\n  b\n\n  code"
    assert [span.slice(document.text) for span in spans] == ["One. Two:", "- a\n  b", "", "  code"]
    assert tuple(span for span in spans if len(span)) == tuple(block.span for block in document.blocks)
    assert dict(document.metadata) == {"k": "v"}


def test_the_last_sentence_is_that_of_the_last_block() -> None:
    """Indented or not."""
    writer = DocumentWriter()
    assert (writer.last_sentence, writer.ends_with_colon) == (None, False)
    writer.block("First.", BlockKind.PARAGRAPH)
    writer.block("One. Two:", BlockKind.PARAGRAPH, indent=2)
    last = writer.last_sentence
    assert last is not None
    assert writer.ends_with_colon
    assert last.slice(finished(writer).text) == "Two:"


def test_headings_are_single_lines_and_sections() -> None:
    """White space inside is folded; a heading without text is left out."""
    writer = DocumentWriter()
    writer.heading("  A \n B ", 1)
    writer.heading(" ", 1)
    document = finished(writer)
    assert document.text == "A B"
    assert [section.path for section in document.sections] == [("A B",)]


def test_a_document_without_blocks_is_refused() -> None:
    """The message names the file."""
    with pytest.raises(UnreadableDocument, match=r"a_b\.md is empty"):
        finished(DocumentWriter())


def test_paths_follow_levels_and_skip_the_title() -> None:
    """A skipped level (2 to 4) nests all the same; a higher level ends the lower ones."""
    names = [("T", 1), ("a", 2), ("b", 4), ("c", 3), ("d", 2), ("e", 1)]
    headings = [Heading(span=Span(i, i + 1), text=t, level=level) for i, (t, level) in enumerate(names)]
    sections = outline(headings, 9, "T")
    assert [s.path for s in sections] == [(), ("a",), ("a", "b"), ("a", "c"), ("d",), ("e",)]
    assert [s.span for s in sections[-2:]] == [Span(4, 5), Span(5, 9)]


def test_a_title_from_a_file_s_name() -> None:
    """Dashes and underscores become spaces; a name without a stem is the title."""
    names = {"a_b.md": "a b", "on-call.txt": "on call", "-.md": "-.md", ".md": ".md"}
    for name, title in names.items():
        assert Source(data=b"", name=name, uri="", document_id="").stem_title == title
