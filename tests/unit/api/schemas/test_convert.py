"""Wire models and the core's values: nothing is lost on the way out and back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from api.schemas.asking import CitationOut
from api.schemas.convert import answer_out, citation_in, citation_out, trace_out
from rag.types import Conflict, Trace
from tests.fakes.engine import CITATION, QUOTE, abstention, answer


def test_a_citation_comes_back_as_it_went() -> None:
    """Saved as JSON and read again, it is the same citation but for the link it was given."""
    cited = replace(CITATION, page=3, section=("A", "B"), suffix=" So")
    saved = citation_out(cited).model_dump_json()
    returned = citation_in(CitationOut.model_validate_json(saved))
    assert replace(returned, url=None) == cited


def test_a_tampered_quote_is_no_citation() -> None:
    """A quote of another length than its span can't be read back."""
    sent = citation_out(CITATION).model_copy(update={"quote": QUOTE + "!"})
    with pytest.raises(ValueError, match="as long as its span"):
        citation_in(sent)


def test_a_citations_own_link_is_kept() -> None:
    """The default link stands only where there is none."""
    assert citation_out(replace(CITATION, url="https://x/1")).url == "https://x/1"


@pytest.mark.parametrize(
    ("inside", "outside"), [(0.123456, 0.1235), (1.0000001, 1.0), (-1e-9, 0.0), (0.99999, 1.0)]
)
def test_confidence_is_a_probability_with_four_decimals(inside: float, outside: float) -> None:
    """Rounded, and held to [0, 1]."""
    assert answer_out(replace(answer("Who?"), confidence=inside)).confidence == outside


def test_conflicts_are_told_with_their_citations() -> None:
    """Another value of the documents comes out beside the answer."""
    sent = answer_out(replace(answer("Who?"), conflicts=(Conflict(text="Bob", citations=(0,)),)))
    assert [(c.text, c.citations) for c in sent.conflicts] == [("Bob", [0])]


def test_an_abstention_has_no_answer_and_no_citations() -> None:
    """What was near is apart from what supports an answer."""
    sent = answer_out(abstention("Who?"))
    assert (sent.answered, sent.answer, sent.statements, sent.citations) == (False, None, [], [])


def test_a_trace_without_steps_found_nothing() -> None:
    """An empty trace is still whole."""
    told = trace_out(Trace(), models={}, index=None)
    assert (told.retrieved, told.timings_ms, told.index) == (0, {}, None)
