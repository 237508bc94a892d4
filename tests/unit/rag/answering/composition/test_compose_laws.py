"""What every composition keeps, for any page, passage, form and support."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st

from rag.answering.composition.compose import Composition
from rag.answering.composition.parts import Part
from rag.types import Candidate, Document, Polarity, QuestionForm, Span, StatementRole
from tests.unit.rag.answering.composition.samples import composed
from tests.unit.rag.answering.samples import (
    CODE,
    HEADER,
    HEADING,
    ITEM,
    PARAGRAPH,
    ROW,
    page,
    part_of,
    reading,
)

KINDS = {
    HEADING: "Heading {}",
    PARAGRAPH: "Para {0} begins here. It ends at {0}:",
    ITEM: "- item {}",
    CODE: "run  {}\n  now",
    HEADER: "A{0} | B{0}",
    ROW: "{0} | 1{0}",
}


@st.composite
def pages(draw: st.DrawFn) -> tuple[Document, Candidate]:
    """A page of any blocks, and a passage over some of them."""
    kinds = draw(st.lists(st.sampled_from(list(KINDS)), min_size=1, max_size=14))
    doc = page(*((kind, KINDS[kind].format(n)) for n, kind in enumerate(kinds)))
    first = draw(st.integers(0, len(kinds) - 1))
    last = draw(st.integers(first + 1, len(kinds)))
    if all(kind is HEADING for kind in kinds[first:last]):
        doc = page((PARAGRAPH, "Only this."))
        return doc, part_of(doc)
    return doc, part_of(doc, first, last)


@dataclass(frozen=True)
class Drawn:
    """A composition and what it was made of; ``best`` is the sentence with the most support."""

    doc: Document
    composition: Composition
    best: Span

    @property
    def parts(self) -> tuple[Part, ...]:
        return self.composition.parts


@st.composite
def compositions(draw: st.DrawFn) -> Drawn:
    """Of any page, passage, form and support."""
    doc, read = draw(pages())
    count = len(read.passage.sentences)
    support = draw(st.lists(st.integers(-4, 4).map(float), min_size=count, max_size=count))
    polarity = Polarity(yes=0.9, no=0.05, neither=0.05)
    form = draw(st.sampled_from(QuestionForm))
    best = max(range(count), key=lambda number: (support[number], -number))
    return Drawn(
        doc,
        composed(form, reading(read, support=support, polarity=polarity)),
        read.passage.sentences[best],
    )


@settings(deadline=None)
@given(compositions())
def test_every_part_is_cited_first_by_its_own_place(drawn: Drawn) -> None:
    """Each place once, and inside the text."""
    for part in drawn.parts:
        assert part.cited[0] == part.span
        assert len(set(part.cited)) == len(part.cited)
        assert all(0 <= place.start < place.end <= len(drawn.doc.text) for place in part.cited)


@settings(deadline=None)
@given(compositions())
def test_every_parts_text_is_of_its_place(drawn: Drawn) -> None:
    """A sentence and code as they stand, an item without its marker, a row's cells with columns' names."""
    for part in drawn.parts:
        quoted = part.span.slice(drawn.doc.text)
        if part.role is StatementRole.CODE:
            assert part.text == quoted
        elif part.role is StatementRole.ITEM:
            assert quoted == f"- {part.text}"
        elif part.role is StatementRole.ROW:
            cells = [cell.rpartition(": ")[2] for cell in part.text.split("; ")]
            assert " | ".join(cells) == quoted
        else:
            assert part.text == quoted


@settings(deadline=None)
@given(compositions())
def test_what_supports_best_is_shown_and_nothing_twice(drawn: Drawn) -> None:
    """The best sentence, or the list that it leads into."""
    places = [part.span for part in drawn.parts]
    assert places
    assert not any(one.overlaps(other) for n, one in enumerate(places) for other in places[:n])
    is_led_in = any(
        block.context_span is not None and block.context_span.overlaps(drawn.best)
        for block in drawn.doc.blocks
    )
    assert is_led_in or any(place.overlaps(drawn.best) for place in places)


@settings(deadline=None)
@given(compositions())
def test_no_more_items_are_shown_than_are_said_to_be_there(drawn: Drawn) -> None:
    """Where a count is told, an item or a row is shown."""
    shown = sum(part.role in (StatementRole.ITEM, StatementRole.ROW) for part in drawn.parts)
    if drawn.composition.item_count is not None:
        assert 1 <= shown <= drawn.composition.item_count
