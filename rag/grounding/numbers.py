"""The numbers of a text with their units of measure, in digits or written out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from rag.english.numbers import CARDINALS, SCALES, TENS
from rag.english.units import UNIT_FORMS
from rag.question.units_of_measure import unit_of

TIME, VERSION = "time", "version"
_CURRENCIES = {"$": "dollar", "€": "euro", "£": "pound", "¥": "yen"}
_SMALL = {word: value for value, word in enumerate(CARDINALS)} | {
    word: 10 * value for value, word in enumerate(TENS, 2)
}
_LARGE = {"hundred": 100.0, **SCALES}
_SUFFIXES = {"k": 1e3, "m": 1e6, "mn": 1e6, "bn": 1e9, "b": 1e9}
_MULTIPLES = {"twice": 2.0, "dozen": 12.0}

_UNITS = "|".join(UNIT_FORMS.values())
_WORDS = "|".join(sorted((*_SMALL, *_LARGE), key=len, reverse=True))
_NUMBER = re.compile(
    r"(?P<version>(?<![\w.])v?\d+(?:\.\d+){2,}(?![\w.]*\w))"
    r"|(?P<time>(?<![\w.,:])(?P<hour>[01]?\d|2[0-4])(?:[:.](?P<minute>[0-5]\d))?(?!\d)"
    r"(?:\s*(?P<half>[ap])\.?m\b\.?))"
    r"|(?P<clock>(?<![\w.,:])(?P<clock_hour>[01]?\d|2[0-4]):(?P<clock_minute>[0-5]\d)(?![\w:]))"
    r"|(?P<digits>(?<![\w.,])(?<![^\W\d]-)\d+(?:,\d{3})*(?:\.\d+)?)"
    rf"(?:(?P<ordinal>st|nd|rd|th)\b|(?P<decade>s)\b|(?P<suffix>k|mn?|bn?)\b"
    rf"|\s+(?P<scale>hundred|{'|'.join(SCALES)})s?\b)?(?![.,]?\d)(?:(?=(?:{_UNITS})(?!\w))|(?![^\W\d_]))"
    rf"|\b(?P<words>(?:{_WORDS})(?:(?:\s+and\s+|[\s-]+)(?:{_WORDS}))*)\b"
    rf"|\b(?P<multiple>{'|'.join(_MULTIPLES)})\b",
    re.IGNORECASE,
)
_SHORT_YEAR = re.compile(r"\b(?P<century>1[0-9]|20)\d\d\s?[-–—/]\s?(?P<year>\d\d)\b(?![-–—/.:]?\d)")
_NOT_COUNTED = {"one", "zero"}
_MINUTES = {"minute": 1.0, "hour": 60.0, "day": 1440.0, "week": 10080.0, "fortnight": 20160.0}
_MONTHS = {"month": 1.0, "year": 12.0, "decade": 120.0}
_LENGTHS = {"millimetre": 1.0, "centimetre": 10.0, "metre": 1e3, "kilometre": 1e6}
_WEIGHTS = {"gram": 1.0, "kilogram": 1e3}
_SCALED_UNITS = (_MINUTES, _MONTHS, _LENGTHS, _WEIGHTS)
_AFTER = 24  # characters after a number in which its unit is looked for


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """A number of a text.

    Attributes:
        start: code point offset into the text; ``end`` likewise.
        value: what the number is worth ("1.5 million" is 1,500,000); of a time of day minutes after midnight.
        unit: a name of ``rag.english.units``; ``TIME`` for a time of day; ``VERSION`` for a number with two
            stops, which is compared as it is written.
        is_decade: "1990s".
        is_loose: written so that it may be no number ("one of them").
    """

    text: str
    start: int
    end: int
    value: float
    unit: str | None = None
    is_decade: bool = False
    is_loose: bool = False


def quantities(text: str) -> list[Quantity]:
    """The numbers of a text, in order. Ordinal words ("first") aren't among them.

    >>> [(q.value, q.unit) for q in quantities("Twenty-one days, 1.5 million euros, $5 at 2 pm")]
    [(21.0, 'day'), (1500000.0, 'euro'), (5.0, 'dollar'), (840.0, 'time')]
    """
    years = {year.start: year for year in _short_years(text)}
    return [years.get(match.start(), _quantity(text, match)) for match in _NUMBER.finditer(text)]


def is_given(number: Quantity, others: Iterable[Quantity]) -> bool:
    """Whether one of the others is the same number, in the same unit or in none.

    Units that are multiples of each other are converted: "14 days" gives "two weeks".
    """
    return any(_is_same(number, other) for other in others)


def same_value(number: Quantity, others: Iterable[Quantity]) -> list[Quantity]:
    """Those of the others with the same value, whatever their unit."""
    return [o for o in others if o.value == number.value and VERSION not in (o.unit, number.unit)]


def same_dimension(one: Quantity, other: Quantity) -> bool:
    """Whether two numbers measure the same: both have no unit, the same, or one that converts to it."""
    if one.unit == other.unit:
        return True
    return any(one.unit in scale and other.unit in scale for scale in _SCALED_UNITS)


def mentions_unit(unit: str, text: str) -> bool:
    """Whether a text has a unit of measure in any of its forms, or the symbol of a currency."""
    symbols = [symbol for symbol, name in _CURRENCIES.items() if name == unit]
    return any(symbol in text for symbol in symbols) or bool(_unit_form(unit).search(text))


@cache
def _unit_form(unit: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![^\W\d_])(?:{UNIT_FORMS.get(unit, re.escape(unit))})(?!\w)", re.IGNORECASE)


def _is_same(one: Quantity, other: Quantity) -> bool:
    if VERSION in (one.unit, other.unit):
        return one.unit == other.unit and one.text.lower().lstrip("v") == other.text.lower().lstrip("v")
    if one.is_decade and not other.is_decade:
        return 0 <= other.value - one.value < 10
    if one.value == other.value:
        units = {one.unit, other.unit}
        return len(units) == 1 or (None in units and TIME not in units)
    if one.unit == TIME and other.unit is None:  # "10 to 4 pm"
        return other.value * 60 in (one.value, one.value - 720)
    return any(
        one.unit in scale
        and other.unit in scale
        and one.value * scale[one.unit] == other.value * scale[other.unit]
        for scale in _SCALED_UNITS
        if one.unit is not None and other.unit is not None
    )


def _quantity(text: str, match: re.Match[str]) -> Quantity:
    found, start, end = match.group(), *match.span()
    if match["version"]:
        return Quantity(text=found, start=start, end=end, value=0.0, unit=VERSION)
    if match["time"] or match["clock"]:
        return Quantity(text=found, start=start, end=end, value=_minutes(match), unit=TIME)
    unit = _CURRENCIES.get(text[start - 1 : start]) or unit_of(found, text[end : end + _AFTER])
    return Quantity(
        text=found,
        start=start,
        end=end,
        value=_value(match),
        unit=unit,
        is_decade=bool(match["decade"]) and len(match["digits"]) == 4,
        is_loose=found.lower() in _NOT_COUNTED and unit is None,
    )


def _value(match: re.Match[str]) -> float:
    if match["multiple"]:
        return _MULTIPLES[match["multiple"].lower()]
    if match["words"]:
        return _written_value(re.split(r"[\s-]+", match["words"].lower()))
    value = float(match["digits"].replace(",", ""))
    if match["suffix"]:
        value *= _SUFFIXES[match["suffix"].lower()]
    if match["scale"]:
        value *= _LARGE[match["scale"].lower()]
    return round(value, 6)


def _written_value(words: Iterable[str]) -> float:
    """The value of a written-out number: "two hundred and five thousand" is 205,000."""
    total = current = 0.0
    for word in words:
        if word in _SMALL:
            current += _SMALL[word]
        elif word == "hundred":
            current = (current or 1.0) * 100
        elif word in SCALES:
            total += (current or 1.0) * SCALES[word]
            current = 0.0
    return total + current


def _minutes(match: re.Match[str]) -> float:
    hour = int(match["hour"] or match["clock_hour"])
    minute = int(match["minute"] or match["clock_minute"] or 0)
    if match["half"]:
        hour = hour % 12 + 12 * (match["half"].lower() == "p")
    return float(hour * 60 + minute)


def _short_years(text: str) -> Iterator[Quantity]:
    """The second year of "2018-19", with its century."""
    for match in _SHORT_YEAR.finditer(text):
        value = float(match["century"] + match["year"])
        start, end = match.span("year")
        yield Quantity(text=match["year"], start=start, end=end, value=value)
