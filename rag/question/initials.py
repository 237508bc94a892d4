"""Acronyms that a collection writes out and never defines: "PTO" of "Paid time off is asked for …".

A definition (``rag.question.acronyms``) says what an acronym means; here it is a guess. So an acronym is
expanded only where no text has it, and only to a phrase that stands where a noun phrase begins: at a
heading, at the begin of a sentence, behind an article or a preposition, more than once, in a passage that
has the question's other words. The shorter the acronym, the more of that is asked for, as any two words have
initials.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import pairwise

from rag.english.function_words import ARTICLES, FUNCTION_WORDS, PREPOSITIONS, STOP_WORDS
from rag.english.plurals import is_plural
from rag.english.pronouns import POSSESSIVE_DETERMINERS
from rag.english.verbs import AUXILIARIES
from rag.english.words import content_words, stem
from rag.question.acronyms import has_initials

_ACRONYM = re.compile(r"(?<![\w.&/-])(?:[A-Z]{2,6}|(?:[A-Z]\.){2,6})(s?)(?![\w&/-]|\.\w)")
_SMALL = re.compile(r"(?<![\w.&/'’-])[a-z]{3,5}?(s?)(?![\w&/'’-]|\.\w)")
_SEGMENT_END = re.compile(r"[.;:!?](?=\s|$)|[\n|(),\t\"“”]")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_BETWEEN = re.compile(r"[ \u00a0]+|[-‐‑/&]| ?& ?")
# Abbreviations that are words by themselves: nobody means a phrase of the collection by them.
_OF_THEIR_OWN = frozenset("AM PM OK US UK EU UN TV PC ID IT FAQ PDF USA URL WWW".split())
_BEFORE_A_NOUN = ARTICLES | POSSESSIVE_DETERMINERS | PREPOSITIONS | frozenset("all any each every no".split())
_NO_NOUN = STOP_WORDS | FUNCTION_WORDS
_ENDS = _NO_NOUN - frozenset("off up out down over".split())  # "paid time off", "stand up"
_INSIDE = frozenset("and down for in of off on or out over the up".split())  # a phrase, with content words
_MAX_SKIPPED = 2  # function words of a phrase that give the acronym no letter
_MAX_COUNTED = 2  # occurrences beyond the first
_NEEDED = {2: 4, 3: 2}  # strength of a phrase, by the letters of the acronym
_NEEDED_OF_LONGER = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class SpelledOut:
    """An acronym of a question, where it stands there, with the phrase that texts have for it."""

    start: int
    end: int
    acronym: str
    phrase: str


def spelled_out(
    question: str,
    texts: Sequence[str],
    headings: Sequence[str] = (),
    *,
    is_known: Callable[[str], bool] | None = None,
) -> tuple[SpelledOut, ...]:
    """The acronyms of a question that no text has, with the phrases that texts spell them out by; in order.

    Args:
        texts: the passages that the question retrieved, best first.
        headings: titles and headings above these.
        is_known: whether a word in small letters is one; a short one that is none, and that no text has, may
            be an acronym too. None: only capitals are.

    >>> [s.phrase for s in spelled_out("When must PTO be asked for?", ["Paid time off is asked for early."])]
    ['Paid time off']
    """
    if question.isupper():
        return ()
    found = []
    matches = list(_ACRONYM.finditer(question))
    if is_known is not None:
        small = _SMALL.finditer(question)
        matches += [m for m in small if not (is_known(m[0]) or (m[1] and is_known(m[0][:-1])))]
    for match in sorted(matches, key=re.Match.start):
        typed = match.group()[: -len(match[1]) or None].replace(".", "")
        acronym = typed.upper()
        if acronym in _OF_THEIR_OWN or _is_written(acronym, [*texts, *headings]):
            continue
        if typed != acronym and any(re.search(rf"\b{typed}", text, re.IGNORECASE) for text in texts):
            continue
        others = {stem(word) for word in content_words(question) if word != match.group().casefold()}
        phrase = _phrase(acronym, texts, headings, others, is_plural_asked=bool(match[1]))
        if phrase is not None:
            found.append(
                SpelledOut(start=match.start(), end=match.end(), acronym=match.group(), phrase=phrase)
            )
    return tuple(found)


def written_out(question: str, spelled: Sequence[SpelledOut]) -> str:
    """The question with the phrases in the places of its acronyms.

    >>> question = "How long may EVs charge?"
    >>> written_out(question, spelled_out(question, ["Electric vehicles may charge for an hour."]))
    'How long may electric vehicles charge?'
    """
    for one in reversed(spelled):
        first, space, rest = one.phrase.partition(" ")
        # A capital that only the begin of the sentence gave it.
        phrase = one.phrase if first.isupper() or not rest.islower() else f"{first.lower()}{space}{rest}"
        last = phrase.split()[-1].casefold()
        if one.acronym.endswith("s") and last.isalpha() and not is_plural(last):
            phrase += "s"
        before = question[: one.start]
        if phrase[0].casefold() not in "aeiou":
            before = re.sub(r"\b([Aa])n $", r"\1 ", before)
        question = f"{before}{phrase}{question[one.end :]}"
    return question


def _phrase(
    acronym: str,
    texts: Sequence[str],
    headings: Sequence[str],
    asked: AbstractSet[str],
    *,
    is_plural_asked: bool,
) -> str | None:
    """The strongest phrase with these initials; None where none is strong enough, or two are.

    Args:
        asked: stems of the question's other words; a passage with half of them speaks of the same.
    """
    strength: dict[str, int] = {}
    shown: dict[str, str] = {}
    counts: Counter[str] = Counter()
    for kind, parts in (("heading", dict.fromkeys(headings)), ("text", texts)):
        for part in parts:
            phrases = list(_phrases(acronym, part, is_heading=kind == "heading"))
            held = asked & {stem(word) for word in content_words(part)} if phrases else frozenset[str]()
            is_related = bool(held) and 2 * len(held) >= len(asked)
            for phrase, score in phrases:
                words = phrase.casefold()
                key = words.removesuffix("s")
                bonus = 1 if is_plural_asked and is_plural(words.split()[-1]) else 0
                strength[key] = max(strength.get(key, 0), score + bonus + is_related)
                shown.setdefault(key, phrase)
                counts[key] += 1
    total = {key: score + min(_MAX_COUNTED, counts[key] - 1) for key, score in strength.items()}
    if not total:
        return None
    best = max(total.values())
    if best < _NEEDED.get(len(acronym), _NEEDED_OF_LONGER):
        return None
    strongest = [key for key, score in total.items() if score == best]
    return shown[strongest[0]] if len(strongest) == 1 else None


def _phrases(acronym: str, text: str, *, is_heading: bool) -> Iterator[tuple[str, int]]:
    """The phrases of a text with these initials, each with how sure it is a noun phrase."""
    for segment in _SEGMENT_END.split(text):
        matches = list(_WORD.finditer(segment))
        words = [match.group() for match in matches]
        folded = [word.casefold() for word in words]
        for start, word in enumerate(folded):
            if word[0] != acronym[0].casefold() or word in _NO_NOUN:
                continue
            for end in range(start + 2, min(len(words), start + len(acronym) + _MAX_SKIPPED) + 1):
                if folded[end - 1] in _ENDS or not has_initials(acronym, words[start:end]):
                    continue
                if any(word in _NO_NOUN - _INSIDE for word in folded[start:end]):
                    continue  # "fueled by increased" is no FBI
                if not _is_one_phrase(segment, matches[start:end]):
                    continue
                at = matches[start].start(), matches[end - 1].end()
                yield segment[slice(*at)], _strength(words, folded, start, end, is_heading=is_heading)


def _is_one_phrase(segment: str, matches: Sequence[re.Match[str]]) -> bool:
    return all(_BETWEEN.fullmatch(segment[one.end() : other.start()]) for one, other in pairwise(matches))


def _strength(words: Sequence[str], folded: Sequence[str], start: int, end: int, *, is_heading: bool) -> int:
    before = folded[start - 1] if start else None
    opens = before is None or before in _BEFORE_A_NOUN
    after = folded[end] if end < len(words) else None
    closes = after is None or after in AUXILIARIES or after in FUNCTION_WORDS
    is_name = all(word[0].isupper() or word.casefold() in FUNCTION_WORDS for word in words[start:end])
    return 2 * opens + closes + is_name + (1 if is_heading else 0)


def _is_written(acronym: str, texts: Sequence[str]) -> bool:
    letters = r"\.?".join(acronym)
    pattern = re.compile(rf"(?<![A-Za-z]){letters}(?![A-RT-Za-rt-z])")
    return any(pattern.search(text) for text in texts)
