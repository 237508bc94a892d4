"""The facts of a sentence that a text must hold to support it: numbers, dates, names, units, negation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise

from rag.english.function_words import FUNCTION_WORDS
from rag.english.given_names import GIVEN_NAMES
from rag.english.units import UNIT_FORMS
from rag.english.words import same_stem
from rag.grounding import dates as date_facts
from rag.grounding import numbers as number_facts
from rag.grounding.dates import Date
from rag.grounding.negation import negation_mismatch
from rag.grounding.numbers import Quantity
from rag.grounding.word_weights import is_frequent
from rag.grounding.words import Word, names, words_of

_AMERICA = frozenset("us usa america american americans".split())
_BRITAIN = frozenset("uk britain british".split())
_ALIASES = dict.fromkeys((*_AMERICA, "unitedstates"), _AMERICA) | dict.fromkeys(
    (*_BRITAIN, "unitedkingdom"), _BRITAIN
)
_DEMONYM_ENDINGS = ("an", "ish", "ese", "ic", "er")
_ALIGNED = 0.8  # of the best text's share of a sentence, from which a text says the same
_SAME_SUBJECT = 0.4  # of a sentence's word weight, in a text that may be its opposite
_MIN_DEMONYM_PREFIX = 4
_ACRONYM_LETTERS = range(3, 7)


class FactKind(StrEnum):
    """What a fact is."""

    NUMBER = "number"
    UNIT = "unit"
    DATE = "date"
    NAME = "name"
    NEGATION = "negation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """A fact of a sentence that the text doesn't hold, in the sentence's words ("not" for a negation).

    ``start`` and ``end`` are code points into the sentence.
    """

    kind: FactKind
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a text says that can be compared exactly."""

    quantities: tuple[Quantity, ...]
    dates: tuple[Date, ...]
    names: tuple[tuple[Word, ...], ...]
    words: tuple[Word, ...]
    stems: frozenset[str]


@lru_cache(maxsize=4096)
def facts_of(text: str) -> Facts:
    """The facts of a text. A date's day is no number of the text, its year is one."""
    found_dates = tuple(date_facts.dates(text))
    quantities = tuple(q for q in number_facts.quantities(text) if not _is_day(q, found_dates))
    words = words_of(text)
    return Facts(
        quantities=quantities,
        dates=found_dates,
        names=tuple(names(text)),
        words=words,
        stems=frozenset(word.stem for word in words),
    )


def missing_facts(sentence: str, cited: Sequence[str], context: Sequence[str] = ()) -> list[Missing]:
    """The numbers, units, dates and names of a sentence that neither the cited texts nor their context hold.

    Args:
        context: what stands over the cited texts (title, headings, header row).
    """
    facts = facts_of(sentence)
    sources = [facts_of(text) for text in (*cited, *context)]
    text = "\n".join((*cited, *context))
    found = [*_missing_dates(facts, sources), *_missing_numbers(facts, sources, text)]
    found += _missing_names(facts, sources)
    found += _missing_negation(sentence, cited)
    return sorted(found, key=lambda missing: missing.start)


def is_given_word(word: Word, sources: Sequence[Facts]) -> bool:
    """Whether a form of a word stands in one of the texts."""
    if any(word.stem in source.stems for source in sources):
        return True
    if not word.stem.isalpha():
        return False
    return any(_are_forms(word, other) for source in sources for other in source.words)


def _are_forms(one: Word, other: Word) -> bool:
    if one.stem[:3] != other.stem[:3]:
        return False
    if same_stem(one.folded, other.folded):
        return True
    return one.is_name and other.is_name and _same_country(one.folded, other.folded)


