"""Whole lists, rows of tables and procedures as answers."""

from __future__ import annotations

import pytest

from rag.answering.composition.compose import MAX_ITEMS
from rag.types import AnswerUnit, QuestionForm, StatementRole
from tests.samples import candidate, document
from tests.unit.rag.answering.composition.samples import composed, roles, texts
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
    span,
)

BRING = page(
    (HEADING, "First day"),
    (PARAGRAPH, "We are glad that you come. Bring along:"),
    (ITEM, "- an identity card"),
    (ITEM, "- a signed contract"),
    (ITEM, "- a photo"),
    (PARAGRAPH, "Ask at the desk."),
)


@pytest.mark.parametrize("phrase", ["Bring along:", "a signed contract"])
def test_a_list_is_whole_with_its_lead_in(phrase: str) -> None:
    """Whether the lead-in or an item supports best, over the border of the passage."""
    read = reading(part_of(BRING, 1, 4), support={phrase: 3.0})
    composition = composed(QuestionForm.LIST, read)
    assert composition.unit is AnswerUnit.LIST
    assert texts(composition) == ["Bring along:", "an identity card", "a signed contract", "a photo"]
    assert roles(composition) == [StatementRole.LEAD_IN, *[StatementRole.ITEM] * 3]
    assert composition.item_count == 3


@pytest.mark.parametrize("form", [QuestionForm.FACT, QuestionForm.WHY, QuestionForm.YES_NO])
def test_a_list_is_shown_whole_where_its_items_support_alike(form: QuestionForm) -> None:
    """Two of three, whatever the question's form; not where one alone does."""
    for support, shown in (
        ({"card": 3.0, "contract": 1.5, "photo": -2.0}, ["an identity card", "a signed contract", "a photo"]),
        ({"card": 3.0, "contract": -2.0, "photo": -2.0}, ["an identity card"]),
    ):
        composition = composed(form, reading(part_of(BRING, 1, 5), support=support))
        assert [text for text in texts(composition) if text != "Bring along:"] == shown
        assert (composition.unit is AnswerUnit.LIST) == (len(shown) > 1)


def test_a_sure_short_answer_stands_before_a_list_whose_other_items_support_less() -> None:
    """About as well supported items make it a list."""
    for second, unit in ((1.5, AnswerUnit.SHORT_ANSWER), (2.5, AnswerUnit.LIST)):
        read = reading(part_of(BRING, 1, 5), support={"card": 3.0, "contract": second, "photo": -2.0})
        short = span(read.candidate, "identity card", 4.0)
        assert composed(QuestionForm.FACT, read, short_answer=short).unit is unit


def test_code_between_items_is_shown_between_them() -> None:
    """As it stands, line breaks and all; it is no item."""
    doc = page(
        (PARAGRAPH, "Options:"), (ITEM, "- quiet"), (CODE, "x -q\n  y"), (ITEM, "- loud"), (CODE, "x -l")
    )
    composition = composed(QuestionForm.LIST, reading(part_of(doc, 0, 2), support={"quiet": 3.0}))
    assert texts(composition) == ["Options:", "quiet", "x -q\n  y", "loud", "x -l"]
    assert composition.item_count == 2


@pytest.mark.parametrize(
    ("best", "first", "last"), [(0, 0, 19), (30, 20, 39), (49, 30, 49), (9, 0, 19), (12, 2, 21)]
)
def test_a_long_list_is_cut_around_its_best_item(best: int, first: int, last: int) -> None:
    """Twenty items are shown, the best among them; how many there are is said."""
    items = [(ITEM, f"- item number {n}!") for n in range(50)]
    doc = page((PARAGRAPH, "All of these:"), *items)
    read = reading(part_of(doc, 1 + best, 2 + best), support=(3.0,))
    composition = composed(QuestionForm.LIST, read)
    shown = [part.text for part in composition.parts if part.role is StatementRole.ITEM]
    assert shown == [f"item number {n}!" for n in range(first, last + 1)]
    assert len(shown) == MAX_ITEMS
    assert (composition.item_count, texts(composition)[0]) == (50, "All of these:")


