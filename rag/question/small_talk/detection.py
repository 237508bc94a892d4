"""Which lines are small talk, of what kind, and in which language.

A line is small talk where each of its clauses is, as a whole: "hello" and "thanks, bye" are, "hello world
example?" and "thanks, and how long is the notice period?" are not. To take a question for small talk is worse
than to search for a greeting, so that lists hold only what hardly any document is asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from rag.question.small_talk.english import ENGLISH
from rag.question.small_talk.german import GERMAN
from rag.question.small_talk.language import TalkLanguage
from rag.types import TalkKind

LANGUAGES: tuple[TalkLanguage, ...] = (ENGLISH, GERMAN)
"""In order: a line that is small talk in several languages is taken for the first."""

_MAX_CHARACTERS = 200
_ORDER = (  # of a line that is several: what is asked comes before what is polite
    TalkKind.DOCUMENTS,
    TalkKind.ABILITY,
    TalkKind.MAKER,
    TalkKind.IDENTITY,
    TalkKind.WELLBEING,
    TalkKind.FAREWELL,
    TalkKind.THANKS,
    TalkKind.GREETING,
    TalkKind.ACKNOWLEDGEMENT,
)
_POLITE = (TalkKind.THANKS, TalkKind.FAREWELL, TalkKind.GREETING, TalkKind.ACKNOWLEDGEMENT)
_BORDER = re.compile(r"[.,!?;:…\n]+|\s[-–—]+\s")
_EDGE = re.compile(r"^[^\w]+|[^\w]+$")


@dataclass(frozen=True, slots=True, kw_only=True)
class SmallTalk:
    """What a line is, and the language that it is in."""

    kind: TalkKind
    language: TalkLanguage


def small_talk(text: str) -> SmallTalk | None:
    """The kind of a line of small talk; None where it asks something, or says anything else.

    >>> small_talk("Hi! What can you do?").kind
    <TalkKind.ABILITY: 'ability'>
    >>> small_talk("What can you do about noise?")
    """
    if len(text) > _MAX_CHARACTERS:
        return None
    clauses = [_EDGE.sub("", " ".join(part.split())) for part in _BORDER.split(text.casefold())]
    clauses = [clause for clause in clauses if clause]
    if not clauses:
        return None
    for language in LANGUAGES:
        lines = [clause for clause in clauses if not re.fullmatch(language.openers, clause)] or clauses
        found = [kind for clause in lines if (kind := _kind_of(clause, language)) is not None]
        if len(found) == len(lines):
            return SmallTalk(kind=min(found, key=_ORDER.index), language=language)
    return None


def _kind_of(clause: str, language: TalkLanguage) -> TalkKind | None:
    return next((kind for kind, line in _lines(language.tag) if line.fullmatch(clause)), None)


@cache
def _lines(tag: str) -> tuple[tuple[TalkKind, re.Pattern[str]], ...]:
    """For each kind what a whole clause of it looks like, polite lines before and after it included."""
    language = next(one for one in LANGUAGES if one.tag == tag)
    polite = _any_of(pattern for kind in _POLITE for pattern in language.lines[kind])
    around = rf"(?:{language.openers}|{polite})"
    return tuple(
        (kind, re.compile(rf"(?:{around} )*?{_any_of(language.lines[kind])}(?: {around})*?"))
        for kind in _ORDER
    )


def _any_of(patterns: Iterable[str]) -> str:
    return f"(?:{'|'.join(patterns)})"
