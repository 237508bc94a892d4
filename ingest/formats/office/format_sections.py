"""The sections of a spreadsheet's number format, and their tokens (ECMA-376, part 1, 18.8.30 and 18.8.31)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"?|\\(?P<escaped>.?)|_(?P<space>.?)|\*(?P<fill>.?)|\[(?P<bracket>[^\]]*)\]?'
    r"|(?P<general>General)|(?P<half>AM/PM|A/P)|(?P<exponent>E[+-])|(?P<fraction>\.0+(?=[^0#?]|$))"
    r"|(?P<date>y+|m+|d+|h+|s+)|(?P<digit>[0#?])|(?P<sign>[.,%/@])|(?P<other>.)",
    re.IGNORECASE | re.DOTALL,
)
_CONDITION = re.compile(r"(<>|<=|>=|<|>|=)\s*(-?\d+(?:\.\d+)?)")
_ELAPSED = re.compile(r"h+|m+|s+", re.IGNORECASE)
_USUAL = re.compile(r"(?P<grouped>#,##)?0(?:\.(?P<decimals>0{1,20}))?")
_LONGEST_FORMAT = 255  # characters, as in Excel


@dataclass(frozen=True, slots=True)
class Token:
    """``kind``: literal, digit, sign, exponent, date, elapsed, half, fraction, general."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Section:
    """One of the parts between semicolons. ``condition``: operator and operand; ``locale``: an LCID.

    ``decimals``: of the usual formats "0", "0.00", "#,##0" and the like how many; None of all others.
    ``grouped``: whether those have commas.
    """

    tokens: tuple[Token, ...]
    condition: tuple[str, float] | None
    locale: int
    decimals: int | None = None
    grouped: bool = False

    @property
    def is_date(self) -> bool:
        return any(token.kind in ("date", "elapsed", "half") for token in self.tokens)


@lru_cache(maxsize=1024)
def format_sections(number_format: str) -> tuple[Section, ...]:
    """The parts of a format; at least one."""
    parts: list[list[Token]] = [[]]
    conditions: list[tuple[str, float] | None] = [None]
    locales = [0]
    for match in _TOKEN.finditer(number_format[:_LONGEST_FORMAT]):
        kind = match.lastgroup or "other"
        text = match[kind]
        if kind == "other" and text == ";":
            parts.append([])
            conditions.append(None)
            locales.append(0)
        elif kind == "bracket":
            if condition := _CONDITION.fullmatch(text):
                conditions[-1] = (condition[1], float(condition[2]))
            elif text.startswith("$"):
                symbol, _, code = text[1:].rpartition("-") if "-" in text else (text[1:], "", "")
                parts[-1].append(Token("literal", symbol))
                locales[-1] = _lcid(code) or locales[-1]
            elif _ELAPSED.fullmatch(text):
                parts[-1].append(Token("elapsed", text.lower()))
        else:
            parts[-1].append(_token(kind, text))
    return tuple(
        _section(_with_minutes(tokens), condition, locale)
        for tokens, condition, locale in zip(parts, conditions, locales, strict=True)
    )


def _section(tokens: tuple[Token, ...], condition: tuple[str, float] | None, locale: int) -> Section:
    is_plain = all(token.kind in ("digit", "sign") for token in tokens)
    usual = _USUAL.fullmatch("".join(token.text for token in tokens)) if is_plain else None
    if usual is None:
        return Section(tokens, condition, locale)
    return Section(tokens, condition, locale, len(usual["decimals"] or ""), usual["grouped"] is not None)


def _token(kind: str, text: str) -> Token:
    match kind:
        case "quoted" | "escaped" | "other":
            return Token("literal", text)
        case "space":
            return Token("literal", " ")
        case "fill":
            return Token("literal", "")
        case "date":
            return Token("date", text.lower())
        case _:
            return Token(kind, text)


def _lcid(code: str) -> int:
    """The language code of a format, such as 0x407; its upper bytes name calendars and numerals."""
    try:
        return int(code, 16) & 0xFFFF
    except ValueError:
        return 0


def _with_minutes(tokens: Sequence[Token]) -> tuple[Token, ...]:
    """``m`` beside hours or seconds means minutes: those tokens become ``n``. A decimal of seconds is one
    only in a time; elsewhere it is a decimal point with its digits."""
    dates = [at for at, token in enumerate(tokens) if token.kind in ("date", "elapsed")]
    changed = list(tokens)
    for place, at in enumerate(dates):
        token = tokens[at]
        if token.kind != "date" or token.text[0] != "m" or len(token.text) > 2:
            continue
        before = tokens[dates[place - 1]].text[0] if place else ""
        after = tokens[dates[place + 1]].text[0] if place + 1 < len(dates) else ""
        if before == "h" or after == "s":
            changed[at] = Token("date", "n" * len(token.text))
    out: list[Token] = []
    for token in changed:
        if token.kind == "fraction" and not dates:
            out += [Token("sign", "."), *(Token("digit", "0") for _ in token.text[1:])]
        else:
            out.append(token)
    return tuple(out)
