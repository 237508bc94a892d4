"""Where a text says what a matcher accepts: the places that an answer could be taken from.

An answer is compared with a matcher as a whole; a document says much else. So these are places from which a
right answer can be read, and no proof that one of them answers the question.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import singledispatch

from evals.cases.matchers import Contains, Date, Exact, ItemList, Matcher, Number, Regex
from rag.answering.comparison import normalise
from rag.explanation.regions import quote_spans
from rag.text import sentences
from rag.types import Span

_MAX_ANSWER_WORDS = 12  # of a short answer that an anchored pattern is tried on
_WORD = re.compile(r"\S+")
_ANCHOR = re.compile(r"[\^$]|\\[AZ]")


@singledispatch
def accepted_spans(matcher: Matcher, text: str) -> list[Span]:  # noqa: ARG001 (of a kind that isn't known)
    """The spans of a text that say what the matcher accepts, in order; empty where there is none.

    Raises:
        TypeError: the matcher is of a kind that isn't known here.
    """
    raise TypeError(f"no places are known for {type(matcher).__name__}")


@accepted_spans.register
def _(matcher: Exact, text: str) -> list[Span]:
    return quote_spans(text, matcher.text) or _sentences_with(text, [matcher.text])


@accepted_spans.register
def _(matcher: Contains, text: str) -> list[Span]:
    return _sentences_with(text, matcher.phrases)


@accepted_spans.register
def _(matcher: ItemList, text: str) -> list[Span]:
    return _sentences_with(text, matcher.items)


@accepted_spans.register
def _(matcher: Number, text: str) -> list[Span]:
    return [span for span, value in matcher.numbers_in(text) if matcher.is_near(value)]


@accepted_spans.register
def _(matcher: Date, text: str) -> list[Span]:
    return _where(text, lambda sentence: matcher.is_named_in(sentence))


@accepted_spans.register
def _(matcher: Regex, text: str) -> list[Span]:
    found = _where(text, lambda sentence: _matches(matcher, sentence))
    if found or _ANCHOR.search(matcher.pattern) is None:
        return found
    return _where(text, lambda sentence: any(_matches(matcher, part) for part in _word_runs(sentence)))


def _matches(matcher: Regex, text: str) -> bool:
    return re.search(matcher.pattern, " ".join(text.split())) is not None


def _word_runs(sentence: str) -> Iterator[str]:
    """Every run of words of a sentence that could be a short answer."""
    words = [(match.start(), match.end()) for match in _WORD.finditer(sentence)]
    for first, (start, _) in enumerate(words):
        for _, end in words[first : first + _MAX_ANSWER_WORDS]:
            yield sentence[start:end]
            yield sentence[start:end].rstrip(".,;:!?")


def _sentences_with(text: str, phrases: Sequence[str]) -> list[Span]:
    """The sentences that hold all phrases as whole words; where they stand apart, those that hold most."""
    sought = [f" {normalise(phrase)} " for phrase in phrases]
    whole = f" {normalise(text)} "
    if not all(phrase in whole for phrase in sought):
        return []
    counted = []
    for span in sentences(text):
        words = f" {normalise(span.slice(text))} "
        counted.append((sum(phrase in words for phrase in sought), span))
    most = max((count for count, _ in counted), default=0)
    return [span for count, span in counted if count == most and count]


def _where(text: str, holds: Callable[[str], bool]) -> list[Span]:
    return [span for span in sentences(text) if holds(span.slice(text))]
