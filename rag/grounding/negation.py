"""Whether a sentence is negated where a text isn't, or the reverse: "may" is no support for "may not".

A cue ("not", "never", "failed to") negates the next words of its clause for certain, and any word of the
clause perhaps ("PDFs are not accepted"). Two texts differ where one surely negates words that the other has
and doesn't perhaps negate. Cues and their reach are those of NegEx (Chapman et al. 2001) in spirit.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from rag.english.words import stem
from rag.grounding.words import Word, words_of

_CUE = re.compile(
    r"\b(?:not|never|no|none|neither|nor|nobody|nothing|nowhere|without|cannot)\b|n['’]t\b"
    r"|\b(?:fail(?:s|ed|ing)?|refus(?:e|es|ed|ing)|unable|forbidden|prohibited) to\b|\black(?:s|ed|ing)?\b"
    r"|\b(?:banned|prohibited|barred) from\b",
    re.IGNORECASE,
)
_NO_CUE = re.compile(
    r"\bnot (?:only|just|merely|least|necessarily|to mention)\b|\b(?:whether|if) or not\b|\bno\.?\s?\d"
    r"|\bno (?:matter|doubt)\b|\b(?:no|not) (?:later|earlier|more|less|fewer|longer) than\b",
    re.IGNORECASE,
)
_SURE_END = re.compile(
    r"[,;:.()\n]|\s[-–—]\s|\b(?:but|although|because|since|so that|if|unless|until|when|where|which|while)\b",
    re.I,
)
_CLAUSE_BORDER = re.compile(
    r"[;:()\n]|\b(?:but|although|because|since|so that|though|whereas|while|unless|until|if)\b|\.(?=\s|\Z)",
    re.I,
)
_REACH = 4  # content words after a cue that it surely negates
_MIN_SHARED = 0.5  # of their weight, in the other text

_NEGATIVE_WORDS = """
    absence absent avoid ban banned bar barred decline denied deny disallow exclude excluded fail failure
    forbid forbidden impossible ineligible instead invalid lack less only optional prevent prohibit prohibited
    rather refusal refuse reject rejected stop stopped unable unlikely unnecessary voluntary"""
_NEGATIVE_STEMS = frozenset(map(stem, _NEGATIVE_WORDS.split()))
_NEGATIVE_ADVERBS = frozenset("barely hardly rarely scarcely seldom".split())
_PROHIBITIONS = frozenset(map(stem, "ban banned disallow forbid forbidden prohibit refuse reject".split()))
_PERMISSIONS = frozenset(map(stem, "accept allow approve enable permit welcome".split()))
_PREFIX = re.compile(r"(?:un|non|dis|in|im|ir|il)(?P<base>\w{4,})")


@dataclass(frozen=True, slots=True)
class _Polarity:
    """The negations of a text.

    Attributes:
        cues: each cue with the words that it surely negates.
        clauses: the stems of each clause, and whether it has a cue.
        pairs: neighbouring content words ("" before the first), and whether a cue stands between them.
    """

    cues: tuple[tuple[str, tuple[Word, ...]], ...]
    clauses: tuple[tuple[frozenset[str], bool], ...]
    pairs: dict[tuple[str, str], frozenset[bool]]
    words: tuple[Word, ...]
    stems: frozenset[str]


def negation_mismatch(sentence: str, aligned: Sequence[str], cited: Sequence[str] = ()) -> str | None:
    """The negation by which a sentence differs from what it is cited from, or None.

    A negated sentence needs some negation in what is cited.

    A word that is negative in meaning ("forbidden", "unable") makes up for a cue where only one side has it.

    Args:
        aligned: the cited texts that say the same as the sentence but for negation; it must differ from each.
        cited: further cited texts, in which a negation of the sentence may stand, too.

    >>> negation_mismatch("Keys may be shared.", ["Keys may not be shared."])
    'not'
    >>> negation_mismatch("Sharing keys is forbidden.", ["You must not share keys."]) is None
    True
    """
    own = _polarity(sentence)
    if own.cues and not any(_maybe_negated(_polarity(text), own) for text in (*aligned, *cited)):
        return own.cues[0][0]
    found = [_mismatch(own, _polarity(text)) for text in aligned]
    if not found or not all(found):
        return None
    is_elsewhere = own.cues and any(
        _unmatched_cue(own, _polarity(text), is_sentence=True) is None
        for text in cited
        if text not in aligned and _shares_negated(own, _polarity(text))
    )
    return None if is_elsewhere else found[0]


def _shares_negated(sentence: _Polarity, text: _Polarity) -> bool:
    return bool(text.cues) and any(
        word.stem in text.stems for _, negated in sentence.cues for word in negated
    )


def _mismatch(sentence: _Polarity, text: _Polarity) -> str | None:
    cue = _unmatched_cue(sentence, text, is_sentence=True) or _unmatched_cue(text, sentence)
    if cue or _differs_between_neighbours(sentence, text):
        return cue or next((cue for cue, _ in (*sentence.cues, *text.cues)), "not")
    return _opposite_permission(sentence, text) or _opposite_permission(text, sentence)


def _differs_between_neighbours(one: _Polarity, other: _Polarity) -> bool:
    """Whether two words are neighbours in both texts, with a cue between them in one alone."""
    if len(one.cues) == len(other.cues):
        return False
    shared = ((flags, other.pairs[pair]) for pair, flags in one.pairs.items() if pair in other.pairs)
    return any(len(mine) == len(theirs) == 1 and mine != theirs for mine, theirs in shared)


def _unmatched_cue(one: _Polarity, other: _Polarity, *, is_sentence: bool = False) -> str | None:
    """The cue of one text whose words the other has without a negation.

    A sentence's cue needs one in the text also where the text has none of the words.
    """
    maybe_negated = _maybe_negated(other, one)
    if any(not negated for _, negated in other.cues):  # "others do not": what it negates stands elsewhere
        return None
    for cue, negated in one.cues:
        shared = [word for word in negated if word.stem in other.stems]
        if is_sentence and not shared and negated and not maybe_negated:
            return cue
        is_shared = sum(w.weight for w in shared) >= _MIN_SHARED * sum(w.weight for w in negated)
        if shared and is_shared and not any(word.stem in maybe_negated for word in shared):
            return cue
    return None


def _maybe_negated(text: _Polarity, other: _Polarity) -> frozenset[str]:
    """The stems of the clauses that have a cue, or a negative word that the other text hasn't."""
    found = [stems for stems, has_cue in text.clauses if has_cue or _negative_words(text, stems, other)]
    return frozenset().union(*found)


