from __future__ import annotations

import pytest

from evals.cases.evidence import Evidence
from evals.metrics.evidence_coverage import covered_groups, evidence_coverage
from rag.types import Span
from tests.unit.evals.forms import DOGS, GATE, ITEMS, TEXT, cite

GROUPS = [(Evidence(quote=item),) for item in ITEMS]


def test_coverage_is_the_share_of_the_parts_that_are_cited() -> None:
    """Three of four items."""
    assert evidence_coverage([cite(item) for item in ITEMS[:3]], GROUPS) == 0.75
    assert covered_groups([cite(ITEMS[1])], GROUPS) == [GROUPS[1]]
    assert evidence_coverage([], GROUPS) == 0.0


def test_one_citation_may_cover_several_parts() -> None:
    """A citation of the whole list covers each item."""
    assert evidence_coverage([cite(TEXT[: TEXT.index(DOGS)].strip())], GROUPS) == 1.0


def test_several_citations_do_not_cover_one_part_together() -> None:
    """Each must have most of it."""
    halves = [cite("Dogs are not"), cite("let in, guide dogs")]
    assert evidence_coverage(halves, [(Evidence(quote=DOGS),)]) == 0.0


def test_of_a_group_one_alternative_is_enough() -> None:
    """They say the same."""
    assert evidence_coverage([cite(DOGS)], [(Evidence(quote="No animals."), Evidence(quote=DOGS))]) == 1.0


@pytest.mark.parametrize(
    ("quote", "evidence", "covers"),
    [
        # Of the evidence's words seven of eight (88 %) are cited, then seven of nine (78 %).
        (DOGS, "Dogs are never let in, guide dogs excepted.", 1.0),
        (DOGS, "Dogs are never ever let in, guide dogs excepted.", 0.0),
        # A word that is wanted twice counts twice.
        ("Dogs", "dogs dogs", 0.0),
        # Mark-up and case of the evidence don't matter.
        (DOGS, "**DOGS** are not let in - guide dogs excepted", 1.0),
        # Five words within longer evidence are enough, four are not.
        ("the night crew is small", f"{GATE} So ring the bell, and wait until somebody comes for you.", 1.0),
        ("night crew is small", f"{GATE} So ring the bell, and wait until somebody comes for you.", 0.0),
        # Evidence without a word is covered by nothing.
        (DOGS, "—", 0.0),
    ],
)
def test_texts_are_compared_by_their_words(quote: str, evidence: str, covers: float) -> None:
    """Four fifths of the evidence's words, or five words of the citation within it."""
    assert evidence_coverage([cite(quote)], [(Evidence(quote=evidence),)]) == covers


@pytest.mark.parametrize(
    ("evidence", "covers"),
    [
        (Evidence(document="visitors.md"), 1.0),
        (Evidence(document="menu.md"), 0.0),
        (Evidence(document="menu.md", quote=DOGS), 0.0),
        (Evidence(document="visitors.md", span=Span(TEXT.index(DOGS), TEXT.index(DOGS) + 48)), 1.0),
        (Evidence(document="visitors.md", span=Span(TEXT.index(DOGS), TEXT.index(DOGS) + 60)), 1.0),
        (Evidence(document="visitors.md", span=Span(TEXT.index(DOGS) - 60, TEXT.index(DOGS) + 10)), 0.0),
        (Evidence(document="visitors.md", span=Span(0, 9), quote=DOGS), 0.0),
    ],
)
def test_evidence_by_document_or_offsets_is_measured_there(evidence: Evidence, covers: float) -> None:
    """Another document's citation covers none of it; offsets count in characters."""
    assert evidence_coverage([cite(DOGS)], [(evidence,)]) == covers


def test_without_evidence_nothing_is_measured() -> None:
    """Neither 0 nor 1 would be true."""
    with pytest.raises(ValueError, match="at least one group"):
        evidence_coverage([cite(DOGS)], [])
