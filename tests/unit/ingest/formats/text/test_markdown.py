"""Markdown becomes plain prose with headings, lists, tables and code as blocks."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.formats import read
from ingest.split import PassageSplitter
from rag.errors import UnreadableDocument
from rag.types import BlockKind, Document


def markdown(text: str, name: str = "style-guide.md") -> Document:
    return read(text.encode("utf-8", "replace"), name, uri=name, document_id="d")


def blocks(document: Document) -> list[tuple[str, str, str | None]]:
    text = document.text
    return [
        (b.kind.value, b.span.slice(text), b.context_span.slice(text) if b.context_span else None)
        for b in document.blocks
    ]


FRAGMENTS = [
    "# a\n",
    "## b",
    "\n\n",
    "- x\n",
    "  - y\n",
    "1. z\n",
    "> q\n",
    "| a | b |\n|---|---|\n| 1 | 2 |\n",
]
FRAGMENTS += [
    "```\ncode\n```\n",
    "**w** ",
    "[l](u) ",
    "{% t %}",
    "{{ v }}",
    "<b>h</b> ",
    "`c`",
    "---\n",
    "é😀 ",
    "word. ",
]


@given(st.lists(st.sampled_from(FRAGMENTS), min_size=1, max_size=25))
def test_any_markdown_gives_a_valid_document(fragments: list[str]) -> None:
    """Blocks are in order, context spans before them, every word is in a passage or heading."""
    try:
        document = markdown("".join(fragments))
    except UnreadableDocument:
        return
    assert all(a.span.end <= b.span.start for a, b in pairwise(document.blocks))
    assert all(b.context_span is None or b.context_span.end <= b.span.start for b in document.blocks)
    covered = {
        i for p in PassageSplitter().split(document) for s in p.sentences for i in range(s.start, s.end)
    }
    covered |= {
        i for b in document.blocks if b.kind is BlockKind.HEADING for i in range(b.span.start, b.span.end)
    }
    assert all(document.text[i].isspace() for i in set(range(len(document.text))) - covered)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (
            'See **bold** and *it* in [a link](https://x.org "t").',
            "See bold and it in a link (https://x.org).",
        ),
        ("![a cat](cat.png) sat.<br>It &amp; I, 5 &lt; 6.", "a cat sat.\nIt & I, 5 < 6."),
        ("Use `npm i` or <https://x.org>.", "Use npm i or https://x.org."),
        ("wrapped\nline  \nhard break\\\nagain", "wrapped line\nhard break\nagain"),
        ("Free [^1] of <span class='x'>tags</span>.\n\n[^1]: A note.", "Free of tags.\n\nA note."),
        ("~~Old~~ new snake_case_name", "~~Old~~ new snake_case_name"),
        ("<div>\n<!-- no -->One</div><p>Two &eacute;</p>\n<script>x()</script>", "One\nTwo é"),
    ],
)
def test_inline_markup_reads_as_prose(source: str, text: str) -> None:
    """Emphasis, links, images, entities, breaks, footnotes and HTML."""
    assert markdown(source).text == text


def test_headings_become_paths() -> None:
    """A sub-section's path holds its parents; the title's heading is left out of it."""
    document = markdown(
        "# Guide\n\nIntro.\n\n## Leave *days*\n\nThirty.\n\n### Sick\n\nSix.\n\n## Pay\n\nFair."
    )
    assert document.title == "Guide"
    assert [s.path for s in document.sections] == [(), ("Leave days",), ("Leave days", "Sick"), ("Pay",)]


def test_the_title_is_from_the_front_matter_the_first_heading_or_the_file_s_name() -> None:
    """In this order."""
    assert markdown("---\ntitle: From above\n---\n# Inside\n\nText.").title == "From above"
    assert markdown("## Sub\n\nText.\n\n# Inside\n\nText.").title == "Inside"
    assert markdown("## Sub\n\nText.").title == "style guide"


def test_the_context_of_list_items_is_their_parent_or_the_sentence_before() -> None:
    """Items are indented under their parents; the context of an item's further paragraphs is the item."""
    document = markdown("Fine. We need:\n\n1. tea\n   - green\n\n   Always.\n2. rum\n\nEnd.")
    assert document.text == "Fine. We need:\n\n1. tea\n  - green\n\n  Always.\n2. rum\n\nEnd."
    assert blocks(document) == [
        ("paragraph", "Fine. We need:", None),
        ("list_item", "1. tea", "We need:"),
        ("list_item", "- green", "1. tea"),
        ("paragraph", "Always.", "1. tea"),
        ("list_item", "2. rum", "We need:"),
        ("paragraph", "End.", None),
    ]


def test_the_context_of_table_rows_is_their_header() -> None:
    """Cells are joined by bars; the context of the header is the sentence that announces the table."""
    document = markdown("Prices:\n\n| Item | Cost |\n|---|--:|\n| **tea** | 1 |\n| rum | |\n")
    assert blocks(document)[1:] == [
        ("table_header", "Item | Cost", "Prices:"),
        ("table_row", "tea | 1", "Item | Cost"),
        ("table_row", "rum |", "Item | Cost"),
    ]


def test_code_is_unchanged() -> None:
    """Braces, stars and blank lines are kept; its context is the sentence that announces it."""
    document = markdown("Run this:\n\n```yaml\nkey: ${{ secrets.X }}\n\n  - *a*\n```\n\nDone `{{ x }}`.")
    assert blocks(document)[1] == ("code", "key: ${{ secrets.X }}\n\n  - *a*", "Run this:")
    assert document.text.endswith("Done {{ x }}.")


