"""Abbreviations that end in a full stop, by what the stop means for the end of a sentence.

Titles are in ``titles.py``.
"""

from __future__ import annotations

from rag.english.calendar import MONTH_ABBREVIATIONS, WEEKDAY_ABBREVIATIONS

CONTINUING_ABBREVIATIONS = frozenset("approx cf e.g esp i.e incl viz vs".split())
"""Never end a sentence: something always follows."""

NUMBERED_ABBREVIATIONS = frozenset(
    "art ch chap ed eds eq eqs fig figs no nos nr p para pp pt sec tab vol vols".split()
)
"""Before a number these don't end a sentence."""

FINAL_ABBREVIATIONS = (
    MONTH_ABBREVIATIONS
    | WEEKDAY_ABBREVIATIONS
    | frozenset("bros co corp inc jr ltd sr".split())
    | frozenset("al assn ave avg blvd dept est ext ft hrs max min mt ph.d rd st tel univ".split())
    | frozenset(
        """ala ariz calif colo conn fla ill ind mass mich minn miss okla ore penn tenn wash wis""".split()
    )
)
"""May end a sentence: companies, places, US states; what follows decides."""
