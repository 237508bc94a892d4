"""The whole list or table around a place."""

from __future__ import annotations

import pytest

from rag.answering.composition.lists import BlockList, list_at, part_at
from rag.types import Block, BlockKind, Document, Span
from tests.samples import document, find
from tests.unit.rag.answering.samples import CODE, HEADER, HEADING, ITEM, PARAGRAPH, ROW, page

STEPS = page(
    (HEADING, "Setup"),
    (PARAGRAPH, "It takes an hour. Do this:"),
    (ITEM, "1. Get the file."),
    (CODE, "wget x"),
    (ITEM, "2. Unpack it."),
    (CODE, "tar xf x"),
    (CODE, "ls"),
    (PARAGRAPH, "Then you are done."),
    (HEADING, "Colours"),
    (ITEM, "- red"),
    (ITEM, "- blue"),
    (HEADER, "A | B"),
    (ROW, "1 | 2"),
    (ROW, "3 | 4"),
)


def texts(doc: Document, found: BlockList | None) -> list[str] | None:
    return None if found is None else [block.span.slice(doc.text) for block in found.blocks]


@pytest.mark.parametrize(
    "place", ["Do this:", "1. Get the file.", "2. Unpack it.", "the file", "wget x", "tar xf x", "ls"]
)
def test_a_list_is_whole_from_any_of_its_items_its_code_and_its_lead_in(place: str) -> None:
    """With the code between its items and under the last one."""
    found = list_at(STEPS, find(STEPS.text, place))
    assert texts(STEPS, found) == ["1. Get the file.", "wget x", "2. Unpack it.", "tar xf x", "ls"]
    assert found is not None
    assert [item.span.slice(STEPS.text) for item in found.items] == ["1. Get the file.", "2. Unpack it."]
    assert found.lead_in == find(STEPS.text, "Do this:")
    assert found.kind is BlockKind.LIST_ITEM


@pytest.mark.parametrize("place", ["It takes an hour.", "Then you are done.", "Colours", "A | B"])
def test_what_is_not_in_a_list_nor_leads_into_it_has_none(place: str) -> None:
    """Not the sentence before the lead-in, nor the text between two lists."""
    found = list_at(STEPS, find(STEPS.text, place))
    assert texts(STEPS, found) == (["1 | 2", "3 | 4"] if place == "A | B" else None)


def test_a_list_ends_at_a_heading() -> None:
    """Two lists with a heading between them are two, though neither has a lead-in."""
    doc = page((ITEM, "- a"), (HEADING, "Next"), (ITEM, "- b"))
    assert texts(doc, list_at(doc, find(doc.text, "- a"))) == ["- a"]
    assert texts(doc, list_at(doc, find(doc.text, "- b"))) == ["- b"]


def test_a_table_is_its_rows_with_the_header_as_its_lead_in() -> None:
    """A list before it is another."""
    table = list_at(STEPS, find(STEPS.text, "3 | 4"))
    assert texts(STEPS, table) == ["1 | 2", "3 | 4"]
    assert table is not None
    assert (table.kind, table.lead_in) == (BlockKind.TABLE_ROW, find(STEPS.text, "A | B"))
    assert texts(STEPS, list_at(STEPS, find(STEPS.text, "- red"))) == ["- red", "- blue"]


def test_lists_with_a_paragraph_between_them_are_two() -> None:
    """Unless they share their lead-in, as items with a note between them do."""
    doc = page(
        (PARAGRAPH, "Bring:"), (ITEM, "- a"), (PARAGRAPH, "And leave behind:"), (ITEM, "- b"), (ITEM, "- c")
    )
    assert texts(doc, list_at(doc, find(doc.text, "- a"))) == ["- a"]
    assert texts(doc, list_at(doc, find(doc.text, "- c"))) == ["- b", "- c"]
    lead_in = doc.blocks[0].span
    noted = document(
        doc.text,
        blocks=tuple(
            Block(span=b.span, kind=b.kind, context_span=lead_in if b.kind is ITEM else None)
            for b in doc.blocks
        ),
    )
    whole = list_at(noted, find(doc.text, "- c"))
    assert texts(noted, whole) == ["- a", "And leave behind:", "- b", "- c"]


def without_contexts(doc: Document) -> Document:
    """As format readers have items after code that stands at the page's margin."""
    return document(doc.text, blocks=tuple(Block(span=b.span, kind=b.kind) for b in doc.blocks))


@pytest.mark.parametrize("place", ["1. Get", "wget x", "2. Unpack", "A note.", "3. Run"])
def test_items_that_are_numbered_on_are_one_list(place: str) -> None:
    """With code or a note between them, from any of them and from what stands between."""
    doc = without_contexts(
        page(
            (ITEM, "1. Get it."),
            (CODE, "wget x"),
            (ITEM, "2. Unpack it."),
            (PARAGRAPH, "A note."),
            (ITEM, "3. Run it."),
        )
    )
    found = list_at(doc, find(doc.text, place))
    assert texts(doc, found) == ["1. Get it.", "wget x", "2. Unpack it.", "A note.", "3. Run it."]


def test_items_that_are_not_numbered_on_are_two_lists() -> None:
    """Numbers that begin again, or none at all; the text between them is of neither."""
    for one, other in (("1. a", "1. b"), ("2. a", "4. b"), ("- a", "- b"), ("1. a", "- b")):
        doc = without_contexts(page((ITEM, one), (PARAGRAPH, "And then:"), (ITEM, other)))
        assert texts(doc, list_at(doc, find(doc.text, one))) == [one]
        assert list_at(doc, find(doc.text, "And then:")) is None


def test_a_document_without_blocks_has_no_lists() -> None:
    """Nor has an empty place."""
    assert list_at(document("- a\n- b"), Span(0, 3)) is None


@pytest.fixture(scope="module")
def nested() -> Document:
    """Two levels below the outermost; a nested item's context span is the item above it."""
    lines = ["- Logging", "- Databases", "- MySQL", "- 8.0", "- SQLite", "- Panel", "- Users"]
    above = {"- MySQL": "- Databases", "- 8.0": "- MySQL", "- SQLite": "- Databases", "- Users": "- Panel"}
    text = "Features\n\n" + "\n".join(lines)
    blocks = [
        Block(
            span=find(text, line),
            kind=ITEM,
            context_span=find(text, above[line]) if line in above else None,
        )
        for line in lines
    ]
    return document(text, blocks=(Block(span=find(text, "Features"), kind=HEADING), *blocks))


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("Databases", ["- MySQL", "- 8.0", "- SQLite"]),
        ("SQLite", ["- MySQL", "- 8.0", "- SQLite"]),
        ("MySQL", ["- 8.0"]),
        ("8.0", ["- 8.0"]),
        ("Users", ["- Users"]),
    ],
)
def test_of_a_nested_list_the_part_around_a_place(nested: Document, place: str, expected: list[str]) -> None:
    """What an item leads into, else the items beside it, with what is nested in them."""
    at = find(nested.text, place)
    whole = list_at(nested, at)
    assert whole is not None
    part = part_at(whole, at)
    assert texts(nested, part) == expected
    assert part.lead_in is not None
    assert part.lead_in.end <= part.blocks[0].span.start


def test_an_outermost_item_without_a_list_of_its_own_is_of_the_whole_list(nested: Document) -> None:
    """As is a place outside."""
    for place in ("Logging", "Features"):
        whole = list_at(nested, find(nested.text, "Logging"))
        assert whole is not None
        assert part_at(whole, find(nested.text, place)) is whole
