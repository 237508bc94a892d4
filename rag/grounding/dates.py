"""The dates of a text: a month, with its day and year where they are given."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from rag.english.calendar import MONTHS

_MONTH_NUMBERS = {form: n for n, month in enumerate(MONTHS, 1) for form in (month, month[:3])} | {"sept": 9}
_NAMES = "|".join(sorted(_MONTH_NUMBERS, key=len, reverse=True))
_DAY = r"(?<![\w.,:])(?P<{0}>[12]?\d|3[01])(?:st|nd|rd|th)?"
_YEAR = r"(?P<{0}>(?:1\d|20)\d\d)(?!\d)"
_DATE = re.compile(
    rf"(?P<iso>(?<!\d){_YEAR.format('iso_year')}-(?P<iso_month>0?[1-9]|1[0-2])-(?P<iso_day>[12]\d|3[01]|0?[1-9])(?!\d))"
    rf"|(?P<day_first>{_DAY.format('day')}(?:\s+(?:of\s+)?|-)(?P<month>{_NAMES})\b\.?(?:,?[\s-]+{_YEAR.format('year')})?)"
    rf"|\b(?P<month_first>(?P<month2>{_NAMES})\b\.?(?:\s*(?<=[\s.]){_DAY.format('day2')}(?![\d:]))?"
    rf"(?:,?\s+(?:of\s+)?{_YEAR.format('year2')})?)",
    re.IGNORECASE,
)
_FURTHER_DAY = re.compile(
    r"(?:(?P<before>(?<![\w.,:])[0-3]?\d)(?:st|nd|rd|th)?\s*(?:,|and|to|or|&|-|–)\s*\Z)"
    r"|(?:\s*(?:,|and|to|or|&|-|–)\s*(?P<after>[0-3]?\d)(?:st|nd|rd|th)?(?![\w:%]|\.\d))"
)
_VERBS = frozenset({"may", "march"})
_AMBIGUOUS = frozenset("may march mar sep dec jan oct nov".split())
_TAKES_A_MONTH = re.compile(
    r"\b(?:by|during|each|every|from|in|last|next|of|since|this|until)\s\Z", re.IGNORECASE
)
_BEFORE = 8  # characters


@dataclass(frozen=True, slots=True, kw_only=True)
class Date:
    """A date and where it stands (code points); ``day`` and ``year`` are None where they aren't given."""

    text: str
    start: int
    end: int
    month: int
    day: int | None = None
    year: int | None = None


def dates(text: str) -> list[Date]:
    """The dates of a text, in order.

    >>> [(d.day, d.month, d.year) for d in dates("From 9 February 1900 to Mar. 3rd, 1902, or 2018-11-27")]
    [(9, 2, 1900), (3, 3, 1902), (27, 11, 2018)]
    """
    found = [date for match in _DATE.finditer(text) if (date := _date(match)) is not None]
    return sorted((d for date in found for d in (date, *_further_days(text, date))), key=lambda d: d.start)


def is_given(date: Date, others: Iterable[Date], years: Iterable[float]) -> bool:
    """Whether one of the others has the same month, and the same day where both have one.

    A date's year may be given apart from it, among the ``years``.
    """
    known_years = {*years}
    for other in others:
        if other.month != date.month or (date.day is not None and other.day != date.day):
            continue
        if date.year is None or other.year == date.year or (other.year is None and date.year in known_years):
            return True
    return False


def _further_days(text: str, date: Date) -> Iterator[Date]:
    """The other day of "25 and 26 December" and of "June 3-5"."""
    if date.day is None:
        return
    if date.text[0].isdigit():
        window = max(0, date.start - 12)
        match = _FURTHER_DAY.search(text[window : date.start])
        day, offset = match and match["before"], window
    else:
        match = None if date.year else _FURTHER_DAY.match(text, date.end)
        day, offset = match and match["after"], 0
    if match is None or not day or not 1 <= int(day) <= 31:
        return
    start = offset + match.start("before" if match["before"] else "after")
    yield replace(date, text=day, start=start, end=start + len(day), day=int(day))


def _date(match: re.Match[str]) -> Date | None:
    text = match.group().rstrip(" .,")
    if match["iso"]:
        month, day, year = int(match["iso_month"]), match["iso_day"], match["iso_year"]
    else:
        name = (match["month"] or match["month2"]).lower()
        month = _MONTH_NUMBERS[name]
        day, year = match["day"] or match["day2"], match["year"] or match["year2"]
        if name in _VERBS and not year and (match["month"] or match["month2"]).islower():
            return None
        if not day and not year and not _is_month(match, match["month"] or match["month2"]):
            return None
    return Date(
        text=text,
        start=match.start(),
        end=match.start() + len(text),
        month=month,
        day=int(day) if day else None,
        year=int(year) if year else None,
    )


def _is_month(match: re.Match[str], name: str) -> bool:
    """Whether a month's name without day and year is one: "in May", not "May I" or "march on"."""
    before = match.string[max(0, match.start() - _BEFORE) : match.start()]
    return name[0].isupper() and (name.lower() not in _AMBIGUOUS or _TAKES_A_MONTH.search(before) is not None)
