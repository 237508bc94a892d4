"""Yes or No at the head of a draft."""

from __future__ import annotations

import pytest

from rag.drafting.evidence import Acceptance, collect_evidence
from rag.drafting.keep_rules import KeptSentence
from rag.drafting.sentence_parser import DraftSentence
from rag.drafting.verdict import Verdict, confirmed_verdict, split_verdict
from rag.types import Polarity
from tests.unit.rag.drafting.harbour import FEES_PASSAGE, PROTOCOL_PASSAGE, Read, read, reading

YES = Polarity(yes=0.7, no=0.2, neither=0.1)
NO = Polarity(yes=0.1, no=0.8, neither=0.1)
NEITHER = Polarity(yes=0.3, no=0.3, neither=0.4)


@pytest.mark.parametrize(
    ("text", "verdict", "rest"),
    [
        ("Yes", "Yes", None),
        ("NO.", "No", None),
        ("Yes, boats pay nothing.", "Yes", "Boats pay nothing."),
        ("No — ships pay.", "No", "Ships pay."),
        ("No boats pay.", None, "No boats pay."),
        ("Nobody pays.", None, "Nobody pays."),
        ("No-one pays.", None, "No-one pays."),
        ("No. 5 is free.", None, "No. 5 is free."),
        ("Yes - boats do.", "Yes", "Boats do."),
        ("Ships pay.", None, "Ships pay."),
    ],
)
def test_a_verdict_is_a_word_of_its_own(text: str, verdict: str | None, rest: str | None) -> None:
    """Alone, or before a comma or dash; "no boats" is a sentence."""
    found, left = split_verdict(DraftSentence(text=text, cited=(2,)))
    assert (found, left and left.text) == (verdict, rest)
    assert left is None or left.cited == (2,)


def kept_of(found: Read, number: int) -> list[KeptSentence]:
    """A sentence that rests on one unit."""
    acceptance = Acceptance(min_relevance=-9.0, min_support=-9.0)
    units = collect_evidence([found], passages=6, characters=10_000, acceptance=acceptance)
    return [KeptSentence(sentence=DraftSentence(text="x", cited=(number,)), units=(units[number - 1],))]


@pytest.mark.parametrize(
    ("verdict", "polarity", "expected"),
    [("Yes", YES, "Yes"), ("Yes", NO, None), ("No", NO, "No"), ("No", NEITHER, None), ("Yes", None, None)],
)
def test_the_reader_has_to_agree(verdict: str, polarity: Polarity | None, expected: str | None) -> None:
    """An LLM's word alone says neither yes nor no."""
    found = read("Do boats pay?", reading(FEES_PASSAGE, 3.0, polarity=polarity))
    confirmed = confirmed_verdict(verdict, found, kept_of(found, 2))
    assert (confirmed and confirmed.word) == expected
    assert confirmed_verdict(None, found, kept_of(found, 2)) is None


def test_the_polarity_that_counts_is_of_the_cited_passage() -> None:
    """Another passage's yes confirms nothing."""
    found = read(
        "Do boats pay?",
        reading(PROTOCOL_PASSAGE, 4.0, polarity=YES),
        reading(FEES_PASSAGE, 3.0, polarity=NO),
    )
    assert confirmed_verdict("Yes", found, kept_of(found, 4)) is None
    assert confirmed_verdict("No", found, kept_of(found, 4)) == Verdict(word="No", probability=NO.no)
