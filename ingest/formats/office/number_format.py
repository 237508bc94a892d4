"""Numbers, dates and times as a spreadsheet's number format shows them (ECMA-376, part 1, 18.8.30)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_DOWN, ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from math import floor, isfinite, log10

from ingest.formats.office.format_date import shown_date
from ingest.formats.office.format_sections import Section, Token, format_sections
from ingest.formats.sheets import general

GENERAL = "General"
ISO_DATE = "yyyy-mm-dd"

_EXACT = Context(prec=2_000)
_SYSTEM_DATE, _SYSTEM_TIME = 0xF800, 0xF400


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
    sections = format_sections(number_format)
    section, unsigned = _section_of(value, sections)
    if section is None:
        return general(value)
    if section.locale == _SYSTEM_DATE:
        section = format_sections(ISO_DATE)[0]
    elif section.locale == _SYSTEM_TIME:
        section = format_sections("h:mm:ss")[0]
    if section.is_date:
        text = shown_date(value, section, from_1904=from_1904)
        return general(value) if text is None else text
    return " ".join(_number(value, section, unsigned).split())


def shown_text(text: str, number_format: str) -> str:
    """A text as its cell shows it: a format's fourth part, or one with ``@``, may add words or hide it."""
    if "@" not in number_format and number_format.count(";") < 3:
        return text
    sections = format_sections(number_format)
    section = sections[3] if len(sections) > 3 else sections[-1]
    if len(sections) < 4 and not any(token.text == "@" for token in section.tokens):
        return text
    return "".join(
        text if token.text == "@" and token.kind == "sign" else token.text if token.kind == "literal" else ""
        for token in section.tokens
    )


def _section_of(value: float, sections: Sequence[Section]) -> tuple[Section | None, bool]:
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


def _number(value: float, section: Section, unsigned: bool) -> str:
    if section.decimals is not None:
        return _usual(value, section.decimals, section.grouped, unsigned)
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


def _usual(value: float, decimals: int, grouped: bool, unsigned: bool) -> str:
    """As ``_number`` by the section's tokens, in a tenth of the time: most numbers of a workbook."""
    rounded = abs(Decimal(f"{value:.15g}")).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP, _EXACT)
    text = f"{rounded:,f}" if grouped else f"{rounded:f}"
    return f"-{text}" if value < 0 and not unsigned and rounded else text


def _decimal(amount: Decimal, tokens: Sequence[Token]) -> str:
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


def _trailing_commas(tokens: Sequence[Token], last: int) -> int:
    """How many commas follow the last digit at once: each divides by a thousand."""
    count = 0
    while last + 1 + count < len(tokens) and tokens[last + 1 + count] == Token("sign", ","):
        count += 1
    return count


def _whole(digits: str, tokens: Sequence[Token], grouped: bool) -> str:
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


def _decimals(digits: str, tokens: Sequence[Token]) -> str:
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


def _fraction(amount: Decimal, tokens: Sequence[Token]) -> str:
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


def _scientific(amount: Decimal, tokens: Sequence[Token]) -> str:
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
