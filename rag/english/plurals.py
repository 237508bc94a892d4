"""Plural nouns, told by their ending and by lists of what the ending doesn't tell."""

from __future__ import annotations

IRREGULAR_PLURALS = frozenset(
    """alumni children criteria feet folk indices men mice people phenomena policemen teeth women
    workmen""".split()
)
SINGULARS_IN_S = frozenset(
    """alias always analytics aws bias canvas chaos christmas cms css diabetes dns dress ethics
    expenses gas gps headquarters his https ios its jenkins kubernetes lens loads logistics lots
    maths means nas news os overseas perhaps physics plus politics postgres premises redis rights
    saas saas series sms species statistics terms this tls ups was yes""".split()
)
"""Words in s that are no plural, or whose plural has one meaning ("rights", "terms")."""

_SINGULAR_ENDINGS = ("ss", "us", "is", "'s", "’s")
_MIN_LETTERS = 4


def is_plural(word: str) -> bool:
    """Whether a folded word has the form of a plural noun; verbs in s ("runs") have it, too.

    >>> is_plural("keys"), is_plural("people"), is_plural("access"), is_plural("agency's")
    (True, True, False, False)
    """
    if word in IRREGULAR_PLURALS:
        return True
    return (
        len(word) >= _MIN_LETTERS
        and word.endswith("s")
        and word not in SINGULARS_IN_S
        and not word.endswith(_SINGULAR_ENDINGS)
    )
