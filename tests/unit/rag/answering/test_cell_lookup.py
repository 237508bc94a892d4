"""A table's cell that a question names by its row and its column."""

from __future__ import annotations

import pytest

from rag.answering.cell_lookup import named_cell
from rag.question.analysis import analyze_question
from rag.types import Candidate, Scores
from tests.files import read_document
from tests.samples import passage

ROSTER = """# Roster of the ferries

| Depot | Line | Driver | Start |
|---|---|---|---|
| Quayside | 9 | Ash Irwin | 13:56 |
| Millbrook | 9 | Bay Kemp | 06:10 |
| Millbrook | 17 | Cole Lowe | 08:21 |
| Millbrook | 18 | – | tbd |
"""
PRICES = """# Price list

| Variety | Height in cm | Price in euros |
|---|---|---|
| Quince | 132 | 7.60 |
| Quince, dwarf | 60 | 5.10 |
| Rose | 139 |  |
"""
YARD = """# Inspection

| Item | OK | Not OK |
|---|---|---|
| Fence | ☒ | ☐ |
| Drain covers | ☐ | ☒ |
"""


def found(source: str, question: str) -> str | None:
    document = read_document(source.encode(), "file.md")
    candidate = Candidate(passage=passage(document), document=document, scores=Scores(fused=1.0))
    cell = named_cell(analyze_question(question, limit=1_000), [candidate])
    if cell is None:
        return None
    assert cell.span.slice(document.text) == cell.text
    return cell.text


@pytest.mark.parametrize(
    ("source", "question", "value"),
    [
        (ROSTER, "Who drives line 17 at Millbrook?", "Cole Lowe"),
        (ROSTER, "Who drives line 9 at Quayside?", "Ash Irwin"),
        (ROSTER, "When does line 9 at Millbrook start?", "06:10"),
        (ROSTER, "Which depot has the driver Bay Kemp?", "Millbrook"),
        (PRICES, "What is the price of Quince in euros?", "7.60"),
        (PRICES, "What's the height of the dwarf quince?", None),
        (PRICES, "What is the price of Quince, dwarf?", "5.10"),
        (YARD, "Which item is not OK?", "Drain covers"),
    ],
)
def test_a_cell_is_named_by_its_row_and_column(source: str, question: str, value: str | None) -> None:
    """By whole cells of the row, in the question's order of words, and the column's name or who does it."""
    assert found(source, question) == value


@pytest.mark.parametrize(
    ("source", "question"),
    [
        (PRICES, "What is the price of Quince in dollars?"),  # a word that the table hasn't
        (PRICES, "What is the price of Rose?"),  # an empty cell
        (PRICES, "What is Quince?"),  # no column
        (PRICES, "What is the price in euros?"),  # no row
        (ROSTER, "Who drives line 9?"),  # two rows
        (ROSTER, "Who drives at Millbrook?"),
        (ROSTER, "Who drives 17 at Millbrook?"),  # a number without its column: another one
        (ROSTER, "Who drives line 18 at Millbrook?"),  # a cell that says nothing
        (ROSTER, "When does line 18 at Millbrook start?"),
        (ROSTER, "Who starts line 17 at Millbrook?"),  # a time is nobody
        (ROSTER, "Who cleans line 17 at Millbrook?"),
        ("Line 17 at Millbrook has a driver.", "Who drives line 17 at Millbrook?"),
    ],
)
def test_what_is_not_named_is_not_found(source: str, question: str) -> None:
    """Where a word is not accounted for, or more than one cell fits."""
    assert found(source, question) is None
