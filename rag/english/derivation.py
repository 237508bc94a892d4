"""Words that a word may be derived from: "wording" from "word", "spammers" from "spam"."""

from __future__ import annotations

import re
from collections.abc import Iterator

PREFIXES = ("mis", "non", "over", "pre", "re", "un", "under")
SUFFIXES = "able ed er ers ful fully ing ings less ly ment ments ness or ors s y".split()
"""Endings of regular derivation and inflection; those that begin with a vowel change some bases."""

_MIN_LETTERS = 3  # of a base
_VOWELS = "aeiouy"
_SHORT = re.compile(r"[^aeiou]*[aeiou][^aeiouwxy]")  # one syllable that doubles its last letter


def bases_of(word: str) -> Iterator[str]:
    """The forms that a folded word may be derived from, by one affix or a prefix and an ending.

    A base of one short syllable has its last letter doubled before a vowel, so "stoped" isn't from "stop".

    >>> list(bases_of("pager")), "spam" in bases_of("spammers"), "stop" in bases_of("stoped")
    (['page'], True, False)
    """
    yield from _without_ending(word)
    for prefix in PREFIXES:
        rest = word.removeprefix(prefix)
        if rest != word and len(rest) >= _MIN_LETTERS:
            yield rest
            yield from _without_ending(rest)


def _without_ending(word: str) -> Iterator[str]:
    for suffix in SUFFIXES:
        base = word.removesuffix(suffix)
        if base == word or len(base) < _MIN_LETTERS:
            continue
        if suffix[0] not in _VOWELS:
            yield base
            if suffix == "s" and base.endswith("e"):
                yield base[:-1]  # "fixes"
        else:
            if not _SHORT.fullmatch(base):
                yield base
            yield f"{base}e"
            if base[-1] == base[-2]:
                yield base[:-1]
        if base.endswith("i"):
            yield f"{base[:-1]}y"
