"""A sentence as tokens (words and marks), and tests of their form."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.english.function_words import FUNCTION_WORDS
from rag.english.reporting_verbs import REPORTING_VERBS
from rag.types import Span

QUOTATION_MARKS = frozenset(('"', "“", "”", "``", "''", "«", "»", "„"))
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


_ADDRESSEE_CONJUNCTIONS = frozenset(("if", "whether"))
_OUTSIDE = Token(0, 0, ".", ".")


def tokenize(text: str, span: Span, quoted: bool = False) -> tuple[list[Token], bool]:
    """The tokens of a sentence, and whether a quotation is still open at its end.

    ``quoted`` says whether one is open at its start. Straight marks open and close in turn.
    """
    tokens: list[Token] = []
    for match in _TOKEN.finditer(text, span.start, span.end):
        word = match[0]
        is_mark = word in QUOTATION_MARKS
        if is_mark:
            quoted = word in _OPENING_MARKS or (word == '"' and not quoted)
        tokens.append(Token(match.start(), match.end(), word, word.lower(), quoted or is_mark))
    return tokens, quoted


def token_at(sentence: Sequence[Token], index: int) -> Token:
    """The token at an index; a full stop beyond either end."""
    return sentence[index] if 0 <= index < len(sentence) else _OUTSIDE


def is_name_word(sentence: Sequence[Token], index: int) -> bool:
    """Whether a word has a capital and is no function word; "Will" and "May" may be names."""
    word = token_at(sentence, index)
    if not word.text[0].isupper():
        return False
    if word.lower.replace("’", "'").partition("'")[0] not in FUNCTION_WORDS:
        return True
    if word.text not in ("Will", "May"):
        return False
    return index > 0 or (sentence[-1].text != "?" and token_at(sentence, 1).lower not in FUNCTION_WORDS)


def is_capital_position(sentence: Sequence[Token], index: int) -> bool:
    """Whether any word would have a capital here: first in its sentence, or after any mark but a comma."""
    return index == 0 or not (sentence[index - 1].text[0].isalnum() or sentence[index - 1].text == ",")


def proper_words(sentence: Sequence[Token]) -> set[str]:
    """The words whose capital can't be due to their position."""
    return {
        word.text
        for index, word in enumerate(sentence)
        if word.text[0].isupper() and not is_capital_position(sentence, index)
    }


def is_reporting_subject(sentence: Sequence[Token], index: int) -> bool:
    """Whether a word is the subject of a reporting clause after the reported speech: '..., | he | said'."""
    if index == 0 or token_at(sentence, index + 1).lower not in REPORTING_VERBS:
        return False
    return sentence[index - 1].text == "," or sentence[index - 1].text in QUOTATION_MARKS


def addressee_before(sentence: Sequence[Token], index: int) -> Token | None:
    """The last word of a name that "if" or "whether" stands between and a pronoun: "ask Omar if he can come".

    Whoever is asked or told is the pronoun's antecedent, however salient others are. None where no
    capitalised word stands there.
    """
    is_conjunction = token_at(sentence, index - 1).lower in _ADDRESSEE_CONJUNCTIONS
    return (
        sentence[index - 2] if is_conjunction and index >= 2 and is_name_word(sentence, index - 2) else None
    )


def is_generic(sentence: Sequence[Token], index: int) -> bool:
    """Whether a pronoun is half of "he or she" or "he / she", which have no antecedent."""
    around = {word.lower for word in sentence[max(0, index - 2) : index + 3]}
    return {"he", "she"} <= around and not around.isdisjoint(("/", "or"))
