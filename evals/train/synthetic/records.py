"""Invented records, as the tables of a team's pages hold them, and how people ask about them.

The kinds are in ``kinds/``, which says how they are written (in ``mixed.toml``); here is what a value is.
"""

from __future__ import annotations

import random
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from rag.english.calendar import MONTHS, WEEKDAYS

_KINDS, _REMARKS = Path(__file__).with_name("kinds"), Path(__file__).with_name("remarks.toml")
_FIRST = (
    "Ada Amir Ana Anton Aoife Beatriz Björn Carlos Chloe Daniel Dara Deepa Elena Emeka Erik Fatima Felix Gita"
    " Grace Hassan Helen Hugo Ingrid Ivan Jamal Jane Jonas Julia Kamal Karin Kofi Laura Leo Lin Lucia Maria"
    " Mateo Mei Miriam Nadia Nils Noor Olga Omar Paolo Pia Rahul Rosa Sam Sara Sven Tariq Teresa Vera Viktor"
    " Wanda Xin Yuki Yusuf Zoe"
).split()
_LAST = (
    "Abbott Adeyemi Alvarez Andersen Bailey Banerjee Becker Bianchi Boateng Brandt Campbell Castro Chen"
    " Cohen Costa Dahl Davies Diaz Dubois Eriksen Farah Fischer Flores Foster Garcia Gill Greene Gupta Haddad"
    " Hansen Ibrahim Ito Jensen Kaya Keller Khan Kim Kowalski Lambert Larsen Lopez Martin Mensah Meyer Moreau"
    " Nakamura Nguyen O'Brien Olsen Ortiz Park Patel Petrov Popescu Quinn Rossi Sanchez Schmidt Shah Silva"
    " Singh Sousa Suzuki Tanaka Torres Walsh Weber Wright Yilmaz Zhang"
).split()
_TOWNS = (
    "Aarhus Bergen Bilbao Bordeaux Braga Brno Cardiff Cork Dresden Galway Ghent Graz Haarlem Halifax Izmir"
    " Kraków Lagos Leipzig Lyon Malmö Nairobi Nantes Odense Osaka Oulu Porto Quito Riga Rouen Salem Seville"
    " Split Tampere Tartu Trento Turin Umeå Utrecht Verona York Zadar"
).split()
_THINGS = (
    "Amber Anchor Aurora Beacon Birch Breeze Canyon Cedar Comet Copper Coral Crescent Delta Ember Falcon"
    " Fern Garnet Glacier Harbor Heron Horizon Iris Juniper Lagoon Lantern Lotus Maple Meadow Mistral Nimbus"
    " Opal Orchid Osprey Pebble Pioneer Prairie Quartz Raven Ridge River Saffron Sierra Summit Tundra"
    " Willow Zenith"
).split()
_MONTHS = [month.capitalize() for month in MONTHS]
_DAYS = [day.capitalize() for day in WEEKDAYS]
_UNITS = "minutes hours days weeks months years".split()
_MONEY = ("€{:,}", "${:,}", "£{:,}", "{:,} EUR", "${:,}.50")
_PHONES = ("+44 20 7946 {:04}", "555-{:04}", "(020) 55 {:04}", "ext. {:04}")
_CODES = ("{a}{b}-{n}", "{a}{n}", "{n}-{b}", "#{n}", "v{d}.{e}.1")


@dataclass(frozen=True, slots=True)
class Column:
    """``asks`` have the key in their braces; ``tells`` have a value, and ask for the key."""

    heads: tuple[str, ...]
    value: str
    asks: tuple[str, ...]
    tells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Kind:
    """``heads`` are headings of the column of the keys, ``key`` what a key is."""

    heads: tuple[str, ...]
    key: str
    columns: tuple[Column, ...]


@cache
def remarks() -> Mapping[str, tuple[str, ...]]:
    """What may be said of anything, and the questions that it answers."""
    return {said: parts(asks) for said, asks in read_toml(_REMARKS)["remarks"]}


