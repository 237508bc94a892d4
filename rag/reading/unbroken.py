"""What is never cut inside: addresses, paths, numbers with their units, versions and codes.

A reader's tokens are parts of words: it may end an answer after "https://example" or between "20" and "GB".
Units in words ("20 days") are no part of their number here: "how many days?" asks for "20".
"""

from __future__ import annotations

import re

from rag.types import Span

_REACH = 400  # code points around an end of a span that are looked at
_END = r"(?<![.,;:!?'’])"
_NUMBER = r"\d+(?:[.,:]\d+)*(?:[ \u00a0\u202f'’]\d{3}(?!\d))*(?:[.,]\d+)?"
_SCALE = r"(?:[ \u00a0\u202f](?:hundred|thousand|million|billion|trillion|bn)\b)?"
_UNIT = (
    r"%|‰|percent\b|per cent\b|°[CFK]?|[€$£¥₹]"
    r"|(?:EUR|USD|GBP|CHF|JPY|euros?|dollars?|pounds?|francs?|cents?)\b"
    r"|(?:[kKMGTP]i?(?:B|bit)(?:/s|ps)?|[kmµμ]?g|[cdkmµμn]?m[²³23]?|[kcm]?l|km/h|m/s|mph|rpm|dpi|[kMG]?Hz"
    r"|[kMGT]?Wh?|m?Ah|[km]?V|[mµμn]s|dBA?|m?bar|[hkM]?Pa|psi|Nm|kcal|kJ|ppm|px)(?!\w)"
)
_SYMBOL = r"(?:(?:[A-Z]{1,2}\$|[€$£¥₹]|(?:EUR|USD|GBP|CHF|JPY)\b)[ \u00a0\u202f]?)?"
_HOST = r"(?:[a-z0-9][a-z0-9-]*\.)+[a-z]{2,}"
_WEB_REST = r"(?:[^\s<>\"“”()|]|\([^\s()]*\))*"
_UNBROKEN = re.compile(
    "|".join(
        (
            rf"[a-zA-Z][a-zA-Z0-9+.-]{{1,15}}://{_WEB_REST}{_END}",
            r"[\w.+'-]+@[\w-]+(?:\.[\w-]+)+",
            rf"\bwww\.{_WEB_REST}{_END}",
            rf"\b{_HOST}(?::\d+)?/{_WEB_REST}{_END}",
            r"(?<![\w/])(?:[A-Za-z]:\\|\\\\|~/|\.{1,2}/|/)[\w.~+@%-]+(?:[/\\][\w.~+@%-]+)*" + _END,
            r"(?<![\w/])[\w.~+-]+(?:/[\w.~+-]+)*/[\w~+-]+\.[a-zA-Z]\w{0,5}\b",
            r"\b[\w-]+(?:\.[\w-]+)*\.[a-z][a-z0-9]{1,4}\b",
            r"\b\d{4}-\d{2}-\d{2}(?:T[\d:.]+Z?)?",
            r"\+\d[\d \u00a0()/.-]{5,20}\d",
            r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,4})?\b",
            r"\b[A-Z][A-Z0-9]*(?:[-_/.][A-Za-z0-9]+)*[-_/.]\w*\d\w*(?:[-_/.][A-Za-z0-9]+)*",
            r"(?<![\w-])--?[A-Za-z][\w-]*",
            r"\b[vV]?\d+(?:\.\d+){2,}(?:[-+.]?[A-Za-z]\w*(?:\.\w+)*)?",
            rf"(?:(?<![\w.,])[-−+])?{_SYMBOL}(?<![\w.,]){_NUMBER}{_SCALE}[ \u00a0\u202f]?(?:{_UNIT})",
            rf"(?:(?<![\w.,])[-−+])?{_SYMBOL}(?<![\w.,]){_NUMBER}{_SCALE}",
            r"\w*\d\w*|\w+_\w+",
        )
    )
)
_SPACE = re.compile(r"\s")


def whole_words(text: str, span: Span, within: Span) -> Span:
    """The span, extended to the ends of what it begins or ends inside of and is never cut.

    ``within`` is the passage, beyond which no span is extended. Time and space are bounded.

    >>> whole_words("send it to INV-2031@example.org today", Span(15, 19), Span(0, 37))
    Span(start=11, end=31)
    """
    if not len(span):
        return span
    start, end = span.start, span.end
    if first := _around(text, start, within):
        start = first.start
    if last := _around(text, end, within):
        end = last.end
    return Span(min(start, span.start), max(end, span.end))


def _around(text: str, at: int, within: Span) -> Span | None:
    """What an offset lies inside of, on one line."""
    low = max(within.start, at - _REACH)
    high = min(within.end, at + _REACH)
    line = text.rfind("\n", low, at) + 1
    low = max(low, line)
    line_end = text.find("\n", at, high)
    high = line_end if line_end >= 0 else high
    if low > within.start and low != line:  # not in the middle of a word, if it is not longer than the reach
        gap = _SPACE.search(text, low, at)
        low = gap.end() if gap else low
    for match in _UNBROKEN.finditer(text, low, high):
        if match.end() <= at:
            continue
        return Span(*match.span()) if match.start() < at else None
    return None