def test_quotes_and_definitions() -> None:
    """A quoted paragraph is a quote; the context of a definition is its term."""
    assert blocks(markdown("She said:\n\n> No.\n\nTerm\n: Meaning.")) == [
        ("paragraph", "She said:", None),
        ("quote", "No.", "She said:"),
        ("paragraph", "Term", None),
        ("paragraph", "Meaning.", "Term"),
    ]


def test_a_table_of_contents_is_left_out() -> None:
    """A list of links to the page's own headings."""
    document = markdown("- [One](#one)\n  - [Two](#two)\n\n# One\n\nText.\n\n- [Three](#three)")
    assert document.text == "One\n\nText.\n\n- Three"


@pytest.mark.parametrize("source", ["---\ntitle: x\n---\n", "{% include a.html %}\n", "<!-- nothing -->"])
def test_a_page_without_text_is_refused(source: str) -> None:
    """One that has nothing but front matter and tags."""
    with pytest.raises(UnreadableDocument, match=r"style-guide.md is empty"):
        markdown(source)


def test_values_of_front_matter_are_text_about_the_title() -> None:
    """With nested ones, without those that only a site's generator needs."""
    source = "---\ntitle: Relay\nowner: Platform team\ncontact: {mail: a@b.c}\nlayout: page\n---\nText."
    document = markdown(source)
    assert document.text == "Relay:\n- owner: Platform team\n- contact mail: a@b.c\n\nText."
    assert blocks(document)[1] == ("list_item", "- owner: Platform team", "Relay:")
    assert document.metadata == {"title": "Relay", "owner": "Platform team", "layout": "page"}


@pytest.mark.parametrize(
    "source",
    [
        "> [!WARNING]\n> Mind **the** gap.",
        "!!! warning\n    Mind the gap.",
        "??? warning\n    Mind the gap.",
        ":::warning\nMind the gap.\n:::",
        "::: {.callout-warning}\nMind the gap.\n:::",
        ":::{warning}\n:class: x\n\nMind the gap.\n:::",
        "```{warning}\n:class: x\n\nMind the gap.\n```",
    ],
)
def test_a_box_has_its_kind_before_its_text(source: str) -> None:
    """Of GitHub, MkDocs, Docusaurus, Pandoc and MyST, without their marks."""
    assert markdown(f"One.\n\n{source}\n\nTwo.").text == "One.\n\nWarning: Mind the gap.\n\nTwo."


@pytest.mark.parametrize(
    "source",
    [
        "> [!tip] Before you go\n> Lock it.",
        '!!! tip "Before you go"\n    Lock it.',
        ":::tip[Before you go]\nLock it.\n:::",
        ":::tip Before you go\nLock it.\n:::",
        "```{tip} Before you go\nLock it.\n```",
        '=== "Before you go"\n\n    Lock it.',
    ],
)
def test_the_title_of_a_box_is_the_context_of_its_text(source: str) -> None:
    """On a line of its own."""
    assert blocks(markdown(source)) == [
        ("paragraph", "Before you go:", None),
        ("paragraph", "Lock it.", "Before you go:"),
    ]


def test_code_in_braces_is_code() -> None:
    """Only names of directives make a box of a fence."""
    assert blocks(markdown("```{python}\n!!! x\n```"))[0] == ("code", "!!! x", None)
    rows = blocks(markdown("```{list-table} Fees\n:header-rows: 1\n\n* - Item\n  - Fee\n* - van\n  - 8\n```"))
    assert rows[-1] == ("table_row", "van | 8", "Item | Fee")


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("See {ref}`the page <x>` and {doc}`other`.", "See the page and other."),
        ("See [[Page|the wiki]], [[Home]] and ==this==.", "See the wiki, Home and this."),
        ("- [ ] open\n- [x] done", "- ☐ open\n- ☑ done"),
        ("# Doors {#doors}\n\n[TOC]\n\nText.", "Doors\n\nText."),
        ("(label)=\n# Doors\n\nText.", "Doors\n\nText."),
    ],
)
def test_signs_of_site_generators(source: str, text: str) -> None:
    """Roles, links of wikis, highlights, tasks, anchors."""
    assert markdown(source).text == text


def test_the_context_of_a_footnote_is_the_text_that_refers_to_it() -> None:
    """Its mark is left out of both."""
    found = blocks(markdown("The fee is five.[^a]\n\nMore.\n\n[^a]: On Mondays."))
    assert found[-1] == ("paragraph", "On Mondays.", "The fee is five.")


def test_components_are_left_out_and_their_labels_kept() -> None:
    """Imports, exports, tags over several lines, expressions and comments; not in code."""
    source = (
        "import Tabs from '@theme/Tabs';\n\nexport const a = {\n  b: 1,\n};\n\n# Install\n\n<Tabs>\n"
        '  <TabItem value="mac" label="macOS">\n\n    Use brew {props.x}now.\n\n  </TabItem>\n</Tabs>\n\n'
        "{/* no */}\n\n"
        "<Card\n  title='Fees'\n  onClick={() => { go() }}\n/>\n\n```jsx\n<Tabs/>\n```\n"
    )
    text = "Install\n\nmacOS:\n\nUse brew now.\n\nFees:\n\n<Tabs/>"
    assert markdown(source, "a.mdx").text == text
    assert markdown(source, "a.md").text == text
