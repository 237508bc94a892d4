"""An LLM's stream cut into sentences with their marks."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.drafting.sentence_parser import DraftSentence, SentenceParser


def parse(*pieces: str) -> list[tuple[str, tuple[int, ...], bool]]:
    """Text, marks and whether it is an item, of each sentence of a text that comes in pieces."""
    parser = SentenceParser()
    found = [sentence for piece in pieces for sentence in parser.feed(piece)]
    return [(one.text, one.cited, one.is_item) for one in [*found, *parser.close()]]


@pytest.mark.parametrize(
    ("text", "cited"),
    [
        ("Shops open at nine. [2]", (2,)),
        ("Shops open at nine [2].", (2,)),
        ("Shops open at nine.[2]", (2,)),
        ("Shops open at nine [2] [3].", (2, 3)),
        ("Shops open at nine [2][2][3].", (2, 3)),
        ("Shops open at nine [2, 3].", (2, 3)),
        ("Shops open at nine [2-4].", (2, 3, 4)),
        ("Shops [1] open at nine [2].", (1, 2)),
        ("**Shops** open at nine. [2]", (2,)),
        ("Shops open at nine.", ()),
    ],
)
def test_marks_are_read_and_removed(text: str, cited: tuple[int, ...]) -> None:
    """Wherever they stand, and whatever form they have."""
    assert parse(text) == [("Shops open at nine.", cited, False)]


def test_a_sentence_comes_with_the_first_word_of_the_next() -> None:
    """Not only at the end of its line."""
    parser = SentenceParser()
    assert list(parser.feed("Shops open at nine [2]. They")) == []
    assert [one.text for one in parser.feed(" close")] == ["Shops open at nine."]


def test_a_mark_after_the_stop_is_waited_for() -> None:
    """However the stream is cut."""
    assert parse("Shops open at nine. ", "[", "2", "] They close at six. [3]") == [
        ("Shops open at nine.", (2,), False),
        ("They close at six.", (3,), False),
    ]


def test_abbreviations_and_decimals_end_no_sentence() -> None:
    """As in documents."""
    assert parse("Dr. J. Doe measured 3.5 m, i.e. too much [1]. It was [2].") == [
        ("Dr. J. Doe measured 3.5 m, i.e. too much.", (1,), False),
        ("It was.", (2,), False),
    ]


def test_a_sentence_without_a_mark_keeps_none_of_its_neighbour() -> None:
    """A paragraph's last mark isn't that of the sentences before."""
    assert parse("Shops open at nine. They close at six. [3]") == [
        ("Shops open at nine.", (), False),
        ("They close at six.", (3,), False),
    ]


def test_each_line_of_a_list_is_one_item() -> None:
    """Bullets and numbers are removed; two sentences in it are one item."""
    assert parse("To enter:\n1. Call the pilot. Wait. [4]\n2) Show papers [5]\n- Pay [6]\n") == [
        ("To enter:", (), False),
        ("Call the pilot. Wait.", (4,), True),
        ("Show papers", (5,), True),
        ("Pay", (6,), True),
    ]


def test_thoughts_are_no_part_of_the_answer() -> None:
    """Though they have marks; a thought that doesn't end hides everything."""
    assert parse("<th", "ink>\nIt is [1].\n</thi", "nk>\n\nIt is nine [2].") == [("It is nine.", (2,), False)]
    assert parse("<think>It is nine [2].\nSurely.\n") == []


def test_huge_ranges_and_numbers_are_bounded() -> None:
    """A mark costs no time in proportion to its numbers."""
    ((_, cited, _),) = parse("It is nine [1-9999].")
    assert cited == tuple(range(1, 22))


def test_what_holds_no_word_is_no_sentence() -> None:
    """Marks, rules and empty lines."""
    assert parse("\n[2]\n---\n  \n***\n") == []


TEXTS = (
    "Shops open at nine [2]. They close at six. [3, 4]\nNo one may e.g. smoke [5]. See No. 4 [6]! Why? [7]",
    "<think>\nIt is [1].\n</think>\nYes, it is [2]. Not later [3].\n- One. Two [4]\n1. Three [5-6].\n# Four",
)


@given(st.sampled_from(TEXTS), st.lists(st.integers(0, 120), max_size=20))
def test_cutting_a_stream_elsewhere_changes_nothing(text: str, cuts: list[int]) -> None:
    """The same sentences come, in the same order."""
    bounds = [0, *sorted(cuts), len(text)]
    pieces = [text[start:end] for start, end in pairwise(bounds)]
    assert parse(*pieces) == parse(text)


def test_a_text_that_broke_off_gives_only_whole_sentences() -> None:
    """Without ``close`` the last one never comes."""
    parser = SentenceParser()
    found = list(parser.feed("Shops open at nine [2]. They close at six [3]"))
    assert found == [DraftSentence(text="Shops open at nine.", cited=(2,))]
