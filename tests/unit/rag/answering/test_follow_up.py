"""Evidence of a follow-up: it speaks of what is new, and its passage of what the follow-up refers to."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rag.answering.follow_up import speaks_of_follow_up
from rag.question.analysis import analyze_question
from rag.types import Candidate, Reading, Section, Span
from tests.samples import candidate, document

LOGS = "Server logs are kept for 30 days. Invoices are kept for ten years."
ASKED = "How long are they kept?"


def _reading(holder: Candidate, best: int) -> Reading:
    """A reading whose sentence with this number has the most support."""
    support = tuple(5.0 if n == best else -5.0 for n in range(len(holder.passage.sentences)))
    return Reading(candidate=holder, relevance=5.0, support=support, spans=())


def _speaks(text: str, best: int, *, new: tuple[str, ...] = (), shared: tuple[str, ...] = ()) -> bool:
    analysis = replace(analyze_question(ASKED, limit=100), new=new, shared=shared)
    return speaks_of_follow_up(analysis, _reading(candidate(document(text)), best), None)


@pytest.mark.parametrize(("best", "speaks"), [(0, False), (1, True)])
def test_the_evidence_itself_mentions_what_is_new(best: int, speaks: bool) -> None:
    """A sentence beside it doesn't count; any form of the word does."""
    assert _speaks(LOGS, best, new=("invoice",)) is speaks


def test_all_that_is_new_is_mentioned() -> None:
    assert not _speaks("Paper invoices are kept for ten years.", 0, new=("digital", "invoices"))


def test_a_question_before_the_evidence_counts() -> None:
    """As in a list of questions and answers."""
    assert _speaks("How long are invoices kept? Ten years.", 1, new=("invoices",))


def test_a_heading_above_the_evidence_counts() -> None:
    text = "Invoices\n\nThey are kept for ten years."
    body = Span(text.index("They"), len(text))
    page = document(text, sections=(Section(span=Span(0, len(text)), path=("Invoices",)),))
    analysis = replace(analyze_question(ASKED, limit=100), new=("invoices",))
    holder = candidate(page, body.slice(text))
    assert speaks_of_follow_up(analysis, _reading(holder, 0), None)


def test_some_of_what_is_shared_is_enough_anywhere_in_the_passage() -> None:
    assert _speaks(LOGS, 1, shared=("server", "rack"))
    assert not _speaks(LOGS, 1, shared=("holiday",))


def test_a_question_that_is_no_follow_up_needs_nothing() -> None:
    assert _speaks(LOGS, 0)
