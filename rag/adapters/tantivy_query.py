"""The lexical index's query: BM25 of the question's words, and how many of them a passage has at all.

A question in other words than the page's shares few words with it. BM25 then prefers a short passage that
has one of them often; better is one that has more of them, each once. So the score is BM25 and the
coverage: twice the sum of the inverse document frequencies (IDF) of those words that the passage has in its
text or context (a word's share in BM25 is up to 2.2 times its IDF). A related word ("buy" for "purchase")
counts 0.7 of the word itself, and function words count nothing. docs/decisions/retrieval.md has the effect,
measured.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING

from rag.english.function_words import STOP_WORDS
from rag.english.related_words import related_stems
from rag.english.words import stem

if TYPE_CHECKING:
    import tantivy

TEXT, CONTEXT = "text", "context"  # the fields
_RELATED = 0.7  # of a word's weight, for a passage that has a related word only
# Longer lists of passages cost time and tell passages apart no better: shares of all passages.
_MAX_SHARE, _MAX_RELATED_SHARE = 0.25, 0.2
_FREQUENT = 500  # passages; these shares are of larger collections


def search_query(
    searcher: tantivy.Searcher,
    schema: tantivy.Schema,
    terms: Sequence[str],
    *,
    context_boost: float,
    coverage: float,
) -> tantivy.Query:
    """A disjunction of the terms; one that occurs twice weighs twice in BM25.

    Args:
        terms: of the question, as the fields' analyzer gives them.
        context_boost: the weight of a term in the context relative to the text, in BM25.
        coverage: the weight of a term that a passage has at all, in its IDF; 0 leaves BM25 alone.
    """
    from tantivy import Occur, Query

    clauses = list(_bm25(searcher, schema, terms, context_boost))
    if coverage:
        clauses += _coverage(searcher, schema, terms, coverage)
    return Query.boolean_query([(Occur.Should, clause) for clause in clauses])


def _bm25(
    searcher: tantivy.Searcher, schema: tantivy.Schema, terms: Sequence[str], context_boost: float
) -> Iterator[tantivy.Query]:
    from tantivy import Query

    for term, frequency in Counter(terms).items():
        for field, boost in ((TEXT, 1.0), (CONTEXT, context_boost)):
            if searcher.doc_freq(field, term):
                query = Query.term_query(schema, field, term, index_option="freq")
                yield Query.boost_query(query, boost * frequency)


def _coverage(
    searcher: tantivy.Searcher, schema: tantivy.Schema, terms: Sequence[str], coverage: float
) -> Iterator[tantivy.Query]:
    """For each word that carries meaning its IDF where a passage has it, less for a related word.

    A word that the collection doesn't have has the IDF of its related words together.
    """
    from tantivy import Query

    passages = searcher.num_docs
    for term in dict.fromkeys(terms):
        if term in _stop_terms():
            continue
        count = _passages_with(searcher, term)
        related = {other: n for other in related_stems(term) if (n := _passages_with(searcher, other))}
        weight = coverage * _idf(count or sum(related.values()), passages)
        parts = [(term, weight)] if 0 < count <= max(_FREQUENT, _MAX_SHARE * passages) else []
        if parts or not count:
            longest = max(_FREQUENT, _MAX_RELATED_SHARE * passages)
            parts += [(other, _RELATED * weight) for other, n in related.items() if n <= longest]
        if parts:
            yield Query.disjunction_max_query(
                [_constant(schema, field, *part) for part in parts for field in (TEXT, CONTEXT)]
            )


def _constant(schema: tantivy.Schema, field: str, term: str, score: float) -> tantivy.Query:
    """The score of each passage that has the term, however often."""
    from tantivy import Query

    return Query.const_score_query(Query.term_query(schema, field, term, index_option="basic"), score)


def _passages_with(searcher: tantivy.Searcher, term: str) -> int:
    """The number of passages with a term, removed ones among them until their files are rewritten."""
    return int(max(searcher.doc_freq(TEXT, term), searcher.doc_freq(CONTEXT, term)))


def _idf(count: int, passages: int) -> float:
    """As in BM25 (Robertson and Zaragoza 2009), with the 1 that keeps it above 0."""
    count = min(count, passages)
    return math.log(1 + (passages - count + 0.5) / (count + 0.5))


@cache
def _stop_terms() -> frozenset[str]:
    return frozenset(stem(word) for word in STOP_WORDS)
