"""Which sentences of a source a statement may rest on."""

from __future__ import annotations

from rag.grounding.selection import SentenceIndex

SENTENCES = (
    "The pool is open all winter.",
    "Turn off the gas at the yellow lever.",
    "The roof hatches are opened with a rod.",
    "Gas is delivered on Mondays.",
)


def test_sentences_that_add_words_are_selected() -> None:
    """Not those that only repeat what another holds, in the order of the source."""
    index = SentenceIndex(SENTENCES)
    assert index.select("Turn the gas off at the yellow lever and open both roof hatches.") == [1, 2]


def test_no_more_than_asked_for() -> None:
    """The one that holds most comes first."""
    index = SentenceIndex(SENTENCES)
    assert index.select("Turn the gas off at the yellow lever and open both roof hatches.", n=1) == [1]


def test_nothing_in_common_selects_nothing() -> None:
    """Also of no sentences."""
    assert SentenceIndex(SENTENCES).select("Ferry tickets") == []
    assert SentenceIndex([]).select("Ferry tickets") == []
