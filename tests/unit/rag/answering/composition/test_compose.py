"""Facts, explanations, yes or no, definitions and overviews as answers."""

from __future__ import annotations

import pytest

from rag.types import AnswerUnit, Polarity, QuestionForm, Reading
from tests.samples import candidate, document
from tests.unit.rag.answering.composition.samples import composed, texts
from tests.unit.rag.answering.samples import (
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

NEWS = "The harbour was closed. Ann Lee asked for an apology. Ships waited outside. It rained."


def news(**support: float) -> Reading:
    phrases = {phrase.replace("_", " "): logit for phrase, logit in support.items()}
    return reading(candidate(document(NEWS)), support=phrases)


def test_a_short_answer_is_shown_with_its_sentence() -> None:
    """Not with others that support it."""
    read = news(Ann_Lee=3.0, Ships=3.0)
    composition = composed(QuestionForm.FACT, read, short_answer=span(read.candidate, "Ann Lee", 4.0))
    assert composition.unit is AnswerUnit.SHORT_ANSWER
    assert composition.text == "Ann Lee"
    assert composition.span is not None
    assert texts(composition) == ["Ann Lee asked for an apology."]


def test_a_short_answer_over_two_sentences_shows_both() -> None:
    """In their order."""
    read = news()
    short = span(read.candidate, "apology. Ships", 4.0)
    composition = composed(QuestionForm.FACT, read, short_answer=short)
    assert texts(composition) == ["Ann Lee asked for an apology.", "Ships waited outside."]


def test_a_short_answer_in_a_header_shows_that() -> None:
    """The place itself, where no sentence of the passage holds it."""
    doc = page((HEADER, "Years | Days"), (ROW, "5 | 30"))
    read = reading(part_of(doc, 1))
    short = span(read.candidate, "Days", 4.0)
    assert texts(composed(QuestionForm.FACT, read, short_answer=short)) == ["Days"]


def test_without_a_short_answer_the_evidence_speaks() -> None:
    """The supported sentences, in the order of the text; at most three."""
    composition = composed(QuestionForm.FACT, news(Ann_Lee=3.0, harbour=2.5, Ships=-1.0))
    assert (composition.unit, composition.text, composition.span) == (AnswerUnit.SENTENCES, None, None)
    assert texts(composition) == ["The harbour was closed.", "Ann Lee asked for an apology."]
    many = composed(QuestionForm.FACT, reading(candidate(document(NEWS)), support=(1.0, 2.0, 2.0, 2.0)))
    assert texts(many) == NEWS.replace(". ", ".|").split("|")[1:]


@pytest.mark.parametrize("form", [QuestionForm.WHY, QuestionForm.YES_NO])
def test_evidence_is_the_whole_of_a_short_paragraph(form: QuestionForm) -> None:
    """A sentence alone may need the one beside it; of a long paragraph the supported ones are shown."""
    short, long = "It was closed. A storm had come.", "It was closed. " + "A storm had come. " * 25
    for text, shown in ((short, ["It was closed.", "A storm had come."]), (long, ["It was closed."])):
        doc = page((PARAGRAPH, "The harbour."), (PARAGRAPH, text), (PARAGRAPH, "Ships waited."))
        assert texts(composed(form, reading(part_of(doc), support={"closed": 3.0, "A storm": -3.0}))) == shown


def test_a_table_row_is_shown_with_its_columns_names() -> None:
    """The one with the question's key, cited with the header."""
    doc = page((HEADER, "Room | Price"), (ROW, "Oak | 20"), (ROW, "Elm | 30"), (ROW, "Ash | 40"))
    read = reading(part_of(doc, 1), support=(3.0, 2.0, 1.0))
    composition = composed(QuestionForm.FACT, read, text="What does the elm cost?")
    assert (composition.unit, texts(composition)[-1]) == (AnswerUnit.ROWS, "Room: Elm; Price: 30")
    assert [span.slice(doc.text) for span in composition.parts[-1].cited] == ["Elm | 30", "Room | Price"]


def test_an_explanation_is_given_in_sentences() -> None:
    """To a why question a phrase is no answer, however sure it is."""
    read = news(harbour=3.0)
    short = span(read.candidate, "closed", 9.0)
    composition = composed(QuestionForm.WHY, read, short_answer=short)
    assert (composition.unit, composition.text) == (AnswerUnit.SENTENCES, None)
    assert texts(composition) == ["The harbour was closed."]


def test_a_likely_answer_cites_another_passage_that_is_as_relevant() -> None:
    """Its best sentence, after those of the best one."""
    other = candidate(document("Bob Ray wrote. Ann asked too.", id="b"))
    composition = composed(
        QuestionForm.FACT, news(Ann_Lee=3.0), reading(other, relevance=4.9, support=(-1.0, 1.0))
    )
    assert texts(composition) == ["Ann Lee asked for an apology.", "Ann asked too."]
    assert [part.document.id for part in composition.parts] == ["d1", "b"]


def test_what_both_say_is_shown_once() -> None:
    """In the words and the order of the best passage."""
    other = candidate(document("The harbour was closed. Nobody came.", id="b"))
    composition = composed(
        QuestionForm.FACT,
        news(harbour=3.0, Ann_Lee=2.5),
        reading(other, relevance=4.9, support=(2.0, -1.0)),
    )
    assert texts(composition) == ["The harbour was closed.", "Ann Lee asked for an apology."]
    assert {part.document.id for part in composition.parts} == {"d1"}


def test_a_less_relevant_passage_is_left_out() -> None:
    """However well its sentence supports."""
    other = candidate(document("Bob Ray wrote.", id="b"))
    composition = composed(
        QuestionForm.FACT, news(Ann_Lee=3.0), reading(other, relevance=2.9, support=(9.0,))
    )
    assert texts(composition) == ["Ann Lee asked for an apology."]


@pytest.mark.parametrize(
    ("polarity", "text"),
    [
        (Polarity(yes=0.9, no=0.05, neither=0.05), "Yes"),
        (Polarity(yes=0.05, no=0.9, neither=0.05), "No"),
        (Polarity(yes=0.7, no=0.2, neither=0.1), None),
        (Polarity(yes=0.05, no=0.05, neither=0.9), None),
        (None, None),
    ],
)
def test_yes_or_no_is_said_only_where_the_polarity_is_sure(
    polarity: Polarity | None, text: str | None
) -> None:
    """Else the evidence speaks; it is shown in either case."""
    read = reading(candidate(document(NEWS)), support={"harbour": 3.0}, polarity=polarity)
    composition = composed(QuestionForm.YES_NO, read)
    assert composition.text == text
    assert composition.unit is (AnswerUnit.YES_NO if text else AnswerUnit.SENTENCES)
    assert texts(composition) == ["The harbour was closed."]


def test_a_definition_is_its_whole_paragraph() -> None:
    """All its sentences, supported or not, and none of the next paragraph."""
    doc = page(
        (PARAGRAPH, "Welcome."),
        (PARAGRAPH, "A float is a cash reserve. It lies in the till."),
        (PARAGRAPH, "Ask."),
    )
    composition = composed(
        QuestionForm.DEFINITION, reading(part_of(doc), support={"cash reserve": 3.0, "till": -3.0})
    )
    assert composition.unit is AnswerUnit.DEFINITION
    assert texts(composition) == ["A float is a cash reserve.", "It lies in the till."]


def test_a_short_answer_stands_above_the_definition_that_holds_it() -> None:
    """ "What does PTO stand for?" has three words for an answer; the paragraph says more."""
    doc = page((PARAGRAPH, "A float is a cash reserve. It lies in the till."), (PARAGRAPH, "Ask Ann."))
    read = reading(part_of(doc), support={"cash reserve": 3.0})
    for phrase, shown in (
        ("a cash reserve", ["A float is a cash reserve.", "It lies in the till."]),
        ("Ann", ["Ask Ann."]),
    ):
        composition = composed(QuestionForm.DEFINITION, read, short_answer=span(read.candidate, phrase, 4.0))
        assert (composition.unit, composition.text) == (AnswerUnit.SHORT_ANSWER, phrase)
        assert texts(composition) == shown


def test_of_a_long_paragraph_the_supported_sentences_are_shown() -> None:
    """More than ninety words are no definition."""
    doc = page((PARAGRAPH, "A float is a cash reserve. " + "It is counted every day. " * 20))
    composition = composed(QuestionForm.DEFINITION, reading(part_of(doc), support={"reserve": 3.0}))
    assert composition.unit is AnswerUnit.SENTENCES
    assert texts(composition) == ["A float is a cash reserve."]


def test_a_definition_in_a_glossary_is_its_item() -> None:
    """And in a text without blocks its sentence."""
    doc = page((ITEM, "- Float: a cash reserve"), (ITEM, "- Till: a box"))
    listed = composed(QuestionForm.DEFINITION, reading(part_of(doc), support={"Float": 3.0}))
    assert (listed.unit, texts(listed)) == (AnswerUnit.DEFINITION, ["Float: a cash reserve"])
    plain = composed(QuestionForm.DEFINITION, news(Ann_Lee=3.0))
    assert texts(plain) == ["Ann Lee asked for an apology."]


def test_an_overview_is_the_passages_blocks() -> None:
    """Paragraphs, items and code, without headings and table headers."""
    doc = page(
        (HEADING, "Leave"),
        (PARAGRAPH, "Staff get leave. It is paid."),
        (ITEM, "- 25 days"),
        (HEADER, "Years | Days"),
        (ROW, "5 | 30"),
    )
    composition = composed(QuestionForm.OVERVIEW, reading(part_of(doc), support={"paid": 3.0}))
    assert composition.unit is AnswerUnit.SECTION
    assert texts(composition) == ["Staff get leave. It is paid.", "25 days", "Years: 5; Days: 30"]


def test_an_overview_is_bounded_and_keeps_the_best_sentence() -> None:
    """Blocks up to 220 words, and the best one's block wherever it is."""
    long = "word " * 79 + "end."
    blocks = [(PARAGRAPH, f"Block {n} {long}") for n in range(6)]
    doc = page(*blocks)
    for best, shown in ((0, [0, 1]), (5, [0, 1, 5])):
        composition = composed(QuestionForm.OVERVIEW, reading(part_of(doc), support={f"Block {best}": 3.0}))
        assert [text.split()[1] for text in texts(composition)] == [str(n) for n in shown]


def test_a_text_without_blocks_shows_its_best_sentence() -> None:
    """There is no paragraph to show."""
    composition = composed(QuestionForm.OVERVIEW, news(Ann_Lee=3.0))
    assert (composition.unit, texts(composition)) == (
        AnswerUnit.SECTION,
        ["Ann Lee asked for an apology."],
    )
