"""Parts: what is shown, and the exact spans that it rests on."""

from __future__ import annotations

import pytest

from rag.answering.composition.parts import MAX_QUOTE, block_part, bounded, in_order, sentence_part, span_part
from rag.types import Block, BlockKind, Span, StatementRole
from tests.samples import candidate, document, find, mention
from tests.unit.rag.answering.samples import CODE, HEADER, HEADING, ITEM, PARAGRAPH, ROW, page, part_of

PAGE = page(
    (HEADING, "Setup"),
    (PARAGRAPH, "It takes an hour. Do this:"),
    (ITEM, "1. Get the\n  file."),
    (CODE, "wget  x\ntar xf x"),
    (HEADER, "Years | Days | "),
    (ROW, "5 | 30 | "),
)


def test_a_sentence_is_shown_with_its_pronouns_antecedents() -> None:
    """And rests on the sentences that name them, after itself."""
    text = "Ada Moss spoke.\nThe hall\nwas full. He called."
    doc = document(text)
    read = candidate(doc, mentions=(mention(doc, find(text, "He"), "Ada Moss"),))
    part = sentence_part(read, find(text, "He called."))
    assert (part.text, part.role) == ("He [Ada Moss] called.", StatementRole.SENTENCE)
    assert [span.slice(text) for span in part.cited] == ["He called.", "Ada Moss spoke."]
    assert sentence_part(read, find(text, "The hall\nwas full.")).text == "The hall was full."


@pytest.mark.parametrize(
    ("number", "role", "text", "cited"),
    [
        (2, StatementRole.ITEM, "Get the file.", ["1. Get the\n  file.", "Do this:"]),
        (3, StatementRole.CODE, "wget  x\ntar xf x", ["wget  x\ntar xf x", "1. Get the\n  file."]),
        (5, StatementRole.ROW, "Years: 5; Days: 30", ["5 | 30 | ", "Years | Days | "]),
    ],
)
def test_a_sentence_that_is_a_whole_block_is_shown_as_that(
    number: int, role: StatementRole, text: str, cited: list[str]
) -> None:
    """An item without its marker, code as it stands, a row as "column: cell"; the context is cited too."""
    part = sentence_part(part_of(PAGE, 1), PAGE.blocks[number].span)
    assert (part.role, part.text) == (role, text)
    assert [span.slice(PAGE.text) for span in part.cited] == cited


def test_a_sentence_that_is_part_of_an_item_is_a_sentence() -> None:
    """The item says more."""
    doc = page((PARAGRAPH, "Bring along:"), (ITEM, "- A pen. It must be blue."))
    part = sentence_part(part_of(doc), find(doc.text, "It must be blue."))
    assert (part.role, part.text) == (StatementRole.SENTENCE, "It must be blue.")


@pytest.mark.parametrize(
    ("item", "text"),
    [
        ("- red", "red"),
        ("* red - or blue", "red - or blue"),
        ("12. red", "red"),
        ("(3) red", "red"),
        ("b) red", "red"),
        ("- [x] red", "red"),
        ("• red", "red"),
        ("red", "red"),
        ("A red one", "A red one"),
        ("-1 degree", "-1 degree"),
    ],
)
def test_an_item_is_shown_without_its_marker(item: str, text: str) -> None:
    """One marker alone, and nothing that only looks like it."""
    doc = page((ITEM, item))
    assert block_part(doc, doc.blocks[0]).text == text


def test_a_ragged_row_is_shown_without_names() -> None:
    """With more cells than columns it isn't known which cell is of which column."""
    doc = page((HEADER, "A | B"), (ROW, "1 | 2 | 3"))
    assert block_part(doc, doc.blocks[1]).text == "1; 2; 3"


def test_a_cell_without_a_columns_name_is_shown_alone() -> None:
    """As the first one of a table of rows and columns often is."""
    doc = page((HEADER, " | Price"), (ROW, "Oak | 20"))
    assert block_part(doc, doc.blocks[1]).text == "Oak; Price: 20"


