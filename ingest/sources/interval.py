"""How often something is done, as people write it: ``15m``, ``6h``, ``1d``."""

from __future__ import annotations

import re
from datetime import timedelta

_FORM = re.compile(r"([1-9][0-9]{0,4})([mhd])\Z")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
_LONGEST = timedelta(days=366)


def interval_of(text: str) -> timedelta:
    """The time between two runs: a number of minutes, hours or days; a year at most. Raises ValueError.

    >>> interval_of("90m"), interval_of("1d")
    (datetime.timedelta(seconds=5400), datetime.timedelta(days=1))
    """
    match = _FORM.match(text)
    if match is None or (found := timedelta(**{_UNITS[match[2]]: int(match[1])})) > _LONGEST:
        raise ValueError(f"{text!r} is no interval: give it as 15m, 6h or 1d, a year at most")
    return found


def interval_text(interval: timedelta) -> str:
    """The shortest form of whole minutes.

    >>> interval_text(timedelta(minutes=90)), interval_text(timedelta(hours=48))
    ('90m', '2d')
    """
    minutes = int(interval.total_seconds() // 60)
    for unit, size in (("d", 1_440), ("h", 60)):
        if minutes % size == 0:
            return f"{minutes // size}{unit}"
    return f"{minutes}m"
