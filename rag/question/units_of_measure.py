"""Units of measure: the one that a question requests, and the one of a number in a text.

To "how many days?", "two" of "two to five years" is no answer, though it is a number near the question's
words.
"""

from __future__ import annotations

import re

from rag.english.units import UNIT_FORMS

_UNIT = "|".join(f"(?P<{name}>{forms})" for name, forms in UNIT_FORMS.items())
_REQUESTED = re.compile(rf"\bhow (?:many|much) (?:(?!of\b)[\w-]+ )?(?:{_UNIT})(?!\w)", re.IGNORECASE)
_INSIDE = re.compile(rf"(?<![^\W\d_])(?:{_UNIT})(?!\w)", re.IGNORECASE)
# Between a number and its unit there may be the rest of a range, or a hyphen.
_AFTER = re.compile(rf"[\s-]*(?:(?:to|or|and|–|—)\s*[\w.,]+[\s-]*)?(?:{_UNIT})(?!\w)", re.IGNORECASE)


def requested_unit(question: str) -> str | None:
    """The unit of measure in which a question asks for a number.

    >>> requested_unit("How many litres of paint does a boat need?")
    'litre'
    """
    return _unit_name(_REQUESTED.search(question))


def unit_of(number: str, after: str) -> str | None:
    """The unit of measure of a number: within it, or in the text after it.

    >>> unit_of("six", " to eight weeks, four coats")
    'week'
    """
    return _unit_name(_INSIDE.search(number) or _AFTER.match(after))


def _unit_name(match: re.Match[str] | None) -> str | None:
    return match.lastgroup if match else None
