"""Answers and abstentions on a terminal, in each unit."""

from __future__ import annotations

from dataclasses import replace

import pytest

from api.cli.commands.outcome_text import format_outcome
from rag.types import Answer, AnswerUnit, Certainty, Conflict, Reason, Statement, StatementRole
from tests.fakes import outcomes
from tests.fakes.engine import QUOTE, abstention, answer


def _blocks(outcome: Answer) -> list[str]:
    """The parts of the output between empty lines."""
    return format_outcome(outcome).split("\n\n")


def test_an_answer_has_numbered_citations() -> None:
    """Answer, confidence, statement with [1], conflict, and the quote."""
    text = format_outcome(replace(answer("Who?"), conflicts=(Conflict(text="Bob", citations=(0,)),)))
    assert text.startswith("Ada\n(confidence 91%)")
    assert f"{QUOTE} [1]" in text
    assert "But elsewhere: Bob [1]" in text
    assert f"“{QUOTE}”" in text


def test_a_short_answer_has_two_confidences() -> None:
    """That it is right, and that its evidence holds what was asked."""
    assert _blocks(outcomes.SHORT_ANSWER)[0] == "the team's lead\n(confidence 88%, of the evidence 93%)"


def test_yes_or_no_comes_before_its_sentence() -> None:
    """The sentence is cited."""
    head, sentence, *_ = _blocks(outcomes.YES_NO)
    assert head.splitlines()[0] == "No"
    assert sentence == "Pets are never paid for. [1]"


def test_a_list_has_bullets_and_says_what_it_leaves_out() -> None:
    """Under its heading and lead-in; the parts of the question without an answer are named."""
    heading, lead_in, items, cut, missing, confidence, sources = _blocks(outcomes.LIST)
    assert (heading, lead_in) == ("What is paid [1]", "The following may be claimed: [2]")
    assert items.splitlines() == [f"- {item} [{n}]" for n, item in enumerate(outcomes.LIST_ITEMS, 3)]
    assert cut == "3 of 5 shown; the others are in Travel handbook › What is paid."
    assert missing == "Not found in the documents: “since when”"
    assert confidence == "(confidence 87%)"
    assert len(sources.splitlines()) == 5


def test_a_whole_list_is_not_said_to_be_cut() -> None:
    """Where as many items are shown as it has, and where their number is unknown."""
    for count in (3, None):
        assert "shown" not in format_outcome(replace(outcomes.LIST, item_count=count))


def test_steps_are_numbered_through_the_code_between_them() -> None:
    """Code stands as it is, and its citation after it."""
    blocks = _blocks(outcomes.STEPS_ANSWER)
    assert blocks[3:6] == [
        f"1. {outcomes.STEPS[0]} [3]\n2. {outcomes.STEPS[1]} [4]",
        '    trip new --team sea \\\n        --to "Old Harbour"\n    [5]',
        f"3. {outcomes.STEPS[2]} [6]",
    ]


def test_an_item_has_the_number_that_the_document_gives_it() -> None:
    """Where a long procedure is cut at both ends, and in a list that is no procedure."""
    lead_in, _, second, *_ = outcomes.STEPS_ANSWER.statements[1:]
    for outcome in (outcomes.STEPS_ANSWER, replace(outcomes.STEPS_ANSWER, unit=AnswerUnit.SECTION)):
        text = format_outcome(replace(outcome, statements=(lead_in, second)))
        assert f"\n2. {outcomes.STEPS[1]} [4]\n" in text


def test_steps_without_numbers_are_counted() -> None:
    """Those under another heading begin anew: they are another procedure."""
    steps = replace(outcomes.LIST, unit=AnswerUnit.STEPS)
    text = format_outcome(replace(steps, statements=steps.statements * 2))
    markers = [line[:2] for line in text.splitlines() if line[1:3] == ". "]
    assert markers == ["1.", "2.", "3.", "1.", "2.", "3."]


def test_a_row_has_a_line_for_each_cell() -> None:
    """A semicolon within a cell doesn't end it; the row's citations are on the last line."""
    assert _blocks(outcomes.ROWS)[0].splitlines() == [
        "  Country: Norway",
        "  Day: 61 €",
        "  Night: 120 €; 145 € in Oslo",
        "  [1][2]",
    ]


def test_a_row_without_column_names_is_a_line() -> None:
    """As a table without a header has them."""
    row = Statement(text="Norway | 61 €", citations=(0,), role=StatementRole.ROW)
    assert _blocks(replace(outcomes.ROWS, statements=(row,)))[0] == "  Norway | 61 €\n  [1]"


@pytest.mark.parametrize("sure", outcomes.ANSWERS, ids=lambda outcome: outcome.unit)
def test_a_likely_answer_says_so_first(sure: Answer) -> None:
    """In words, in every unit; a sure one says nothing of the kind."""
    likely = replace(sure, certainty=Certainty.LIKELY)
    assert format_outcome(likely).startswith("Likely, please check")
    assert "Likely" not in format_outcome(replace(sure, certainty=Certainty.SURE))


def test_an_answer_in_a_language_models_words_says_so() -> None:
    """And its quotes are printed, since its statements don't show them."""
    text = " ".join(format_outcome(outcomes.DRAFTED).split())
    assert text.startswith("Likely, in a language model's words, please check (confidence 61%):")
    assert all(citation.quote in text for citation in outcomes.DRAFTED.citations)


@pytest.mark.parametrize("outcome", outcomes.ANSWERS, ids=lambda outcome: outcome.unit)
def test_every_statement_and_place_is_printed(outcome: Answer) -> None:
    """Whatever the unit, with each citation's span."""
    text = " ".join(format_outcome(outcome).split())
    cells = {s.text.split("; ")[0] for s in outcome.statements}
    assert all(" ".join(cell.split()) in text for cell in cells)
    assert all(f"{c.uri} {c.start}-{c.end}" in text for c in outcome.citations)


def test_every_reason_has_a_sentence() -> None:
    """An abstention begins with it; the nearest passages follow."""
    for reason in Reason:
        text = format_outcome(replace(abstention("Who?"), reason=reason))
        assert text.splitlines()[0].endswith(".")
        assert QUOTE in text


def test_a_follow_up_is_shown_as_it_was_asked() -> None:
    """The completed question comes first; one that stood alone isn't repeated."""
    assert _blocks(outcomes.FOLLOW_UP)[0] == "Asked as: Who approves trips?"
    assert "Asked as" not in format_outcome(outcomes.SHORT_ANSWER)


def test_a_canned_reply_is_its_text_and_the_documents_it_lists() -> None:
    """Without a reason, passages or confidence; a list that was cut says so."""
    assert format_outcome(outcomes.GREETING) == "Hello! Ask a question."
    assert format_outcome(outcomes.DOCUMENT_LIST).splitlines() == [
        "I look for answers in these documents:",
        "- Travel handbook (https://ship.example/handbook)",
        "1 of 3 shown.",
    ]
