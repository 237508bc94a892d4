"""The lexical index's query in Tantivy: BM25 of the question's words, and ``rag.adapters.coverage``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

from rag.adapters.coverage import coverage as coverage_parts

if TYPE_CHECKING:
    import tantivy

TEXT, CONTEXT = "text", "context"  # the fields


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
    """For each word that carries meaning its weight where a passage has it, less for a related word."""
    from tantivy import Query

    counted = partial(_passages_with, searcher)
    for _, parts in coverage_parts(terms, counted, searcher.num_docs, coverage):
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
