"""Plain text is unchanged; its title, headings and lists are recognised."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from ingest.formats import read
from ingest.split import PassageSplitter
from rag.types import BlockKind, Document

ARTICLE = """Harbour Ferry Returns! Will the Bridge Stay Open?

The ferry across the Quill sailed again on Monday, after two years in the dock at Port Astor.

A Cable That Held for Forty Years

The ferry is drawn along a cable that was laid in 1986 and that divers inspect each spring.
Inga Brandt, the harbour master of Quillport, praised its builders. She asked the county for a second cable.

Why the Second Boat?

The council bought a second boat in March, as the first one has no room for lorries and buses.
"""


def plain(text: str, name: str = "on-call_rota.txt") -> Document:
    return read(text.encode(), name, uri=name, document_id="d")


def headings(document: Document) -> list[str]:
    return [b.span.slice(document.text) for b in document.blocks if b.kind is BlockKind.HEADING]


@given(
    st.text(st.sampled_from(list("aB1. ?:-\n\t*=漢😀")), min_size=1, max_size=200).filter(
        lambda text: text.strip()
    )
)
def test_the_document_s_text_is_that_of_the_file(text: str) -> None:
    """Blocks and sections are in order, and every word is in a passage or heading."""
    document = plain(text)
    assert document.text == text
    assert all(a.span.end <= b.span.start for a, b in pairwise(document.blocks))
    assert all(a.span.end == b.span.start for a, b in pairwise(document.sections))
    assert all(b.context_span is None or b.context_span.end <= b.span.start for b in document.blocks)
    covered = {
        i for p in PassageSplitter().split(document) for s in p.sentences for i in range(s.start, s.end)
    }
    covered |= {
        i for b in document.blocks if b.kind is BlockKind.HEADING for i in range(b.span.start, b.span.end)
    }
    assert all(text[i].isspace() for i in set(range(len(text))) - covered)


def test_an_article_s_first_line_is_its_title() -> None:
    """Its headings are sections, one of them a question; the title is in no section's path."""
    document = plain(ARTICLE)
    assert document.title == "Harbour Ferry Returns! Will the Bridge Stay Open?"
    assert [section.path for section in document.sections] == [
        (),
        ("A Cable That Held for Forty Years",),
        ("Why the Second Boat?",),
    ]


def test_sentences_of_a_section_are_in_one_passage() -> None:
    """A pronoun's sentence is read with the one that names its antecedent."""
    passages = [p for p in PassageSplitter().split(plain(ARTICLE)) if "She asked" in p.span.slice(ARTICLE)]
    assert len(passages) == 1
    sentences = [s.slice(ARTICLE) for s in passages[0].sentences]
    assert sentences[-1] == "She asked the county for a second cable."
    assert sentences[-2].startswith("Inga Brandt")


def test_the_title_of_a_file_without_one_is_its_name() -> None:
    """Without extension and dashes."""
    document = plain("Anna leads the team. Bob left.\n")
    assert document.title == "on call rota"
    assert headings(document) == []


def test_wrapped_lines_are_one_paragraph() -> None:
    """A line break where the next word didn't fit doesn't end a paragraph."""
    text = "Anna leads the operations team and is\nProud of it, as everyone in the company\nknows. Bob left."
    assert [b.span.slice(text) for b in plain(text).blocks] == [text]


def test_the_context_of_list_items_is_their_parent_or_the_sentence_before() -> None:
    """That of a nested item is its parent."""
    text = "All is well. We need:\n- tea\n  - green\n- rum\n\nThat is all."
    blocks = plain(text).blocks
    context_spans = [
        (b.span.slice(text), b.context_span.slice(text) if b.context_span else None) for b in blocks
    ]
    assert context_spans == [
        ("All is well. We need:", None),
        ("- tea", "We need:"),
        ("- green", "- tea"),
        ("- rum", "We need:"),
        ("That is all.", None),
    ]


def test_underlined_and_numbered_lines_are_headings() -> None:
    """So are title-like lines with prose below them; list items and facts are not."""
    text = (
        "Handbook\n========\n\n1. Leave\n\nEveryone has thirty days of leave a year.\n\n"
        "Sick pay\nIt is paid from the first day on, for six weeks.\n\n"
        "1. Ask Anna\n2. Ask Bob\n\nVikings 17, Broncos 9\n\nThe match was on Sunday and all were there."
    )
    assert headings(plain(text)) == ["Handbook", "1. Leave", "Sick pay"]


def test_lines_of_data_are_no_headings() -> None:
    """Such as an address, a label with its value or a list of names."""
    assert (
        headings(plain("Anna Lee\n5 Main Street\nLeeds\n\nPhone: 555 1234\nFax: none\n\nAsk her anything."))
        == []
    )
