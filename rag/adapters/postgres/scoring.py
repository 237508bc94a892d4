"""The lexical score in SQL: BM25 of a question's terms, and its coverage, as Tantivy's adapter computes them.

A question always has common words ("the", "of"), whose lists are as long as the collection. They are left out
at first: if the best passages by the other terms can't be overtaken by all that the common ones could add,
only those passages that are near enough to the best are looked up in the long lists (MaxScore, Turtle and
Flood 1995). Otherwise the lists are read whole. Both give the same result.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rag.adapters.coverage import coverage, idf

_K1, _B = 1.2, 0.75  # Tantivy's constants
_LONG = 2_000  # passages: a term with more of them is common, if it doesn't count in the coverage


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A term of a collection: its number, and how many passages have it in their text and context."""

    number: int
    text_passages: int
    context_passages: int

    @property
    def passages(self) -> int:
        return max(self.text_passages, self.context_passages)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One term's share in a question: in BM25 by field, and in the coverage of the question's word ``group``.

    Of a group the part with the greatest ``cover`` counts.
    """

    term: int
    group: int
    text: float = 0.0
    context: float = 0.0
    cover: float = 0.0

    @property
    def most(self) -> float:
        """More than what it can add to a passage's score."""
        return self.text + self.context + self.cover


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """A question's parts: ``rare`` ones, and ``common`` ones, which have no coverage."""

    rare: tuple[Part, ...]
    common: tuple[Part, ...]

    @property
    def common_most(self) -> float:
        return sum(part.most for part in self.common)


def weights(
    words: Sequence[str],
    terms: Mapping[str, Term],
    passages: int,
    *,
    context_boost: float,
    coverage_weight: float,
) -> Weights:
    """The parts of a question's terms that the collection has.

    Args:
        words: the question's terms; one that comes twice weighs twice in BM25.
        terms: those of ``coverage.looked_up`` that the collection has.
        passages: of the collection.
    """
    groups = {word: number for number, word in enumerate(dict.fromkeys(words))}
    covers: dict[str, dict[str, float]] = {}
    if coverage_weight:
        counted = coverage(
            words, lambda word: terms[word].passages if word in terms else 0, passages, coverage_weight
        )
        covers = {word: dict(parts) for word, parts in counted}
    rare: list[Part] = []
    common: list[Part] = []
    for word, frequency in Counter(words).items():
        covering = covers.get(word, {})
        term = terms.get(word)
        if term is not None:
            part = Part(
                term=term.number,
                group=groups[word],
                text=_bm25_weight(term.text_passages, passages, frequency),
                context=_bm25_weight(term.context_passages, passages, frequency) * context_boost,
                cover=covering.get(word, 0.0),
            )
            (rare if covering or term.passages <= _LONG else common).append(part)
        rare += [
            Part(term=terms[other].number, group=groups[word], cover=weight)
            for other, weight in covering.items()
            if other != word
        ]
    return Weights(rare=tuple(rare), common=tuple(common))


def _bm25_weight(count: int, passages: int, frequency: int) -> float:
    return idf(count, passages) * (_K1 + 1) * frequency if count else 0.0


def parameters(prefix: str, parts: Sequence[Part]) -> dict[str, object]:
    """The parameters of ``parts_table`` with this prefix."""
    return {
        f"{prefix}_terms": [part.term for part in parts],
        f"{prefix}_groups": [part.group for part in parts],
        f"{prefix}_texts": [part.text for part in parts],
        f"{prefix}_contexts": [part.context for part in parts],
        f"{prefix}_covers": [part.cover for part in parts],
    }


def length_parameters(passages: int, text_terms: int, context_terms: int) -> dict[str, object]:
    """What a term of a field's length adds to the divisor of BM25, by the field's mean length."""
    return {
        "constant": _K1 * (1 - _B),
        "text_slope": _K1 * _B * passages / text_terms if text_terms else 0.0,
        "context_slope": _K1 * _B * passages / context_terms if context_terms else 0.0,
    }


def scores_sql(postings: str, prefix: str, *, of: str = "") -> str:
    """A query for ``(passage, score)`` by the parts of a prefix.

    Args:
        of: a table expression with a column ``passage``: only of these passages. LATERAL and OFFSET 0 make
            the server look terms up one by one, whatever its statistics say.
    """
    restriction = " AND p.passage = chosen.passage" if of else ""
    return f"""
SELECT passage, sum(score) AS score FROM (
  SELECT p.passage, q.number, max(q.cover)
    + sum(q.text * p.text_count
          / (p.text_count + %(constant)s::float8 + %(text_slope)s::float8 * p.text_length)
        + q.context * p.context_count
          / (p.context_count + %(constant)s::float8 + %(context_slope)s::float8 * p.context_length)) AS score
  FROM unnest(%({prefix}_terms)s::integer[], %({prefix}_groups)s::integer[], %({prefix}_texts)s::float8[],
              %({prefix}_contexts)s::float8[], %({prefix}_covers)s::float8[])
       AS q (term, number, text, context, cover)
  {f"CROSS JOIN {of} AS chosen" if of else ""}
  CROSS JOIN LATERAL (SELECT * FROM {postings} p WHERE p.term = q.term{restriction} OFFSET 0) AS p
  GROUP BY p.passage, q.number
) AS by_word GROUP BY passage
"""  # noqa: S608 (names of this package)
