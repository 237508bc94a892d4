"""Random values of synthetic records: people, dates, amounts, codes, invented names."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping

from rag.english.calendar import MONTHS, WEEKDAYS

_FIRST_NAMES = (
    "Ada Amir Ana Anton Aoife Beatriz Björn Carlos Chloe Daniel Dara Deepa Elena Emeka Erik Fatima Felix Gita"
    " Grace Hassan Helen Hugo Ingrid Ivan Jamal Jane Jonas Julia Kamal Karin Kofi Laura Leo Lin Lucia Maria"
    " Mateo Mei Miriam Nadia Nils Noor Olga Omar Paolo Pia Rahul Rosa Sam Sara Sven Tariq Teresa Vera Viktor"
    " Wanda Xin Yuki Yusuf Zoe"
).split()
_LAST_NAMES = (
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
_WEEKDAYS = [day.capitalize() for day in WEEKDAYS]
_TIME_UNITS = "minutes hours days weeks months years".split()
_MONEY = ("€{:,}", "${:,}", "£{:,}", "{:,} EUR", "${:,}.50")
_PHONES = ("+44 20 7946 {:04}", "555-{:04}", "(020) 55 {:04}", "ext. {:04}")
_CODES = ("{a}{b}-{n}", "{a}{n}", "{n}-{b}", "#{n}", "v{d}.{e}.1")


def sample_value(spec: str, rng: random.Random) -> str:
    """A random value of a specification.

    Args:
        spec: "one of a|b", "named {thing} Park" (with ``thing``, ``town`` or ``name``), "number 2 60 {} kg"
            (least, most, form), or a name of ``_VALUES``.

    Raises:
        KeyError: there is no such value.
    """
    if spec.startswith("one of "):
        return rng.choice(alternatives(spec.removeprefix("one of ")))
    if spec.startswith("named "):
        names = {"thing": rng.choice(_THINGS), "town": rng.choice(_TOWNS), "name": rng.choice(_LAST_NAMES)}
        return spec.removeprefix("named ").format(**names)
    if spec.startswith("number "):
        _, low, high, form = spec.split(" ", 3)
        return form.format(f"{rng.randint(int(low), int(high)):,}")
    return _VALUES[spec](rng)


def alternatives(text: str) -> tuple[str, ...]:
    """The alternatives of a text, which bars part; none of an empty text.

    >>> alternatives("red|blue")
    ('red', 'blue')
    """
    return tuple(text.split("|")) if text else ()


def person(rng: random.Random) -> str:
    """An invented first and last name."""
    return f"{rng.choice(_FIRST_NAMES)} {rng.choice(_LAST_NAMES)}"


def email_address(rng: random.Random) -> str:
    """An address of the reserved domain `.example` (RFC 2606)."""
    user = rng.choice((*_FIRST_NAMES, *_THINGS, "info", "help")).lower()
    return f"{user}@{rng.choice(_THINGS).lower()}.example"


def date(rng: random.Random) -> str:
    """A date between 2015 and 2027 in one of the usual forms, some without day or year."""
    day, month, year = rng.randint(1, 28), rng.randrange(12), rng.randint(2015, 2027)
    name = _MONTHS[month]
    forms = (f"{day} {name} {year}", f"{name} {day}, {year}", f"{year}-{month + 1:02}-{day:02}")
    return rng.choice((*forms, f"{day} {name[:3]}", f"{name} {year}"))


def _clock(rng: random.Random) -> str:
    hour, minute = rng.randint(0, 23), rng.choice((0, 0, 15, 30, 45))
    return rng.choice((f"{hour:02}:{minute:02}", f"{hour % 12 or 12}:{minute:02} {'ap'[hour > 11]}m"))


def _code(rng: random.Random) -> str:
    a, b = rng.choice("ABCDEFGHKLMNPRSTX"), rng.choice("ABCDEFGHKLMNPRSTX")
    parts = {"a": a, "b": b, "n": rng.randint(10, 9_999), "d": rng.randint(1, 9), "e": rng.randint(0, 20)}
    return rng.choice(_CODES).format(**parts)


def _money(rng: random.Random) -> str:
    amount = rng.choice((rng.randint(2, 99), rng.randint(1, 60) * 25, rng.randint(2, 90) * 1_000))
    return rng.choice(_MONEY).format(amount)


_VALUES: Mapping[str, Callable[[random.Random], str]] = {
    "clock": _clock,
    "code": _code,
    "date": date,
    "mail": email_address,
    "money": _money,
    "person": person,
    "phone": lambda rng: rng.choice(_PHONES).format(rng.randint(100, 9_999)),
    "span_of_time": lambda rng: f"{rng.randint(2, 48)} {rng.choice(_TIME_UNITS)}",
    "town": lambda rng: rng.choice(_TOWNS),
    "weekday": lambda rng: rng.choice(_WEEKDAYS),
    "year": lambda rng: str(rng.randint(1890, 2026)),
}
