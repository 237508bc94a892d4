"""Numbers, dates and times as a spreadsheet's number format shows them (ECMA-376, part 1, 18.8.30)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_DOWN, ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from functools import lru_cache
from math import floor, isfinite, log10

from ingest.formats.sheets import general

GENERAL = "General"
ISO_DATE = "yyyy-mm-dd"

_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"?|\\(?P<escaped>.?)|_(?P<space>.?)|\*(?P<fill>.?)|\[(?P<bracket>[^\]]*)\]?'
    r"|(?P<general>General)|(?P<half>AM/PM|A/P)|(?P<exponent>E[+-])|(?P<fraction>\.0+(?=[^0#?]|$))"
    r"|(?P<date>y+|m+|d+|h+|s+)|(?P<digit>[0#?])|(?P<sign>[.,%/@])|(?P<other>.)",
    re.IGNORECASE | re.DOTALL,
)
_CONDITION = re.compile(r"(<>|<=|>=|<|>|=)\s*(-?\d+(?:\.\d+)?)")
_ELAPSED = re.compile(r"h+|m+|s+", re.IGNORECASE)
_LARGEST_SERIAL = 2_958_466  # the first day after the year 9999
_MONTHS = {
    0x07: "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    0x09: "January February March April May June July August September October November December",
    0x0A: "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    0x0C: "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    0x10: "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    0x13: "januari februari maart april mei juni juli augustus september oktober november december",
    0x16: "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
}
_DAYS = {
    0x07: "Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag",
    0x09: "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
    0x0A: "lunes martes miércoles jueves viernes sábado domingo",
    0x0C: "lundi mardi mercredi jeudi vendredi samedi dimanche",
    0x10: "lunedì martedì mercoledì giovedì venerdì sabato domenica",
    0x13: "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag",
    0x16: "segunda-feira terça-feira quarta-feira quinta-feira sexta-feira sábado domingo",
}
_ENGLISH = 0x09
_EXACT = Context(prec=2_000)
_LONGEST_FORMAT = 255  # characters, as in Excel
_SYSTEM_DATE, _SYSTEM_TIME = 0xF800, 0xF400


@dataclass(frozen=True, slots=True)
class _Token:
    """``kind``: literal, digit, sign, exponent, date, elapsed, half, fraction, general."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class _Section:
    """One of the parts between semicolons. ``condition``: operator and operand; ``locale``: an LCID."""

    tokens: tuple[_Token, ...]
    condition: tuple[str, float] | None
    locale: int

    @property
    def is_date(self) -> bool:
        return any(token.kind in ("date", "elapsed", "half") for token in self.tokens)


def shown_number(value: float, number_format: str = GENERAL, *, from_1904: bool = False) -> str:
    """A number as its cell shows it; separators are those of English, month names those of the format.

    Dates in the system's own order, which the file doesn't tell, are in ISO form.

    >>> shown_number(1250.5, '#,##0.00 "CHF"')
    '1,250.50 CHF'
    >>> shown_number(1.75, "[h]:mm")
    '42:00'

    Args:
        from_1904: dates count from 1904, not from 1900.
    """
    if not isfinite(value):
        return ""
    sections = _sections(number_format)
    section, unsigned = _section_of(value, sections)
    if section is None:
        return general(value)
    if section.locale == _SYSTEM_DATE:
        section = _sections(ISO_DATE)[0]
    elif section.locale == _SYSTEM_TIME:
        section = _sections("h:mm:ss")[0]
    if section.is_date:
        text = _date(value, section, from_1904)
        return general(value) if text is None else text
    return " ".join(_number(value, section, unsigned).split())


def shown_text(text: str, number_format: str) -> str:
    """A text as its cell shows it: a format's fourth part, or one with ``@``, may add words or hide it."""
    if "@" not in number_format and number_format.count(";") < 3:
        return text
    sections = _sections(number_format)
    section = sections[3] if len(sections) > 3 else sections[-1]
    if len(sections) < 4 and not any(token.text == "@" for token in section.tokens):
        return text
    return "".join(
        text if token.text == "@" and token.kind == "sign" else token.text if token.kind == "literal" else ""
        for token in section.tokens
    )


