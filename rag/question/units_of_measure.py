"""Units of measure: which one a question asks for, and which one a number in a text is of.

Asked how many days, "two" of "two to five years" is no answer, though it is a number and near the words
asked about.
"""

from __future__ import annotations

import re

_FORMS = {
    "second": "seconds?|secs?",
    "minute": "minutes?|mins?",
    "hour": "hours?|hrs?",
    "day": "(?:business |working |calendar )?days?",
    "week": "weeks?",
    "month": "months?",
    "year": "years?|yrs?",
    "percent": "percent|per cent|percentage points?|%",
    "dollar": "dollars?|usd",
    "euro": "euros?|eur",
    "metre": "met(?:er|re)s?",
    "kilometre": "kilomet(?:er|re)s?|km",
    "mile": "miles?",
    "foot": "feet|foot|ft",
    "kilogram": "kilograms?|kilos?|kg",
    "pound": "pounds?|lbs?",
    "megabyte": "megabytes?|mb",
    "gigabyte": "gigabytes?|gb",
    "degree": "degrees?|°",
}
_ANY = "|".join(f"(?P<{name}>{form})" for name, form in _FORMS.items())
_ASKED = re.compile(rf"\bhow (?:many|much) (?:(?!of\b)[\w-]+ )?(?:{_ANY})(?!\w)", re.IGNORECASE)
_INSIDE = re.compile(rf"(?<![^\W\d_])(?:{_ANY})(?!\w)", re.IGNORECASE)
# What may stand between a number and its unit: the rest of a range, a hyphen.
_BEHIND = re.compile(rf"[\s-]*(?:(?:to|or|and|–|—)\s*[\w.,]+[\s-]*)?(?:{_ANY})(?!\w)", re.IGNORECASE)


def requested_unit(question: str) -> str | None:
    """The unit a question wants a number of.

    >>> requested_unit("How many days off do we get after five years?")
    'day'
    """
    return _name(_ASKED.search(question))


def unit_of(number: str, after: str) -> str | None:
    """The unit of a number: within it, or in the text behind it.

    >>> unit_of("two", " to five years | 25")
    'year'
    """
    return _name(_INSIDE.search(number) or _BEHIND.match(after))


def _name(match: re.Match[str] | None) -> str | None:
    return match.lastgroup if match else None
