"""Dates, times and durations as a section of a number format shows them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from math import floor, isfinite

from ingest.formats.office.format_sections import Section, Token

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


def shown_date(value: float, section: Section, *, from_1904: bool) -> str | None:
    """A number of days as a section with date tokens shows it; None: no date has this number.

    Args:
        from_1904: dates count from 1904, not from 1900.
    """
    tokens = section.tokens
    decimals = max((len(token.text) - 1 for token in tokens if token.kind == "fraction"), default=0)
    unit = 10**decimals
    exact = abs(value) * 86_400 * unit + 0.5
    if not isfinite(exact):
        return None
    ticks = floor(exact)
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
    tokens: Sequence[Token], moment: datetime, ticks: int, unit: int, language: int
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