def is_date_format(number_format: str) -> bool:
    """Whether a number in this format is a date, a time or a duration."""
    return any(section.is_date for section in _sections(number_format)[:1])


@lru_cache(maxsize=1024)
def _sections(number_format: str) -> tuple[_Section, ...]:
    """The parts of a format; at least one."""
    parts: list[list[_Token]] = [[]]
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
                parts[-1].append(_Token("literal", symbol))
                locales[-1] = _lcid(code) or locales[-1]
            elif _ELAPSED.fullmatch(text):
                parts[-1].append(_Token("elapsed", text.lower()))
        else:
            parts[-1].append(_token(kind, text))
    return tuple(
        _Section(_with_minutes(tokens), condition, locale)
        for tokens, condition, locale in zip(parts, conditions, locales, strict=True)
    )


def _token(kind: str, text: str) -> _Token:
    match kind:
        case "quoted" | "escaped" | "other":
            return _Token("literal", text)
        case "space":
            return _Token("literal", " ")
        case "fill":
            return _Token("literal", "")
        case "date":
            return _Token("date", text.lower())
        case _:
            return _Token(kind, text)


def _lcid(code: str) -> int:
    """The language code of a format, such as 0x407; its upper bytes name calendars and numerals."""
    try:
        return int(code, 16) & 0xFFFF
    except ValueError:
        return 0


def _with_minutes(tokens: Sequence[_Token]) -> tuple[_Token, ...]:
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
            changed[at] = _Token("date", "n" * len(token.text))
    out: list[_Token] = []
    for token in changed:
        if token.kind == "fraction" and not dates:
            out += [_Token("sign", "."), *(_Token("digit", "0") for _ in token.text[1:])]
        else:
            out.append(token)
    return tuple(out)


def _section_of(value: float, sections: Sequence[_Section]) -> tuple[_Section | None, bool]:
    """The part that a value is shown by, and whether it shows its sign itself. None: by no part."""
    numeric = sections[:3] if len(sections) > 1 else sections
    if any(section.condition for section in numeric):
        for section in numeric:
            if section.condition is None or _holds(value, section.condition):
                is_negative = section.condition is not None and section.condition[0] in ("<", "<=")
                return section, is_negative and section.condition is not None and section.condition[1] <= 0
        return None, False
    if len(numeric) == 1 or value > 0 or (value == 0 and len(numeric) < 3):
        return numeric[0], False
    return numeric[1 if value < 0 else 2], True


def _holds(value: float, condition: tuple[str, float]) -> bool:
    operator, operand = condition
    return {
        "<": value < operand,
        "<=": value <= operand,
        ">": value > operand,
        ">=": value >= operand,
        "=": value == operand,
        "<>": value != operand,
    }[operator]


def _number(value: float, section: _Section, unsigned: bool) -> str:
    tokens = section.tokens
    if any(token.kind == "general" or (token.text == "@" and token.kind == "sign") for token in tokens):
        text = general(abs(value) if unsigned else value)
        return "".join(
            token.text
            if token.kind == "literal"
            else text
            if token.kind == "general" or token.text == "@"
            else ""
            for token in tokens
        )
    digits = [at for at, token in enumerate(tokens) if token.kind == "digit"]
    if not digits:
        text = "".join(token.text for token in tokens if token.kind == "literal")
        return f"-{text}" if value < 0 and not unsigned and text.strip() else text
    amount = abs(Decimal(f"{value:.15g}")) * 100 ** sum(t.kind == "sign" and t.text == "%" for t in tokens)
    if any(token.kind == "sign" and token.text == "/" for token in tokens):
        text = _fraction(amount, tokens)
    elif any(token.kind == "exponent" for token in tokens):
        text = _scientific(amount, tokens)
    else:
        text = _decimal(amount, tokens)
    is_zero = not any(character in "123456789" for character in text)
    return f"-{text}" if value < 0 and not unsigned and not is_zero else text


