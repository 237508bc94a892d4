"""An LLM's stream to sentences with their [n] marks, each as soon as it has ended.

Understood are "… text. [3]", "… text [3].", "[3][7]", "[3, 7]" and "[3-5]". A line that begins as a list's
item is one sentence, whatever stops it holds. What a model thinks first (``<think>…</think>``) is skipped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from rag.text import sentences

_MAX_RANGE = 20  # numbers in "[a-b]"
_NUMBERS = r"\d{1,4}(?:\s*[,;–-]\s*\d{1,4})*"
_MARK = re.compile(rf"\s*\[({_NUMBERS})\]")
_MARKS = rf"(?:\[{_NUMBERS}\]\s*)+"
_MARKS_BEFORE_STOP = re.compile(rf"\s*({_MARKS})([.!?]+)(?=\s|$)")
_MARKS_AFTER_STOP = re.compile(rf"([.!?]+[\"”')]*)\s*({_MARKS})(\s|$)")
_NUMBER = re.compile(r"(\d+)(?:\s*[–-]\s*(\d+))?")
_SPACE_BEFORE_STOP = re.compile(r"\s+(?=[.,;:!?](?:\s|$))")
_ITEM = re.compile(r"\s*(?:[-*+•]|\(?\d{1,3}[.)])\s+")
_MAYBE_ITEM = re.compile(r"\s*(?:[-*+•]|\(?\d{0,3}[.)]?)?\s*")
_EMPHASIS = re.compile(r"\*\*|(?<!\S)#{1,6}\s+")
_WORD = re.compile(r"\w")
_THINKING, _THOUGHT = "<think>", "</think>"


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftSentence:
    """A sentence or item as an LLM wrote it, without its marks and without an item's bullet or number.

    ``cited`` are the numbers of its marks in order, each once. ``is_item`` tells that its line is a list's.
    """

    text: str
    cited: tuple[int, ...]
    is_item: bool = False


@dataclass(slots=True)
class SentenceParser:
    """Takes a text in pieces of any length. A sentence has ended when the next one's first word is there.

    >>> parser = SentenceParser()
    >>> [list(parser.feed(piece)) for piece in ("Shops open at nine [2]. They close", " at six. [3, 4]\\n")]
    [[DraftSentence(text='Shops open at nine.', cited=(2,), is_item=False)], \
[DraftSentence(text='They close at six.', cited=(3, 4), is_item=False)]]
    """

    _text: str = ""  # what hasn't ended
    _is_in_line: bool = False  # a sentence of the line that it belongs to has
    _thinks: bool | None = None  # None: not known yet

    def feed(self, piece: str) -> Iterator[DraftSentence]:
        """The sentences that end with this piece."""
        self._text += piece
        if self._is_thinking():
            return
        while "\n" in self._text:
            line, self._text = self._text.split("\n", 1)
            yield from self._end_line(line)
        yield from self._ended_sentences()

    def close(self) -> Iterator[DraftSentence]:
        """The last sentences. Only for a text that the LLM ended itself."""
        if not self._thinks:
            yield from self._end_line(self._text)
        self._text = ""

    def _is_thinking(self) -> bool:
        """Whether all there is belongs to a thought, or may begin one; a thought that ended is removed."""
        if self._thinks is None:
            begin = self._text.lstrip()
            if len(begin) < len(_THINKING) and _THINKING.startswith(begin):
                return True
            self._thinks = begin.startswith(_THINKING)
        if self._thinks and _THOUGHT in self._text:
            self._text = self._text.split(_THOUGHT, 1)[1]
            self._thinks = False
        return self._thinks

    def _end_line(self, line: str) -> Iterator[DraftSentence]:
        item = None if self._is_in_line else _ITEM.match(line)
        self._is_in_line = False
        found = _to_sentences([line[item.end() :]] if item else _pieces(line))
        yield from (replace(sentence, is_item=item is not None) for sentence in found)

    def _ended_sentences(self) -> Iterator[DraftSentence]:
        """Those of the unfinished line that end in a mark and have another one behind them."""
        if not self._is_in_line and (_ITEM.match(self._text) or _MAYBE_ITEM.fullmatch(self._text)):
            return
        words, space, last_word = self._text.rpartition(" ")
        pieces = _pieces(words)
        marked = [number for number, piece in enumerate(pieces[:-1]) if piece.rstrip().endswith("]")]
        if not marked or pieces[-1].startswith("["):  # a mark that isn't whole belongs to the sentence before
            return
        ended, rest = pieces[: marked[-1] + 1], pieces[marked[-1] + 1 :]
        self._text = "".join(rest) + space + last_word
        self._is_in_line = True
        yield from _to_sentences(ended)


def _pieces(text: str) -> list[str]:
    """The sentences of a line with their marks behind the stop; joined they are the line."""
    tidy = _EMPHASIS.sub("", text)
    tidy = _MARKS_BEFORE_STOP.sub(lambda match: match[2] + "".join(match[1].split()), tidy)
    tidy = _MARKS_AFTER_STOP.sub(lambda match: match[1] + "".join(match[2].split()) + match[3], tidy).strip()
    bounds = [*(span.start for span in sentences(tidy)), len(tidy)]
    return [tidy[start:end] for start, end in pairwise(bounds)]


def _to_sentences(pieces: Sequence[str]) -> Iterator[DraftSentence]:
    """Those of the pieces that hold more than marks."""
    for piece in pieces:
        text = _EMPHASIS.sub("", piece)
        cited = [number for mark in _MARK.finditer(text) for number in _numbers(mark[1])]
        bare = _SPACE_BEFORE_STOP.sub("", " ".join(_MARK.sub("", text).split()))
        if _WORD.search(bare):
            yield DraftSentence(text=bare, cited=tuple(dict.fromkeys(cited)))


def _numbers(mark: str) -> Iterator[int]:
    for first, last in _NUMBER.findall(mark):
        begin, end = int(first), int(last or first)
        yield from range(begin, min(max(begin, end), begin + _MAX_RANGE) + 1)
