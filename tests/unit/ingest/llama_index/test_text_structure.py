"""Structure of a text that is kept as it is: headings, lists, tables and code at exact places."""

from __future__ import annotations

import pytest

from ingest.formats.source import Source
from ingest.formats.text import plain
from ingest.llama_index.text_structure import with_structure
from ingest.split import PassageSplitter
from rag.types import BlockKind, Document

MARKDOWN = """\
---
title: Handbook
---
# On call

Who is paged first? [The rota](rota.md) says it.

## Pay `per` week

| Weeks | Pay |
|-------|-----|
| one   | 300 |
| two   | 700 |

Bring these:

- a phone
- a laptop

```python
# no heading
| no | table |
```

Setext
------
The end.
"""


def structured(
    text: str, *, name: str = "a.txt", title: str = "", media_type: str = "text/plain"
) -> Document:
    document = Document(id="d", uri="a", title=title, text=text, media_type=media_type)
    return with_structure(document, name)


def slices(document: Document, kind: BlockKind) -> list[str]:
    return [block.span.slice(document.text) for block in document.blocks if block.kind is kind]


def test_plain_text_has_the_structure_that_a_file_of_it_has() -> None:
    """Title, sections and blocks are those of the reader of text files."""
    text = (
        "Choir Rules\n\nSinging Hours\nWe sing on Mondays, from six to eight.\n- bring water\n- be on time\n"
    )
    expected = plain.read(Source(data=text.encode(), name="a.txt", uri="a", document_id="d"))
    document = structured(text)
    assert (document.title, document.sections, document.blocks) == (
        expected.title,
        expected.sections,
        expected.blocks,
    )


@pytest.mark.parametrize("end", ["\r\n", "\r"])
@pytest.mark.parametrize("name", ["a.txt", "a.md"])
def test_other_line_ends_change_no_structure(end: str, name: str) -> None:
    """The text keeps them, and its blocks say the same."""
    text = (
        MARKDOWN
        if name == "a.md"
        else "Choir Rules\n\nSinging Hours\nWe sing on Mondays, from six to eight.\n"
    )
    expected = structured(text, name=name)
    document = structured(text.replace("\n", end), name=name)
    assert document.text == text.replace("\n", end)
    assert document.title == expected.title
    assert [section.path for section in document.sections] == [section.path for section in expected.sections]
    assert [b.kind for b in document.blocks] == [b.kind for b in expected.blocks]
    for kind in BlockKind:
        unified = [part.replace(end, "\n") for part in slices(document, kind)]
        assert unified == slices(expected, kind), kind


def test_a_byte_order_mark_is_kept_and_hides_nothing() -> None:
    """As files from Windows begin."""
    document = structured("\ufeff# Rules\n\nWe sing.", name="a.md")
    assert document.text.startswith("\ufeff#")
    assert (document.title, slices(document, BlockKind.HEADING)) == ("Rules", ["# Rules"])


def test_markdown_headings_are_sections() -> None:
    """ATX and setext; the path has the words without markup, front matter gives the title."""
    document = structured(MARKDOWN, name="a.md")
    assert document.title == "Handbook"
    assert slices(document, BlockKind.HEADING) == ["# On call", "## Pay `per` week", "Setext\n------"]
    assert document.section_at(MARKDOWN.index("paged")) == ("On call",)
    assert document.section_at(MARKDOWN.index("300")) == ("On call", "Pay per week")
    assert document.section_at(MARKDOWN.index("end.")) == ("On call", "Setext")


def test_markdown_tables_are_rows_with_their_header() -> None:
    """The delimiter line belongs to the header; each row needs the header line beside it."""
    document = structured(MARKDOWN, name="a.md")
    assert slices(document, BlockKind.TABLE_HEADER) == ["| Weeks | Pay |\n|-------|-----|"]
    assert slices(document, BlockKind.TABLE_ROW) == ["| one   | 300 |", "| two   | 700 |"]
    contexts = {b.context_span for b in document.blocks if b.kind is BlockKind.TABLE_ROW}
    assert [span.slice(document.text) for span in contexts if span] == ["| Weeks | Pay |"]


def test_markdown_lists_and_code_are_blocks() -> None:
    """What stands in code is no heading and no table."""
    document = structured(MARKDOWN, name="a.md")
    assert slices(document, BlockKind.LIST_ITEM) == ["- a phone", "- a laptop"]
    assert slices(document, BlockKind.CODE) == ["```python\n# no heading\n| no | table |\n```"]


def test_a_title_like_line_is_no_heading_in_markdown() -> None:
    """It would be one in plain text."""
    text = "Singing Hours\nWe sing on Mondays, from six to eight o'clock in the evening.\n\nThe end."
    assert slices(structured(text), BlockKind.HEADING) == ["Singing Hours"]
    assert slices(structured(text, name="a.md"), BlockKind.HEADING) == []


@pytest.mark.parametrize(
    "text",
    [
        MARKDOWN,
        "#\n\n##  \n\ntext",
        "```\nopen",
        "> # quoted\n\n- # listed\n",
        "| a |\n|---|",
        "\ufeff---\nx: 1\n---\n",
    ],
)
def test_blocks_are_in_order_apart_and_inside(text: str) -> None:
    """And passages can be made of them that are slices of the text."""
    document = structured(text, name="a.md")
    at = 0
    for block in document.blocks:
        assert at <= block.span.start < block.span.end <= len(text)
        at = block.span.end
    for passage in PassageSplitter().split(document):
        assert passage.span.slice(document.text).strip()


def test_a_media_type_says_markdown_too() -> None:
    assert structured("# A\n\ntext", media_type="text/markdown").title == "A"


def test_a_title_that_is_there_stays() -> None:
    """Front matter, headings and names come after it."""
    assert structured(MARKDOWN, name="a.md", title="Given").title == "Given"
    assert structured("text without any title.", name="on-call_rota.txt").title == "on call rota"


@pytest.mark.parametrize("text", ["%PDF-1.4 quoted here.", "a\0b is text to somebody.", "\x01\x02\x03"])
def test_text_that_looks_binary_has_no_structure(text: str) -> None:
    """It is kept all the same."""
    document = structured(text, name="odd.txt")
    assert (document.text, document.title, document.blocks) == (text, "odd", ())