def _decimal(amount: Decimal, tokens: Sequence[_Token]) -> str:
    """An amount by placeholders, with grouping, scaling by commas, and literals between the digits."""
    point = next((at for at, t in enumerate(tokens) if t.kind == "sign" and t.text == "."), len(tokens))
    whole, decimals = tokens[:point], tokens[point + 1 :]
    last = max((at for at, token in enumerate(whole) if token.kind == "digit"), default=-1)
    commas = [at for at, token in enumerate(whole) if token.kind == "sign" and token.text == ","]
    grouped = any(at < last for at in commas) and last >= 0
    scale = _trailing_commas(whole, last)
    if last < 0:
        scale = 0
    last_decimal = max((at for at, token in enumerate(decimals) if token.kind == "digit"), default=-1)
    scale += _trailing_commas(decimals, last_decimal) if last_decimal >= 0 else 0
    places = sum(token.kind == "digit" for token in decimals)
    rounded = (amount / 1000**scale).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, _EXACT)
    whole_digits = str(int(rounded))
    text = _whole(whole_digits if whole_digits != "0" else "", whole, grouped)
    fraction_digits = f"{rounded:f}".partition(".")[2]
    return text + _decimals(fraction_digits, decimals)


def _trailing_commas(tokens: Sequence[_Token], last: int) -> int:
    """How many commas follow the last digit at once: each divides by a thousand."""
    count = 0
    while last + 1 + count < len(tokens) and tokens[last + 1 + count] == _Token("sign", ","):
        count += 1
    return count


def _whole(digits: str, tokens: Sequence[_Token], grouped: bool) -> str:
    """The digits before the point, set into their placeholders from the right."""
    parts: list[str] = []
    first = next((at for at, token in enumerate(tokens) if token.kind == "digit"), len(tokens))
    place = 0

    def put(digit: str) -> None:
        nonlocal place
        parts.append(f"{digit}," if grouped and place and place % 3 == 0 else digit)
        place += 1

    for at in range(len(tokens) - 1, -1, -1):
        token = tokens[at]
        if token.kind == "digit":
            if place < len(digits):
                put(digits[-1 - place])
            elif token.text == "0":
                put("0")
            if at == first:
                while place < len(digits):
                    put(digits[-1 - place])
        elif token.kind == "literal":
            parts.append(token.text)
        elif token.text == "%":
            parts.append("%")
    return "".join(reversed(parts))


def _decimals(digits: str, tokens: Sequence[_Token]) -> str:
    """The digits after the point; zeros at the end stand only where the format has ``0``."""
    placeholders = [token.text for token in tokens if token.kind == "digit"]
    count = len(placeholders)
    while count and placeholders[count - 1] != "0" and digits[count - 1] == "0":
        count -= 1
    parts = ["."] if count else []
    place = 0
    for token in tokens:
        if token.kind == "digit":
            parts.append(digits[place] if place < count else "")
            place += 1
        elif token.kind == "literal":
            parts.append(token.text)
        elif token.text == "%":
            parts.append("%")
    return "".join(parts)


def _fraction(amount: Decimal, tokens: Sequence[_Token]) -> str:
    """An amount as "1 1/2"."""
    slash = next(at for at, token in enumerate(tokens) if token.kind == "sign" and token.text == "/")
    fixed = "".join(token.text for token in tokens[slash + 1 :] if token.kind == "literal").strip()
    places = sum(token.kind == "digit" for token in tokens[slash + 1 :])
    runs = "".join("x" if token.kind == "digit" else " " for token in tokens[:slash]).split()
    has_whole = len(runs) > 1
    whole = amount.to_integral_value(rounding=ROUND_DOWN) if has_whole else Decimal(0)
    rest = Fraction(amount - whole)
    if fixed.isdigit() and int(fixed):
        denominator = int(fixed)
        numerator = round(rest * denominator)
    else:
        nearest = rest.limit_denominator(10 ** max(1, min(places, 4)) - 1)
        numerator, denominator = nearest.numerator, nearest.denominator
    if has_whole and numerator == denominator:
        whole, numerator = whole + 1, 0
    if not numerator:
        return str(int(whole))
    return f"{int(whole)} {numerator}/{denominator}" if whole else f"{numerator}/{denominator}"