def _negative_words(text: _Polarity, clause: frozenset[str], other: _Polarity) -> bool:
    if (clause & _NEGATIVE_STEMS) - other.stems or clause & _NEGATIVE_ADVERBS:
        return True
    inside = (word for word in text.words if word.stem in clause and word.stem not in other.stems)
    return any((m := _PREFIX.fullmatch(word.folded)) and stem(m["base"]) in other.stems for word in inside)


def _opposite_permission(one: _Polarity, other: _Polarity) -> str | None:
    """The word by which one text forbids what the other, without any negation, allows."""
    if one.cues or other.cues or not (other.stems & _PERMISSIONS) - one.stems:
        return None
    forbidding = [word for word in one.words if word.stem in _PROHIBITIONS - other.stems]
    is_negative = any(stems & (_PROHIBITIONS - one.stems) for stems, _ in other.clauses)
    return forbidding[0].text if forbidding and not is_negative else None


@lru_cache(maxsize=4096)
def _polarity(text: str) -> _Polarity:
    cues = [*_cues(text)]
    inside_cues = [match.span() for match in cues]
    words = tuple(w for w in words_of(text) if not any(a < w.end and w.start < b for a, b in inside_cues))
    return _Polarity(
        cues=tuple((cue.group(), _surely_negated(text, cue, words)) for cue in cues),
        clauses=tuple(_clauses(text, cues, words)),
        pairs=_pairs(cues, [word for word in words if word.weight]),
        words=words,
        stems=frozenset(word.stem for word in words),
    )


def _surely_negated(text: str, cue: re.Match[str], words: Sequence[Word]) -> tuple[Word, ...]:
    border = _SURE_END.search(text, cue.end())
    end = border.start() if border else len(text)
    return tuple([word for word in words if word.weight and cue.end() <= word.start < end][:_REACH])


def _clauses(
    text: str, cues: Sequence[re.Match[str]], words: Sequence[Word]
) -> Iterator[tuple[frozenset[str], bool]]:
    borders = [0, *(border.end() for border in _CLAUSE_BORDER.finditer(text)), len(text)]
    for start, end in pairwise(borders):
        inside = [cue for cue in cues if start <= cue.start() < end]
        # "without" says something of what follows it alone.
        if inside and all(cue.group().lower() == "without" for cue in inside):
            start = inside[0].start()
        yield frozenset(w.stem for w in words if start <= w.start < end), bool(inside)


def _pairs(cues: Sequence[re.Match[str]], words: Sequence[Word]) -> dict[tuple[str, str], frozenset[bool]]:
    found: dict[tuple[str, str], frozenset[bool]] = {}
    ends = [("", 0), *((word.stem, word.end) for word in words)]
    for (before, start), word in zip(ends, words, strict=False):
        has_cue = any(start <= cue.end() and cue.start() < word.start for cue in cues)
        found[before, word.stem] = found.get((before, word.stem), frozenset()) | {has_cue}
    return found


def _cues(text: str) -> Iterator[re.Match[str]]:
    idioms = [match.span() for match in _NO_CUE.finditer(text)]
    for cue in _CUE.finditer(text):
        if not any(start <= cue.start() < end for start, end in idioms):
            yield cue
