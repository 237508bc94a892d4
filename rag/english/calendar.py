"""Months, days of the week, and other words of time."""

from __future__ import annotations

MONTHS = tuple(
    "january february march april may june july august september october november december".split()
)
WEEKDAYS = tuple("monday tuesday wednesday thursday friday saturday sunday".split())
MONTH_ABBREVIATIONS = frozenset("jan feb mar apr jun jul aug sep sept oct nov dec".split())
WEEKDAY_ABBREVIATIONS = frozenset("mon tue tues wed thu thurs fri sat sun".split())
FREQUENCIES = frozenset("daily weekly monthly annually".split())
TIME_WORDS = (
    frozenset(MONTHS)
    | frozenset(WEEKDAYS)
    | FREQUENCIES
    | frozenset(
        """today yesterday tomorrow minute minutes hour hours day days week weeks month months quarterly year
        years decade century morning noon afternoon evening night midnight spring summer autumn fall winter
        christmas easter earlier later ago before after""".split()
    )
)
"""An answer to "when?" has at least one of these, or a digit."""
