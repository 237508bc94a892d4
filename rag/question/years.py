"""Years and versions that a question names, and documents that name other ones.

"policy 2025" is not answered by the policy of 2026, however alike both are. What a document is about stands
in its title, its headings and the name of its file; years in its text may be anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.english.function_words import FUNCTION_WORDS

Version = tuple[str, tuple[str, ...]]
"""The word before a version ("python", or empty after "v" and "version") and the version's parts."""

_YEAR = re.compile(
    r"""(?: (?<![A-Za-z\d.,$€£\#]) | (?<=[A-Za-z]{3}) ) (?:FY|CY)?  # not within a number, a price or a hash
    (?P<year>(?:19|20)\d\d)
    (?: \s?[-–/]\s?(?P<end>(?:(?:19|20)\d\d|\d\d)) (?![-–/]?\w) )?  # 2024-25, 2018-2022; not 2024-10-18
    (?:Q[1-4]|H[12])? (?![\dA-Za-z%]|[.,]\d)""",
    re.VERBOSE,
)
_SHORT_YEAR = re.compile(r"\b(?:FY|CY|fiscal year|financial year)\s?['’]?(\d\d)\b", re.IGNORECASE)
_LONGEST_RANGE = 10  # years; a longer one is no period that a document is made for
_VERSION = re.compile(
    r"(?<![A-Za-z\d.])(?:v\.?\s?|(?:versions?|releases?|revisions?|rev\.?)[ _-])"
    r"(\d+(?:\.\d+){0,3})(?!\w|\.\d)",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"(?<![\w.])(?:([A-Za-z][A-Za-z.+#]*)[ _/-])?(\d+(?:\.\d+){1,3})(?![\w%]|\.\d)")
_VERSION_WORDS = frozenset("v version versions release releases revision revisions rev".split())


def named_years(text: str) -> frozenset[int]:
    """The years that a text names; of a range all.

    >>> sorted(named_years("Leave policy 2024-25")), sorted(named_years("budget FY26, as of 2025-10-18"))
    ([2024, 2025], [2025, 2026])
    """
    years = {2000 + int(short) for short in _SHORT_YEAR.findall(text)}
    for match in _YEAR.finditer(text):
        year, end = int(match["year"]), match["end"]
        years.add(year)
        if end:
            last = int(end) if len(end) == 4 else year // 100 * 100 + int(end)
            if year < last <= year + _LONGEST_RANGE:
                years.update(range(year, last + 1))
    return frozenset(years)


def named_versions(text: str) -> frozenset[Version]:
    """The versions that a text names, each with the word before it.

    >>> sorted(named_versions("Python 3.13, v2"))
    [('', ('2',)), ('python', ('3', '13'))]
    """
    return frozenset(_versions(text))


def _versions(text: str) -> Iterator[Version]:
    for match in _VERSION.finditer(text):
        yield "", tuple(match[1].split("."))
    for match in _NUMBERED.finditer(text):
        word, parts = (match[1] or "").casefold(), tuple(match[2].split("."))
        name = "" if word in FUNCTION_WORDS else word
        # "1.5 days", "in 1.5 days" and "2.3 Scope" are no versions.
        if word not in _VERSION_WORDS and (name or len(parts) > 2):
            yield name, parts


def agrees_on_version(question: str, naming: str) -> bool | None:
    """Whether what a document names is what the question names; None where either names nothing.

    Args:
        naming: the document's title, headings and uri, a line each.

    >>> agrees_on_version("leave policy 2025", "Leave policy 2026"), agrees_on_version("leave?", "Leave 2026")
    (False, None)
    """
    asked, years = named_years(question), named_years(naming)
    verdicts = [not asked.isdisjoint(years)] if asked and years else []
    versions = named_versions(naming)
    for word, parts in named_versions(question):
        comparable = [other for name, other in versions if name == word or not (name and word)]
        if comparable:
            verdicts.append(any(_is_same(parts, other) for other in comparable))
    return all(verdicts) if verdicts else None


def names_other_version(question: str, naming: str) -> bool:
    """True where a document names a year or a version, and not the one that the question names.

    Args:
        naming: the document's title, headings and uri, a line each.

    >>> names_other_version("leave policy 2025", "docs/leave-2026.md")
    True
    """
    return agrees_on_version(question, naming) is False


def _is_same(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Equal, or one names the other more coarsely: 2 and 2.3, not 3.1 and 3.13."""
    length = min(len(one), len(other))
    return one[:length] == other[:length]
