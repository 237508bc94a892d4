"""Sentences, words and paragraphs have exact offsets in any text."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text import paragraphs, quote_context, sentences, word_count, words
from rag.types import Span

any_text = st.text(st.characters(), max_size=300)
stop_text = st.text(st.sampled_from(list("aB1. !?…。\"'”)(\n\r\t-*•,\U0001f600\ud800\u0301م")), max_size=120)


def split(text: str) -> list[str]:
    return [span.slice(text) for span in sentences(text)]


CASES = [
    (
        'Okoro said, "Who would cross a lake in such a boat?" He asked for a bigger one.',
        ['Okoro said, "Who would cross a lake in such a boat?"', "He asked for a bigger one."],
    ),
    (
        "“Who would cross?” He left. (Why?) Nobody knew.",
        ["“Who would cross?”", "He left.", "(Why?)", "Nobody knew."],
    ),
    ('"Why?" Okoro asked. "Why?" he asked.', ['"Why?" Okoro asked.', '"Why?" he asked.']),
    ('"Stop!" Captain Okoro cried. All fled.', ['"Stop!" Captain Okoro cried.', "All fled."]),
    ('"Stop!" He cried all night.', ['"Stop!"', "He cried all night."]),
    ("Capt. Lee met Messrs. Ash and Roe. They ate.", ["Capt. Lee met Messrs. Ash and Roe.", "They ate."]),
    ("Open Mon. to Fri. Then we rest.", ["Open Mon. to Fri.", "Then we rest."]),
    ("Dr. Lee met J. R. R. Tolkien. They spoke.", ["Dr. Lee met J. R. R. Tolkien.", "They spoke."]),
    ("The U.S. Army left the U.S. The end.", ["The U.S. Army left the U.S.", "The end."]),
    ("See No. 5, e.g. Fig. 3. Then stop.", ["See No. 5, e.g. Fig. 3.", "Then stop."]),
    ("Acme Inc. Holdings paid Acme Inc. It hurt.", ["Acme Inc. Holdings paid Acme Inc.", "It hurt."]),
    (
        "Use 3.14.2 at 2.5 times. It is main.py. Run it.",
        ["Use 3.14.2 at 2.5 times.", "It is main.py.", "Run it."],
    ),
    ("See https://x.org/a.b?q=1!z. Then go.", ["See https://x.org/a.b?q=1!z.", "Then go."]),
    ("Well... maybe. Well... Then no. Well… Yes", ["Well... maybe.", "Well...", "Then no.", "Well…", "Yes"]),
    ("It rained.[1][2] It poured.", ["It rained.[1][2]", "It poured."]),
    (
        "Sold 5 on Nov. 17 at 5 a.m. to some. iPhone sales fell.",
        ["Sold 5 on Nov. 17 at 5 a.m. to some.", "iPhone sales fell."],
    ),
    ("これは文です。「はい。」そう言った", ["これは文です。", "「はい。」", "そう言った"]),
    ("मैं आया। वह गया।", ["मैं आया।", "वह गया।"]),
    ("كيف حالك؟ جيد.", ["كيف حالك؟", "جيد."]),
    ("Better:\n- one. two\n- Three\n1. Four", ["Better:", "- one. two", "- Three", "1. Four"]),
    ("A wrapped\nline goes on.\n \nA new one", ["A wrapped\nline goes on.", "A new one"]),
    ("😀 One. 👍 Two.", ["😀 One.", "👍 Two."]),
    ("! ! ! ...", ["! ! ! ..."]),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_sentences_end_where_a_person_would_end_them(text: str, expected: list[str]) -> None:
    """Abbreviations, initials, numbers, quotes, brackets, links, lists and other scripts."""
    assert split(text) == expected


@given(st.one_of(any_text, stop_text), st.data())
def test_sentences_tile_the_text(text: str, data: st.DataObject) -> None:
    """Every character but white space is in exactly one sentence, and none has outer white space."""
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    at = start
    for span in sentences(text, Span(start, end)):
        assert at <= span.start < span.end <= end
        assert not text[at : span.start].strip()
        assert span.slice(text) == span.slice(text).strip()
        at = span.end
    assert not text[at:end].strip()


@pytest.mark.parametrize(
    "text",
    ["a" * 10**6, "." * 10**6, '("' * 500_000, "U.S. " * 200_000, "\n " * 500_000, "\ud800! " * 300_000],
)
def test_a_megabyte_of_anything_is_split_in_linear_time(text: str) -> None:
    """The suite's time limit ends a quadratic splitter: each of these takes under a second."""
    assert all(len(span) for span in sentences(text))


@given(any_text)
def test_words_have_no_white_space_and_are_counted(text: str) -> None:
    """Words are in order, hold no white space, and word_count agrees with words."""
    spans = words(text)
    assert word_count(text) == len(spans)
    assert all(not any(c.isspace() for c in span.slice(text)) for span in spans)
    assert all(a.end <= b.start for a, b in pairwise(spans))


def test_words_have_apostrophes_inside_and_no_other_marks() -> None:
    """Apostrophes belong to a word, hyphens and stops don't, and each ideograph is a word."""
    text = "Okoro’s 3-wheel cart, v3.1: 漢字 naïve"
    assert [w.slice(text) for w in words(text)] == [
        "Okoro’s",
        "3",
        "wheel",
        "cart",
        "v3",
        "1",
        "漢",
        "字",
        "naïve",
    ]


@given(st.text(st.sampled_from("ab \n\t"), max_size=60))
def test_paragraphs_hold_no_empty_line(text: str) -> None:
    """Paragraphs are trimmed, hold no empty line, and leave only white space out."""
    spans = paragraphs(text)
    assert "".join("".join(s.slice(text).split()) for s in spans) == "".join(text.split())
    assert all(line.strip() for s in spans for line in s.slice(text).split("\n"))


def test_quote_context_is_cut_at_the_text_s_ends() -> None:
    """Prefix and suffix hold at most n characters and stop at the text's ends."""
    assert quote_context("abcdef", Span(1, 3), 2) == ("a", "de")
    assert quote_context("abcdef", Span(0, 6)) == ("", "")
