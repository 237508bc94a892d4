"""The numbers and letters of Word's lists, as they are shown: "4.", "(b)", "2.1"."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ingest.formats.markup.tree import Element, local_name
from ingest.formats.office.docx_styles import Styles, path, switch, value

_LEVELS = 9
_PLACE = re.compile(r"%([1-9])")
_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"),
    (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
    " seventeen eighteen nineteen twenty"
).split()
_ORDINALS = (
    "zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth"
    " fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
).split()
_BOXES = {"☐": "☐", "☑": "☑", "☒": "☒", "□": "☐", "❑": "☐", "❏": "☐", "❒": "☐", "◻": "☐"}
_SYMBOL_BOXES = {0x6F: "☐", 0x71: "☐", 0x72: "☐", 0xA8: "☐", 0xFD: "☒", 0xFE: "☑"}  # in Wingdings


@dataclass(frozen=True, slots=True, kw_only=True)
class _Level:
    """A level of a list. ``restart``: the level (from 1) after which it begins anew; 0: after none."""

    start: int
    number_format: str
    text: str
    restart: int | None
    is_legal: bool
    style: str
    box: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _List:
    """A list by its number: the definition that counts, its levels, and starts of its own."""

    definition: str
    levels: Mapping[int, _Level]
    starts: Mapping[int, int]


class Numbering:
    """Counts the paragraphs of lists in the order of the text.

    Args:
        root: the numbering part; None: there is none.
    """

    def __init__(self, root: Element | None, styles: Styles) -> None:
        self._definitions: dict[str, dict[int, _Level]] = {}
        self._lists: dict[str, _List] = {}
        self._counts: dict[str, dict[int, int]] = {}
        self._begun: set[tuple[str, int]] = set()
        if root is None:
            return
        links: dict[str, str] = {}
        for element in root:
            if local_name(element) == "abstractNum":
                identifier = value(element, "abstractNumId")
                self._definitions[identifier] = _levels(element)
                link = path(element, "numStyleLink")
                if link is not None:
                    links[identifier] = value(link)
        numbers = {value(e, "numId"): e for e in root if local_name(e) == "num"}
        definitions = {number: _definition(element) for number, element in numbers.items()}
        for number, element in numbers.items():
            definition = definitions[number]
            if definition in links:
                linked, _, _ = styles.numbering(links[definition])
                definition = definitions.get(linked or "", definition)
            self._lists[number] = self._list(element, definition)

    def level_of_style(self, number: str, style: str) -> int:
        """The level of a list that is bound to a paragraph style; 0 if none is."""
        found = self._lists.get(number)
        levels = found.levels.items() if found else ()
        return next((at for at, level in levels if level.style == style), 0)

    def mark(self, number: str, level: int) -> str | None:
        """Counts a paragraph, and gives its mark; "-" for a bullet, "" for none. None: there is no such
        list or level."""
        found = self._lists.get(number)
        if found is None or level not in found.levels:
            return None
        counts = self._counts.setdefault(found.definition, {})
        self._count(found, number, level, counts)
        own = found.levels[level]
        if own.number_format == "bullet":
            return own.box or ("-" if own.text.strip() else "")

        def place(match: re.Match[str]) -> str:
            at = int(match[1]) - 1
            other = found.levels.get(at)
            if other is None:
                return ""
            return numeral(counts.get(at, other.start), "decimal" if own.is_legal else other.number_format)

        return " ".join(_PLACE.sub(place, own.text).split())

    def _count(self, found: _List, number: str, level: int, counts: dict[int, int]) -> None:
        for at in range(level):
            if at in found.levels:
                counts.setdefault(at, found.levels[at].start)
        if level in found.starts and (number, level) not in self._begun:
            counts[level] = found.starts[level]
        elif level in counts:
            counts[level] += 1
        else:
            counts[level] = found.levels[level].start
        self._begun.add((number, level))
        for at in range(level + 1, _LEVELS):
            restart = found.levels[at].restart if at in found.levels else None
            if restart is None or level < restart:
                counts.pop(at, None)

    def _list(self, element: Element, definition: str) -> _List:
        levels = dict(self._definitions.get(definition, {}))
        starts: dict[int, int] = {}
        for override in (e for e in element if local_name(e) == "lvlOverride"):
            at = _whole(value(override, "ilvl"), 0)
            start, level = path(override, "startOverride"), path(override, "lvl")
            if level is not None:
                levels[at] = _level(level)
            if start is not None:
                starts[at] = _whole(value(start), 1)
        return _List(definition=definition, levels=levels, starts=starts)


def numeral(number: int, number_format: str) -> str:
    """A number in one of Word's formats; those that aren't known are written in digits.

    >>> numeral(4, "lowerRoman"), numeral(28, "upperLetter"), numeral(3, "ordinal")
    ('iv', 'BB', '3rd')
    """
    match number_format:
        case "none":
            return ""
        case "lowerLetter" | "upperLetter" if 0 < number <= 780:
            letters = chr(97 + (number - 1) % 26) * (1 + (number - 1) // 26)
            return letters.upper() if number_format == "upperLetter" else letters
        case "lowerRoman" | "upperRoman" if 0 < number < 5000:
            roman = _roman(number)
            return roman.upper() if number_format == "upperRoman" else roman
        case "decimalZero":
            return f"{number:02d}"
        case "ordinal":
            teen = 10 <= number % 100 <= 20
            return f"{number}{'th' if teen else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"
        case "cardinalText" if 0 <= number <= 20:
            return _ONES[number].capitalize()
        case "ordinalText" if 0 <= number <= 20:
            return _ORDINALS[number].capitalize()
        case "decimalEnclosedCircle" if 0 < number <= 20:
            return chr(0x245F + number)
        case _:
            return str(number)


def _roman(number: int) -> str:
    text = ""
    for amount, letters in _ROMAN:
        count, number = divmod(number, amount)
        text += letters * count
    return text


def _definition(element: Element) -> str:
    found = path(element, "abstractNumId")
    return value(found) if found is not None else ""


def _levels(element: Element) -> dict[int, _Level]:
    return {_whole(value(e, "ilvl"), 0): _level(e) for e in element if local_name(e) == "lvl"}


def _level(element: Element) -> _Level:
    def said(name: str) -> str | None:
        found = path(element, name)
        if found is None:  # a format that older programs don't know stands in alternate content
            found = next((e for e in element.iter("{*}" + name)), None)
        return value(found) if found is not None else None

    restart = said("lvlRestart")
    text = said("lvlText") or ""
    return _Level(
        start=_whole(said("start") or "", 0 if said("start") is None else 1),
        number_format=said("numFmt") or "decimal",
        text=text,
        restart=_whole(restart, 0) if restart is not None else None,
        is_legal=bool(switch(element, "isLgl")),
        style=said("pStyle") or "",
        box=_box(element, text),
    )


def _box(element: Element, text: str) -> str:
    """The box of a bullet that is one, as check-lists on paper have; else empty."""
    fonts = path(element, "rPr", "rFonts")
    font = value(fonts, "ascii") if fonts is not None else ""
    if len(text) != 1:
        return ""
    if font.startswith("Wingdings"):
        return _SYMBOL_BOXES.get(ord(text) & 0xFF, "") if font == "Wingdings" else ""
    return _BOXES.get(text, "")


def _whole(text: str, default: int) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 8 else default