def test_of_a_table_the_supported_rows_are_shown() -> None:
    """As "column: cell"; how many the table has is said."""
    rows = ("Oak | 20", "Elm | 30", "Ash | 40", "Fir | 50")
    doc = page((HEADER, "Room | Price"), *((ROW, row) for row in rows))
    read = reading(part_of(doc, 1), support=(3.0, -1.0, 1.0, -2.0))
    composition = composed(QuestionForm.LIST, read)
    assert composition.unit is AnswerUnit.ROWS
    assert texts(composition) == ["Room: Oak; Price: 20", "Room: Ash; Price: 40"]
    assert composition.item_count == 4


def test_the_lead_in_of_a_table_shows_its_rows() -> None:
    """The sentence that announces it is no row."""
    doc = page(
        (PARAGRAPH, "Rooms cost by night:"), (HEADER, "Room | Price"), (ROW, "Oak | 20"), (ROW, "Elm | 3")
    )
    read = reading(part_of(doc, 1), support=(5.0, 1.0, 2.0))
    composition = composed(QuestionForm.LIST, read)
    assert roles(composition) == [StatementRole.ROW] * 2


def test_a_table_of_which_only_the_lead_in_supports_shows_its_first_rows() -> None:
    """The table may begin after the passage; how many rows it has is said."""
    rows = [(ROW, f"Room {n} | {n}0") for n in range(30)]
    doc = page((PARAGRAPH, "We have these rooms."), (HEADER, "Room | Price"), *rows)
    composition = composed(QuestionForm.LIST, reading(part_of(doc, 1, 3), support=(3.0, -4.0)))
    assert composition.unit is AnswerUnit.ROWS
    assert texts(composition) == [f"Room: Room {n}; Price: {n}0" for n in range(MAX_ITEMS)]
    assert composition.item_count == 30


def test_the_last_item_shown_of_a_cut_list_keeps_its_code() -> None:
    """As every other one does."""
    items = [block for n in range(25) for block in ((ITEM, f"{n}. Step"), (CODE, f"run {n}"))]
    doc = page((PARAGRAPH, "Do this:"), *items)
    composition = composed(QuestionForm.HOW_TO, reading(part_of(doc, 0, 2), support={"Do this": 3.0}))
    assert roles(composition).count(StatementRole.ITEM) == MAX_ITEMS
    assert texts(composition)[-2:] == ["Step", "run 19"]
    for support in ((3.0, 1.0), (1.0, 3.0)):
        last = composed(QuestionForm.HOW_TO, reading(part_of(doc, 49), support=support))
        assert texts(last)[1:3] == ["Step", "run 5"]
        assert texts(last)[-2:] == ["Step", "run 24"]


def test_without_a_list_up_to_six_sentences_are_shown() -> None:
    """Prose lists things too."""
    text = " ".join(f"Point {n} is one." for n in range(9))
    composition = composed(QuestionForm.LIST, reading(candidate(document(text)), support=(2.0,) * 9))
    assert composition.unit is AnswerUnit.SENTENCES
    assert texts(composition) == [f"Point {n} is one." for n in range(6)]
    assert composition.item_count is None


def test_without_a_list_one_thing_is_a_short_answer() -> None:
    """Where it is right so probably that it is shown; a list there is comes first."""
    prose = candidate(document("We close on Monday. It rains."))
    composition = composed(
        QuestionForm.LIST,
        reading(prose, support={"Monday": 3.0}),
        short_answer=span(prose, "Monday", 5.0),
    )
    assert (composition.unit, composition.text) == (AnswerUnit.SHORT_ANSWER, "Monday")
    assert texts(composition) == ["We close on Monday."]
    listed = part_of(BRING)
    whole = composed(
        QuestionForm.LIST,
        reading(listed, support={"photo": 3.0}),
        short_answer=span(listed, "a photo", 5.0),
    )
    assert (whole.unit, whole.text, whole.item_count) == (AnswerUnit.LIST, None, 3)


