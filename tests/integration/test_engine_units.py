"""Each unit of an answer end to end: a Markdown page over real indexes, its reading decided by the test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.types import Answer, AnswerUnit, Polarity, QuestionForm, StatementRole
from tests.fakes.models import EvidenceFake
from tests.integration.engine_world import World, answer, open_world, quotes, take_as

HANDBOOK = """# Handbook

## Leave

Staff get 25 days of leave a year. It is paid. What is left over is lost in March.

| Years of service | Days off | Notice |
|---|---|---|
| First year | 20 | one week |
| After two years | 25 | two weeks |
| After five years | 30 | four weeks |

## First day

We are glad that you come. Every new colleague brings along:

- an identity card
- a signed contract
- a bank card
- a photo

## Badges

A badge opens the doors of a floor. It is worn at all times.

To get one:

1. Ask your manager.

   ```
   badge request --floor 3
   badge list
   ```

2. Wait for the mail.
3. Fetch it at the desk.
"""


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with open_world(tmp_path) as opened:
        opened.put_page(HANDBOOK, max_words=24)  # lists and tables go over the borders of passages
        yield opened


def unit(
    world: World, monkeypatch: pytest.MonkeyPatch, form: QuestionForm, text: str, reader: EvidenceFake
) -> Answer:
    """The answer in a form; each of its citations is checked."""
    take_as(monkeypatch, form)
    reply = answer(world.make(reader), text)
    assert all(world.is_exact(citation) for citation in reply.citations)
    return reply


def test_a_list_is_whole_over_the_borders_of_passages(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """With its lead-in, an item a line; how many there are is said."""
    reader = EvidenceFake(support={"signed contract": 5.0})
    reply = unit(world, monkeypatch, QuestionForm.LIST, "what to bring on the first day?", reader)
    assert reply.unit is AnswerUnit.LIST
    assert reply.text.split("\n") == [
        "Every new colleague brings along:",
        "an identity card",
        "a signed contract",
        "a bank card",
        "a photo",
    ]
    assert [s.role for s in reply.statements] == [StatementRole.LEAD_IN, *[StatementRole.ITEM] * 4]
    assert [cited[0] for cited in quotes(reply)[1:]] == [
        "- an identity card",
        "- a signed contract",
        "- a bank card",
        "- a photo",
    ]
    assert (reply.item_count, reply.short_answer_confidence) == (4, None)


def test_steps_are_shown_with_the_code_between_them(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Line by line."""
    reader = EvidenceFake(support={"Wait for the mail": 5.0})
    reply = unit(world, monkeypatch, QuestionForm.HOW_TO, "how do I get a badge?", reader)
    assert (reply.unit, reply.item_count) == (AnswerUnit.STEPS, 3)
    assert [(s.role.value, s.text) for s in reply.statements] == [
        ("lead_in", "To get one:"),
        ("item", "Ask your manager."),
        ("code", "badge request --floor 3\nbadge list"),
        ("item", "Wait for the mail."),
        ("item", "Fetch it at the desk."),
    ]


def test_steps_with_code_at_the_margin_are_one_procedure(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As many read-me files have them; here the code supports best."""
    world.put_page("# Run\n\nDo this:\n\n1. Get it.\n\n```\nwget x\n```\n\n2. Start it.\n\n```\n./x\n```\n")
    reader = EvidenceFake(support={"wget x": 5.0})
    reply = unit(world, monkeypatch, QuestionForm.HOW_TO, "how do I start it?", reader)
    assert (reply.unit, reply.item_count) == (AnswerUnit.STEPS, 2)
    assert [s.text for s in reply.statements] == ["Do this:", "Get it.", "wget x", "Start it.", "./x"]


def test_a_row_is_shown_as_columns_and_cells(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The one with the question's key, though its neighbour supports a little more; its header is cited."""
    reader = EvidenceFake(
        support={"After two": 4.0, "After five": 3.5, "First year": 3.0}, spans={"30": -2.0}
    )
    text = "how many days off after five years?"
    reply = unit(world, monkeypatch, QuestionForm.FACT, text, reader)
    assert reply.unit is AnswerUnit.ROWS
    row = "Years of service: After five years; Days off: 30; Notice: four weeks"
    assert row in [s.text for s in reply.statements]
    [cited] = [cited for s, cited in zip(reply.statements, quotes(reply), strict=True) if s.text == row]
    assert cited == ["After five years | 30 | four weeks", "Years of service | Days off | Notice"]


def test_a_tables_supported_rows_answer_a_list_question(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """How many rows the table has is said."""
    reader = EvidenceFake(support={"After two": 4.0, "After five": 3.5, "First year": -3.0})
    reply = unit(world, monkeypatch, QuestionForm.LIST, "days off after some years", reader)
    assert (reply.unit, reply.item_count) == (AnswerUnit.ROWS, 3)
    assert all(s.role is StatementRole.ROW for s in reply.statements)
    assert "First year" not in reply.text


def test_a_definition_is_its_paragraph(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """One sentence of it supports."""
    reader = EvidenceFake(support={"opens the doors": 5.0})
    reply = unit(world, monkeypatch, QuestionForm.DEFINITION, "what is a badge?", reader)
    assert reply.unit is AnswerUnit.DEFINITION
    assert reply.text == "A badge opens the doors of a floor. It is worn at all times."


def test_an_overview_is_the_section_of_its_passage(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its paragraphs, a line each."""
    reader = EvidenceFake(support={"left over": 5.0})
    reply = unit(world, monkeypatch, QuestionForm.OVERVIEW, "leave", reader)
    assert reply.unit is AnswerUnit.SECTION
    first = reply.text.split("\n")[0]
    assert first == LEAVE_PARAGRAPH


LEAVE_PARAGRAPH = "Staff get 25 days of leave a year. It is paid. What is left over is lost in March."


@pytest.mark.parametrize(
    ("polarity", "text", "asked_unit"),
    [
        (Polarity(yes=0.95, no=0.03, neither=0.02), "Yes", AnswerUnit.YES_NO),
        (Polarity(yes=0.02, no=0.95, neither=0.03), "No", AnswerUnit.YES_NO),
        (Polarity(yes=0.5, no=0.4, neither=0.1), LEAVE_PARAGRAPH, AnswerUnit.SENTENCES),
    ],
)
def test_yes_or_no_is_said_with_its_sentence(
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    polarity: Polarity,
    text: str,
    asked_unit: AnswerUnit,
) -> None:
    """With its paragraph; where the polarity is not sure, they speak alone."""
    reader = EvidenceFake(support={"It is paid": 5.0}, polarity={"It is paid": polarity})
    reply = unit(world, monkeypatch, QuestionForm.YES_NO, "is leave paid?", reader)
    assert (reply.text, reply.unit) == (text, asked_unit)
    assert " ".join(s.text for s in reply.statements) == LEAVE_PARAGRAPH
    assert (reply.short_answer_confidence is None) == (asked_unit is AnswerUnit.SENTENCES)
