"""When a short answer counts as right, and which sentences are evidence."""

from __future__ import annotations

import pytest

from evals.cases.case import Case
from evals.cases.evidence import Evidence
from evals.cases.matchers import Contains, Exact
from evals.train.calibration.collect_readings import (
    _case_accepts,
    _case_supports,
    _contains_evidence,
    _holds_answer,
    _is_evidence,
    is_right,
)
from tests.samples import candidate, document
from tests.unit.rag.answering.samples import HEADER, ROW, page, part_of, span

NEWS = "Captain Ada Moss called for a recount. Ines Falk refused."


@pytest.mark.parametrize(
    ("answer", "gold", "right"),
    [
        ("Ada Moss", "Captain Ada Moss", True),
        ("Ada Moss called for a recount", "Ada Moss", True),  # an F1 of 0.5
        ("Captain", "Captain Ada Moss called for a recount", True),  # its sentence has the whole
        ("Ines Falk", "Ada Moss", False),
        ("Captain", "Captain Bob Ray Hill", False),
        ("recount", "Ada Moss", False),  # its sentence has it, but no word is shared
    ],
)
def test_a_short_answer_is_right_by_its_words_and_its_sentence(answer: str, gold: str, right: bool) -> None:
    """Gold answers are clipped in several ways."""
    here = candidate(document(NEWS))
    assert is_right((gold,), span(here, answer, 3.0)) is right
    assert is_right(("nobody", gold), span(here, answer, 3.0)) is right


def test_without_an_accepted_answer_nothing_is_right() -> None:
    """An unanswerable question's."""
    assert not is_right((), span(candidate(document(NEWS)), "Ada Moss", 3.0))


ROOMS = page((HEADER, "Room | Floor | Key"), (ROW, "Oak | third | Ines Quell"), (ROW, "Elm | cellar | none"))
OAK = Case(
    id="oak",
    question="On which floor is Oak?",
    answerable=True,
    answers=(Contains(("third",)),),
    must_cite=((Evidence(quote="Oak"),),),
)


def test_a_neighbouring_cell_is_not_right() -> None:
    """Though its row contains what the case accepts."""
    here = part_of(ROOMS)
    assert [_case_accepts(OAK, span(here, cell, 3.0)) for cell in ("third", "Ines Quell", "Oak")] == [
        True,
        False,
        False,
    ]


def test_of_prose_the_sentence_counts_beside_the_short_answer() -> None:
    """As it is shown with it."""
    here = candidate(document(NEWS))
    case = Case(id="m", question="Who?", answerable=True, answers=(Contains(("Ada Moss", "recount")),))
    assert _case_accepts(case, span(here, "Ada Moss", 3.0))
    assert not _case_accepts(case, span(here, "Ines Falk", 3.0))
    exact = Case(id="m", question="Who?", answerable=True, answers=(Exact("Ada Moss"),))
    assert not _case_accepts(exact, span(here, "Captain Ada Moss", 3.0))


def test_a_sentence_supports_where_it_is_part_of_the_evidence() -> None:
    """Of a case what must be cited; of a passage any overlap makes it gold."""
    here = part_of(ROOMS, 1)
    oak, elm = here.passage.sentences
    assert (_case_supports(OAK, ROOMS, oak), _case_supports(OAK, ROOMS, elm)) == (True, False)
    assert _contains_evidence(OAK, here)
    assert not _contains_evidence(OAK, part_of(ROOMS, 2))


def test_evidence_spans_are_those_of_their_document() -> None:
    """A sentence that shares half of itself with one supports."""
    here = candidate(document(NEWS))
    first, second = here.passage.sentences
    spans = {"d1": [(0, first.end - 5)], "other": [(second.start, second.end)]}
    assert (
        _is_evidence(spans, here.document, first),
        _is_evidence(spans, here.document, second),
    ) == (True, False)


def test_of_a_training_article_the_sentence_with_an_answer_supports() -> None:
    """In the context that the question was asked of, however it is written."""
    here = candidate(document(NEWS, id="gold"))
    first, second = here.passage.sentences
    held = [_holds_answer(("the RECOUNT",), "gold", here.document, sentence) for sentence in (first, second)]
    assert held == [True, False]
    assert not _holds_answer(("recount",), "elsewhere", here.document, first)