SETUP = page(
    (PARAGRAPH, "Setting up takes an hour. Do this:"),
    (ITEM, "1. Get the file."),
    (CODE, "wget x"),
    (ITEM, "2. Unpack it."),
    (PARAGRAPH, "Then you are done."),
)


def test_a_procedure_is_all_items_of_its_list_with_their_code() -> None:
    """From any of its steps, over the border of the passage."""
    composition = composed(QuestionForm.HOW_TO, reading(part_of(SETUP, 3, 5), support={"Unpack": 3.0}))
    assert composition.unit is AnswerUnit.STEPS
    assert texts(composition) == ["Do this:", "Get the file.", "wget x", "Unpack it."]
    assert composition.item_count == 2


def test_a_step_beside_the_best_sentence_shows_the_whole_procedure() -> None:
    """After the sentences before it that support."""
    read = reading(part_of(SETUP), support={"takes an hour": 3.0, "Unpack": 1.0})
    composition = composed(QuestionForm.HOW_TO, read)
    assert (composition.unit, composition.item_count) == (AnswerUnit.STEPS, 2)
    assert texts(composition) == [
        "Setting up takes an hour.",
        "Do this:",
        "Get the file.",
        "wget x",
        "Unpack it.",
    ]


def test_items_of_two_lists_that_support_are_all_counted() -> None:
    """No more are shown than are said to be there."""
    doc = page((ITEM, "- Open it."), (HEADING, "Then"), (CODE, "go on"), (ITEM, "- Close it."))
    composition = composed(QuestionForm.HOW_TO, reading(part_of(doc), support=(2.0, 3.0, 2.5)))
    assert texts(composition) == ["Open it.", "go on", "Close it."]
    assert composition.item_count == 2


def test_a_procedure_in_prose_is_its_supported_sentences() -> None:
    """A weaker one between two of them is shown too, so that no step is missing."""
    text = "Open the lid. It may be hot. Press the button. Wait. The colour is red."
    read = reading(candidate(document(text)), support=(3.0, -2.0, 2.0, 1.0, -4.0))
    composition = composed(QuestionForm.HOW_TO, read)
    assert composition.unit is AnswerUnit.STEPS
    assert texts(composition) == ["Open the lid.", "It may be hot.", "Press the button.", "Wait."]


def test_code_that_a_supported_sentence_announces_is_shown_below_it() -> None:
    """Even where it is outside the passage."""
    doc = page(
        (PARAGRAPH, "It is small. Run this command:"), (CODE, "make\nmake install"), (PARAGRAPH, "Done.")
    )
    composition = composed(QuestionForm.HOW_TO, reading(part_of(doc, 0, 1), support={"Run": 3.0}))
    assert composition.unit is AnswerUnit.STEPS
    assert texts(composition) == ["Run this command:", "make\nmake install"]
    assert roles(composition) == [StatementRole.SENTENCE, StatementRole.CODE]


def test_code_is_shown_once_where_it_supports_too() -> None:
    """As a sentence of the passage and as what the other announces it is the same part."""
    doc = page((PARAGRAPH, "Run this command:"), (CODE, "make"))
    composition = composed(QuestionForm.HOW_TO, reading(part_of(doc), support=(3.0, 2.5)))
    assert texts(composition) == ["Run this command:", "make"]


def test_one_sentence_is_no_procedure() -> None:
    """It is a sentence."""
    read = candidate(document("The lid is red. Press the button. It rained."))
    composition = composed(QuestionForm.HOW_TO, reading(read, support={"Press": 3.0}))
    assert composition.unit is AnswerUnit.SENTENCES
    assert texts(composition) == ["Press the button."]


def test_a_tables_row_is_no_procedure() -> None:
    """The row alone is shown, not the whole table as steps."""
    doc = page((HEADER, "Task | How"), (ROW, "Copy | press C"), (ROW, "Paste | press V"))
    read = reading(part_of(doc, 1), support=(3.0, -3.0))
    composition = composed(QuestionForm.HOW_TO, read)
    assert texts(composition) == ["Task: Copy; How: press C"]