@cache
def kinds() -> tuple[Kind, ...]:
    """All kinds of record, in the order of the files' names."""
    return tuple(
        Kind(parts(one["heads"]), one["key"], tuple(_column(*column) for column in one["columns"]))
        for path in sorted(_KINDS.glob("*.toml"))
        for one in read_toml(path)["kind"]
    )


def read_toml(path: Path) -> dict[str, Any]:
    """What a file of kinds, remarks or texts holds."""
    return tomllib.loads(path.read_text(encoding="utf-8"))


def value(spec: str, rng: random.Random) -> str:
    """A value: "one of a|b", "named {thing} Park", "number 2 60 {} kg", or one of the names below.

    Raises:
        KeyError: there is no such value.
    """
    if spec.startswith("one of "):
        return rng.choice(parts(spec.removeprefix("one of ")))
    if spec.startswith("named "):
        names = {"thing": rng.choice(_THINGS), "town": rng.choice(_TOWNS), "name": rng.choice(_LAST)}
        return spec.removeprefix("named ").format(**names)
    if spec.startswith("number "):
        _, low, high, form = spec.split(" ", 3)
        return form.format(f"{rng.randint(int(low), int(high)):,}")
    return _VALUES[spec](rng)


def parts(text: str) -> tuple[str, ...]:
    """Alternatives, which stand between bars; none in an empty text."""
    return tuple(text.split("|")) if text else ()


def _column(heads: str, spec: str, asks: str, tells: str = "") -> Column:
    return Column(parts(heads), spec, parts(asks), parts(tells))


def person(rng: random.Random) -> str:
    """A name that nobody need have."""
    return f"{rng.choice(_FIRST)} {rng.choice(_LAST)}"


def mail(rng: random.Random) -> str:
    """An address of nobody's."""
    return f"{rng.choice((*_FIRST, *_THINGS, 'info', 'help')).lower()}@{rng.choice(_THINGS).lower()}.example"


def date(rng: random.Random) -> str:
    """A day of these years, as people write it."""
    day, month, when = rng.randint(1, 28), rng.randrange(12), rng.randint(2015, 2027)
    name = _MONTHS[month]
    forms = (f"{day} {name} {when}", f"{name} {day}, {when}", f"{when}-{month + 1:02}-{day:02}")
    return rng.choice((*forms, f"{day} {name[:3]}", f"{name} {when}"))


def _clock(rng: random.Random) -> str:
    hour, minute = rng.randint(0, 23), rng.choice((0, 0, 15, 30, 45))
    return rng.choice((f"{hour:02}:{minute:02}", f"{hour % 12 or 12}:{minute:02} {'ap'[hour > 11]}m"))


def _code(rng: random.Random) -> str:
    a, b = rng.choice("ABCDEFGHKLMNPRSTX"), rng.choice("ABCDEFGHKLMNPRSTX")
    named = {"a": a, "b": b, "n": rng.randint(10, 9_999), "d": rng.randint(1, 9), "e": rng.randint(0, 20)}
    return rng.choice(_CODES).format(**named)


def _money(rng: random.Random) -> str:
    amount = rng.choice((rng.randint(2, 99), rng.randint(1, 60) * 25, rng.randint(2, 90) * 1_000))
    return rng.choice(_MONEY).format(amount)


_VALUES: Mapping[str, Callable[[random.Random], str]] = {
    "clock": _clock,
    "code": _code,
    "date": date,
    "mail": mail,
    "money": _money,
    "person": person,
    "phone": lambda rng: rng.choice(_PHONES).format(rng.randint(100, 9_999)),
    "span_of_time": lambda rng: f"{rng.randint(2, 48)} {rng.choice(_UNITS)}",
    "town": lambda rng: rng.choice(_TOWNS),
    "weekday": lambda rng: rng.choice(_DAYS),
    "year": lambda rng: str(rng.randint(1890, 2026)),
}
