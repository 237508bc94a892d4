"""Dates as people write them in a sentence, with only the parts that they name.

dateutil fills in a part that is left out. Each date is therefore parsed twice, with two different defaults: a
part that differs between the two is not named in the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime

from dateutil import parser

from rag.english.calendar import MONTHS

_DEFAULTS = datetime(2001, 1, 1), datetime(2004, 2, 2)
_MONTH = rf"(?:{'|'.join(month[:3] for month in MONTHS)})[a-z]*\.?"
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_WRITTEN = re.compile(
    rf"\b\d{{4}}-\d{{1,2}}(?:-\d{{1,2}})?\b|\b\d{{1,2}}/\d{{1,2}}/\d{{2,4}}\b"
    rf"|\b{_DAY}\s+(?:of\s+)?{_MONTH}(?:,?\s+\d{{4}})?\b|\b{_MONTH}\s+{_DAY}\b(?:,?\s+\d{{4}}\b)?"
    rf"|\b{_MONTH},?\s+\d{{4}}\b|\b\d{{4}}\b|\b{_MONTH}(?!\w)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date of which parts may be unnamed."""

    year: int | None = None
    month: int | None = None
    day: int | None = None

    @classmethod
    def parse(cls, text: str) -> PartialDate:
        """``2025``, ``2025-11`` or ``2025-11-24``.

        Raises:
            ValueError: it is in none of these forms, or there is no such day.
        """
        if not re.fullmatch(r"\d{4}(-\d{2}(-\d{2})?)?", text):
            raise ValueError("a date is YYYY, YYYY-MM or YYYY-MM-DD")
        year, month, day = [*(int(part) for part in text.split("-")), None, None][:3]
        date(year or 1, month or 1, day or 1)  # raises where there is no such day
        return cls(year, month, day)

    def agrees_with(self, expected: PartialDate) -> bool:
        """True where parts that both name are equal, and this names the finest part of the other."""
        pairs = [(self.year, expected.year), (self.month, expected.month), (self.day, expected.day)]
        if any(one != other for one, other in pairs if one is not None and other is not None):
            return False
        finest = max(index for index, (_, part) in enumerate(pairs) if part is not None)
        return pairs[finest][0] is not None

    def __str__(self) -> str:
        parts = (self.year, self.month, self.day)
        return "-".join(f"{part:02d}" for part in parts if part is not None)


def dates_in(text: str) -> list[PartialDate]:
    """The dates that a text names, in order.

    >>> dates_in("on November 24, 2025")
    [PartialDate(year=2025, month=11, day=24)]
    """
    return [date for match in _WRITTEN.findall(text) if (date := _parse(match)) is not None]


def _parse(text: str) -> PartialDate | None:
    try:
        one, other = (parser.parse(text, default=default) for default in _DEFAULTS)
    except (ValueError, OverflowError):
        return None
    return PartialDate(
        one.year if one.year == other.year else None,
        one.month if one.month == other.month else None,
        one.day if one.day == other.day else None,
    )
