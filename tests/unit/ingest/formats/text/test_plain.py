"""Plain text keeps its every character; its title, headings and lists are recognised."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from ingest.formats import read
from ingest.split import PassageSplitter
from rag.types import BlockKind, Document

SEED = next((Path(__file__).parents[5] / "seeds").glob("*.txt"))


def plain(text: str, name: str = "on-call_rota.txt") -> Document:
    return read(text.encode(), name, uri=name, document_id="d")


def headings(document: Document) -> list[str]:
    return [b.span.slice(document.text) for b in document.blocks if b.kind is BlockKind.HEADING]


@given(
    st.text(st.sampled_from(list("aB1. ?:-\n\t*=漢😀")), min_size=1, max_size=200).filter(
        lambda text: text.strip()
    )
)
def test_the_text_is_the_file(text: str) -> None:
    """The stored text equals the file; blocks and sections are in order, and no word is lost."""
    document = plain(text)
    assert document.text == text
    assert all(a.span.end <= b.span.start for a, b in pairwise(document.blocks))
    assert all(a.span.end == b.span.start for a, b in pairwise(document.sections))
    assert all(b.context_span is None or b.context_span.end <= b.span.start for b in document.blocks)
    held = {i for p in PassageSplitter().split(document) for s in p.sentences for i in range(s.start, s.end)}
    held |= {
        i for b in document.blocks if b.kind is BlockKind.HEADING for i in range(b.span.start, b.span.end)
    }
    assert all(text[i].isspace() for i in set(range(len(text))) - held)


def test_the_article_s_first_line_is_its_title() -> None:
    """Its headings are sections, one of them a question; the title is in no section's path."""
    document = read(SEED.read_bytes(), SEED.name, uri=SEED.name, document_id="d")
    assert document.title == "ICE Recruitment Sparks Fury! Are They Stealing Local Law Enforcement?"
    assert [section.path for section in document.sections] == [
        (),
        ("ICE's Recruitment Tactics Raise Concerns",),
        ("Why the Recruitment Drive?",),
    ]


def test_the_article_s_apology_is_in_one_passage_with_the_name() -> None:
    """The sentence that names Judd and the one that says "He" are read together."""
    document = read(SEED.read_bytes(), SEED.name, uri=SEED.name, document_id="d")
    told = [p for p in PassageSplitter().split(document) if "apology" in p.span.slice(document.text)]
    assert len(told) == 1
    sentences = [s.slice(document.text) for s in told[0].sentences]
    assert sentences[-1] == "He called for an apology from Homeland Security Secretary Kristi Noem."
    assert sentences[-2].startswith("Polk County, Florida, Sheriff Grady Judd")


def test_a_file_that_begins_with_a_sentence_is_called_by_its_name() -> None:
    """The file's name, without extension and dashes, is the title."""
    document = plain("Anna leads the team. Bob left.\n")
    assert document.title == "on call rota"
    assert headings(document) == []


def test_wrapped_lines_are_one_paragraph() -> None:
    """A line break where the next word didn't fit ends nothing."""
    text = "Anna leads the operations team and is\nProud of it, as everyone in the company\nknows. Bob left."
    assert [b.span.slice(text) for b in plain(text).blocks] == [text]


def test_list_items_lead_to_what_announces_them() -> None:
    """A nested item leads to its parent, a top item to the sentence before the list."""
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
    """As are title-like lines with prose under them; list items and facts are not."""
    text = (
        "Handbook\n========\n\n1. Leave\n\nEveryone has thirty days of leave a year.\n\n"
        "Sick pay\nIt is paid from the first day on, for six weeks.\n\n"
        "1. Ask Anna\n2. Ask Bob\n\nVikings 17, Broncos 9\n\nThe match was on Sunday and all were there."
    )
    assert headings(plain(text)) == ["Handbook", "1. Leave", "Sick pay"]


def test_lines_of_data_are_no_headings() -> None:
    """An address, a label with its value or a list of names hides nothing in a heading."""
    assert (
        headings(plain("Anna Lee\n5 Main Street\nLeeds\n\nPhone: 555 1234\nFax: none\n\nAsk her anything."))
        == []
    )
