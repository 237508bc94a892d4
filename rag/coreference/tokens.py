"""A sentence as words and marks, and what each word's looks tell of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.english.function_words import FUNCTION_WORDS
from rag.english.reporting_verbs import REPORTING_VERBS
from rag.types import Span

MARKS = frozenset(('"', "“", "”", "``", "''", "«", "»", "„"))
POSSESSIVES = frozenset(("'s", "’s"))
_OPENING_MARKS = frozenset(("“", "``", "«", "„"))
_TOKEN = re.compile(r"[^\W_]++(?:[-'’](?!s\b)[^\W_]++)*+|['’]s\b|``|''|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Token:
    """One word or mark. ``quoted``: it lies inside quotation marks, or is one."""

    start: int
    end: int
    text: str
    lower: str
    quoted: bool = False


_END = Token(0, 0, ".", ".")


def tokens(text: str, span: Span, quoted: bool = False) -> tuple[list[Token], bool]:
    """The words and marks of a sentence, and whether a quotation is still open at its end.

    ``quoted`` says whether one is open at its start. Straight marks open and close in turn.
    """
    found: list[Token] = []
    for match in _TOKEN.finditer(text, span.start, span.end):
        word = match[0]
        is_mark = word in MARKS
        if is_mark:
            quoted = word in _OPENING_MARKS or (word == '"' and not quoted)
        found.append(Token(match.start(), match.end(), word, word.lower(), quoted or is_mark))
    return found, quoted


def at(sentence: Sequence[Token], index: int) -> Token:
    """The token at an index; a full stop beyond either end."""
    return sentence[index] if 0 <= index < len(sentence) else _END


def is_name_word(sentence: Sequence[Token], index: int) -> bool:
    """Whether a word has a capital and is no function word; "Will" and "May" may be names."""
    word = at(sentence, index)
    if not word.text[0].isupper():
        return False
    if word.lower.replace("’", "'").partition("'")[0] not in FUNCTION_WORDS:
        return True
    if word.text not in ("Will", "May"):
        return False
    return index > 0 or (sentence[-1].text != "?" and at(sentence, 1).lower not in FUNCTION_WORDS)


def starts_anew(sentence: Sequence[Token], index: int) -> bool:
    """Whether a word could have its capital for its place alone."""
    return index == 0 or not (sentence[index - 1].text[0].isalnum() or sentence[index - 1].text == ",")


def capitalised(sentence: Sequence[Token]) -> set[str]:
    """The words whose capital can't be due to their place."""
    return {
        word.text
        for index, word in enumerate(sentence)
        if word.text[0].isupper() and not starts_anew(sentence, index)
    }


def is_reporting(sentence: Sequence[Token], index: int) -> bool:
    """Whether a word says, after what was said, who said it: '..., | he | said'."""
    if index == 0 or at(sentence, index + 1).lower not in REPORTING_VERBS:
        return False
    return sentence[index - 1].text == "," or sentence[index - 1].text in MARKS


def is_either(sentence: Sequence[Token], index: int) -> bool:
    """Whether a pronoun is half of "he or she" or "he / she": nobody in particular."""
    around = {word.lower for word in sentence[max(0, index - 2) : index + 3]}
    return {"he", "she"} <= around and not around.isdisjoint(("/", "or"))