def test_code_in_a_list_is_shown_without_the_lists_indent() -> None:
    """Its own indent stays; it is cited as it stands."""
    text = "1. Run\n\n   for x in y:\n     print(x)\n\n   done"
    code = find(text, "for x in y:\n     print(x)\n\n   done")
    doc = document(text, blocks=(Block(span=code, kind=BlockKind.CODE),))
    part = block_part(doc, doc.blocks[0])
    assert part.text == "for x in y:\n  print(x)\n\ndone"
    assert part.cited == (code,)
    shallow = document("if x:\n  y", blocks=(Block(span=Span(0, 9), kind=BlockKind.CODE),))
    assert block_part(shallow, shallow.blocks[0]).text == "if x:\n  y"


def test_a_block_is_cited_whole_and_a_row_with_its_header() -> None:
    """An item's lead-in is a part of its own."""
    item, row = (block_part(PAGE, PAGE.blocks[n]) for n in (2, 5))
    assert item.cited == (PAGE.blocks[2].span,)
    assert row.cited == (PAGE.blocks[5].span, PAGE.blocks[4].span)
    assert block_part(PAGE, PAGE.blocks[0]).role is StatementRole.HEADING
    assert block_part(PAGE, PAGE.blocks[1]).role is StatementRole.SENTENCE


def test_any_span_can_be_a_part() -> None:
    """White space folded, in the role it is given."""
    part = span_part(PAGE, find(PAGE.text, "the\n  file."), StatementRole.LEAD_IN)
    assert (part.text, part.role, part.cited) == ("the file.", StatementRole.LEAD_IN, (part.span,))


def test_parts_are_ordered_by_position_and_nested_ones_shown_once() -> None:
    """The larger one, whichever came first."""
    text = "One. Two. Three."
    doc = document(text)
    one, two, three = (span_part(doc, find(text, w), StatementRole.SENTENCE) for w in text.split())
    both = span_part(doc, Span(one.span.start, two.span.end), StatementRole.SENTENCE)
    assert in_order([three, one]) == [one, three]
    assert in_order([two, both, three, one, three]) == [both, three]
    assert in_order([]) == []


def test_a_sentence_of_a_row_without_a_header_is_its_cells() -> None:
    """Nothing names its cells."""
    text = "5 | 30"
    doc = document(text, blocks=(Block(span=Span(0, 6), kind=BlockKind.TABLE_ROW),))
    part = sentence_part(candidate(doc), Span(0, 6))
    assert (part.text, part.role, part.cited) == ("5; 30", StatementRole.ROW, (Span(0, 6),))


@pytest.mark.parametrize("word", ["word ", "x", "漢"])
def test_a_long_block_is_quoted_up_to_the_end_of_a_word(word: str) -> None:
    """So are a lead-in and a row; a long header isn't cited with each of its rows."""
    long = (word * 2 * MAX_QUOTE).strip()
    doc = page((PARAGRAPH, long), (ITEM, f"- {long}"), (HEADER, f"{long} | b"), (ROW, f"{long} | b"))
    for block in doc.blocks:
        part = block_part(doc, block)
        assert MAX_QUOTE / 2 < len(part.span) <= MAX_QUOTE
        assert len(part.text) <= MAX_QUOTE
        assert part.cited == (part.span,)
        assert block.span.contains(part.span)
        assert doc.text[part.span.end].isspace() or not word.endswith(" ")
    lead_in = span_part(doc, doc.blocks[0].span, StatementRole.LEAD_IN)
    assert (len(lead_in.text) <= MAX_QUOTE, lead_in.cited) == (True, (lead_in.span,))


def test_a_short_block_is_quoted_whole() -> None:
    """To its last character."""
    assert bounded("x" * MAX_QUOTE, Span(0, MAX_QUOTE)) == Span(0, MAX_QUOTE)