def _scientific(amount: Decimal, tokens: Sequence[_Token]) -> str:
    at = next(place for place, token in enumerate(tokens) if token.kind == "exponent")
    mantissa = tokens[:at]
    point = next((p for p, t in enumerate(mantissa) if t.kind == "sign" and t.text == "."), len(mantissa))
    step = max(1, sum(token.kind == "digit" for token in mantissa[:point]))
    exponent = floor(log10(float(amount)) / step) * step if amount else 0
    text = _decimal(amount.scaleb(-exponent), mantissa)
    if step == 1 and text.startswith("10"):
        exponent += 1
        text = _decimal(amount.scaleb(-exponent), mantissa)
    width = sum(token.kind == "digit" for token in tokens[at:])
    sign = "-" if exponent < 0 else "+" if tokens[at].text.endswith("+") else ""
    after = "".join(token.text for token in tokens[at + 1 :] if token.kind == "literal")
    return f"{text}E{sign}{abs(exponent):0{width}d}{after}"


def _date(value: float, section: _Section, from_1904: bool) -> str | None:
    """None: no date has this number."""
    tokens = section.tokens
    decimals = max((len(token.text) - 1 for token in tokens if token.kind == "fraction"), default=0)
    unit = 10**decimals
    parts = abs(value) * 86_400 * unit + 0.5
    if not isfinite(parts):
        return None
    ticks = floor(parts)
    sign = ""
    if any(token.kind == "elapsed" for token in tokens):
        sign = "-" if value < 0 else ""
        moment = datetime(1900, 1, 1)
    else:
        days, inside = divmod(ticks, 86_400 * unit)
        if value < 0 or days >= _LARGEST_SERIAL - (1462 if from_1904 else 0):
            return None
        begin = datetime(1904, 1, 1) if from_1904 else datetime(1899, 12, 31 if days < 60 else 30)
        moment = begin + timedelta(days=days, seconds=inside // unit)
    parts = _date_parts(tokens, moment, ticks, unit, section.locale & 0xFF)
    return sign + " ".join("".join(parts).split())


def _date_parts(
    tokens: Sequence[_Token], moment: datetime, ticks: int, unit: int, language: int
) -> Iterator[str]:
    seconds = ticks // unit
    has_half = any(token.kind == "half" for token in tokens)
    elapsed = any(token.kind == "elapsed" for token in tokens)
    for token in tokens:
        if token.kind == "elapsed":
            amount = seconds // {"h": 3600, "m": 60, "s": 1}[token.text[0]]
            yield f"{amount:0{len(token.text)}d}"
        elif token.kind == "half":
            half = ("AM", "PM") if len(token.text) > 3 else ("A", "P")
            yield half[moment.hour >= 12]
        elif token.kind == "fraction":
            yield f".{ticks % unit:0{len(token.text) - 1}d}"
        elif token.kind == "date":
            if elapsed:
                amount = {"n": seconds // 60 % 60, "m": seconds // 60 % 60, "s": seconds % 60}.get(
                    token.text[0], seconds // 3600 % 24
                )
                yield f"{amount:0{min(2, len(token.text))}d}"
            else:
                yield _date_part(token.text, moment, has_half, language)
        elif token.kind in ("literal", "digit") or token.text in "/,.":
            yield token.text


def _date_part(code: str, moment: datetime, has_half: bool, language: int) -> str:
    length = len(code)
    months = _MONTHS.get(language, _MONTHS[_ENGLISH]).split()
    days = _DAYS.get(language, _DAYS[_ENGLISH]).split()
    match code[0]:
        case "y":
            return f"{moment.year % 100:02d}" if length < 3 else f"{moment.year}"
        case "m":
            name = months[moment.month - 1]
            return (str(moment.month), f"{moment.month:02d}", name[:3], name, name[:1])[min(length, 5) - 1]
        case "d":
            name = days[moment.weekday()]
            return (str(moment.day), f"{moment.day:02d}", name[:3], name)[min(length, 4) - 1]
        case "h":
            hour = (moment.hour % 12 or 12) if has_half else moment.hour
            return f"{hour:0{min(length, 2)}d}"
        case "n":
            return f"{moment.minute:0{min(length, 2)}d}"
        case _:
            return f"{moment.second:0{min(length, 2)}d}"