def _same_country(one: str, other: str) -> bool:
    """Whether one is the adjective of the other: "Canada", "Canadian"."""
    common = next(
        (i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )
    return common >= _MIN_DEMONYM_PREFIX and any(
        form.endswith(_DEMONYM_ENDINGS) and len(form) - common <= 4 and len(rest) - common <= 3
        for form, rest in ((one, other), (other, one))
    )


def _is_day(quantity: Quantity, found: Sequence[Date]) -> bool:
    inside = next((d for d in found if d.start <= quantity.start and quantity.end <= d.end), None)
    return inside is not None and quantity.value != inside.year


def _missing_dates(facts: Facts, sources: Sequence[Facts]) -> Iterator[Missing]:
    given = [date for source in sources for date in source.dates]
    years = {q.value for source in sources for q in source.quantities}
    for date in facts.dates:
        if not date_facts.is_given(date, given, years):
            yield Missing(kind=FactKind.DATE, text=date.text, start=date.start, end=date.end)


def _missing_numbers(facts: Facts, sources: Sequence[Facts], text: str) -> Iterator[Missing]:
    given = [q for source in sources for q in source.quantities]
    for number in facts.quantities:
        if number.is_loose or any(d.start <= number.start < d.end for d in facts.dates):
            continue
        kind = None
        if not number_facts.is_given(number, given):
            kind = FactKind.UNIT if number_facts.same_value(number, given) else FactKind.NUMBER
        elif number.unit in UNIT_FORMS and not number_facts.mentions_unit(number.unit, text):
            kind = FactKind.UNIT
        if kind is not None:
            yield Missing(kind=kind, text=number.text, start=number.start, end=number.end)


def _missing_names(facts: Facts, sources: Sequence[Facts]) -> Iterator[Missing]:
    numbers = [(q.start, q.end) for q in facts.quantities] + [(d.start, d.end) for d in facts.dates]
    for name in facts.names:
        absent = [w for w in name if not is_given_word(w, sources)]
        absent = [w for w in absent if not any(start < w.end and w.start < end for start, end in numbers)]
        if not _is_missing(name, absent) or _is_abbreviated(name, sources):
            continue
        first, last = absent[0], absent[-1]
        yield Missing(
            kind=FactKind.NAME, text=" ".join(w.text for w in absent), start=first.start, end=last.end
        )


def _missing_negation(sentence: str, cited: Sequence[str]) -> Iterator[Missing]:
    """A negation against the cited texts that hold nearly as much of the sentence as the best one does."""
    words = [word for word in words_of(sentence) if word.weight]
    total = sum(word.weight for word in words)
    shares = [sum(w.weight for w in words if w.stem in facts_of(text).stems) for text in cited]
    least = max(_ALIGNED * max(shares, default=0.0), _SAME_SUBJECT * total)
    aligned = [text for text, share in zip(cited, shares, strict=True) if share >= least]
    cue = negation_mismatch(sentence, aligned, cited) if total else None
    if cue is not None:
        at = max(sentence.find(cue), 0)
        yield Missing(kind=FactKind.NEGATION, text=cue, start=at, end=at + len(cue) if cue in sentence else 0)


def _is_missing(name: Sequence[Word], absent: Sequence[Word]) -> bool:
    """Whether a name of which some words are absent is another name.

    A frequent word is often left out ("the Canadian Premier", of a league) where a rare one is there, but not
    behind a given name: "Ann Low" isn't "Ann Lee".
    """
    present = [word for word in name if word not in absent]
    if _has_other_surname(name, absent) or all(is_frequent(word.folded) for word in present):
        return bool(absent)
    return any(word.text in GIVEN_NAMES or not is_frequent(word.folded) for word in absent)


def _has_other_surname(name: Sequence[Word], absent: Sequence[Word]) -> bool:
    return any(first.text in GIVEN_NAMES and second in absent for first, second in pairwise(name))


def _is_abbreviated(name: Sequence[Word], sources: Sequence[Facts]) -> bool:
    """Whether a name's initials stand in a text, or the name is the initials of words there."""
    alias = _ALIASES.get("".join(word.folded.replace(".", "") for word in name))
    if alias and any(word.folded.replace(".", "") in alias for source in sources for word in source.words):
        return True
    if len(name) > 1:
        initials = "".join(word.folded[0] for word in name).upper()
        return any(initials == word.text.replace(".", "") for source in sources for word in source.words)
    letters = name[0].folded.replace(".", "")
    if not name[0].text.replace(".", "").isupper() or len(letters) not in _ACRONYM_LETTERS:
        return False
    return any(letters in _initials(source) for source in sources)


def _initials(facts: Facts) -> str:
    return "".join(word.folded[0] for word in facts.words if word.folded not in FUNCTION_WORDS)
