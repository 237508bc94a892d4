"""The lexical index in PostgreSQL: exact BM25 over a table of postings, with the scores of Tantivy's adapter.

Each collection has three tables: ``rows_N`` of passages, ``terms_N`` with the number of passages that have a
term, ``postings_N`` with a row for each term of each passage, whose index holds all that scoring needs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from rag.adapters.analyzer import EnglishAnalyzer
from rag.adapters.coverage import looked_up
from rag.adapters.postgres import collections as registry
from rag.adapters.postgres import scoring
from rag.adapters.postgres.collections import IndexCollection
from rag.adapters.postgres.connection import Connection
from rag.adapters.postgres.database import Database
from rag.adapters.postgres.field_lengths import coarse_length
from rag.adapters.postgres.scoring import Term, Weights
from rag.ports.indexes import Hit, PassageRow

_KIND = "lexical"
_MAX_COUNT = 32_767  # of a smallint


class PostgresLexicalIndex:
    """Fulfils ``LexicalIndex``; safe to use from many threads and processes.

    Args:
        context_boost: the weight of a word in the context (title, headings) relative to the text.
        coverage: the weight of a word that a passage has at all; at 0 scores are BM25's alone.
    """

    def __init__(self, database: Database, *, context_boost: float = 0.5, coverage: float = 2.0) -> None:
        self._database = database
        self._context_boost = context_boost
        self._coverage = coverage
        self._analyzer = EnglishAnalyzer()

    def add(self, collection: str, rows: Sequence[PassageRow]) -> None:
        analyzed = {row.passage_id: _Analyzed(row, self._analyzer) for row in rows}
        if not analyzed:
            return
        with self._database.transaction() as db:
            entry = registry.find(db, _KIND, collection)
            entry = entry or _create(db, collection)
            versions = registry.ensure_versions(
                db, entry.number, {(a.row.document_id, a.row.version) for a in analyzed.values()}
            )
            replaced = db.execute(
                f"SELECT number FROM rows_{entry.number} WHERE passage = ANY(%s)".encode(),  # noqa: S608
                [list(analyzed)],
            )
            touched = _delete_passages(db, entry, [number for (number,) in replaced])
            _insert(db, entry, list(analyzed.values()), versions)
            registry.count_rows(db, f"rows_{entry.number}", {*versions.values(), *touched})

    def remove(
        self,
        collection: str,
        versions: Iterable[tuple[str, str]],
        *,
        keep: AbstractSet[str] = frozenset(),
    ) -> None:
        with self._database.transaction() as db:
            entry = registry.find(db, _KIND, collection)
            if entry is None:
                return
            numbers = list(registry.version_numbers(db, entry.number, versions).values())
            found = db.execute(
                f"SELECT number FROM rows_{entry.number} WHERE version = ANY(%s)"  # noqa: S608
                " AND passage <> ALL(%s::text[])".encode(),
                (numbers, sorted(keep)),
            )
            _delete_passages(db, entry, [number for (number,) in found])
            registry.count_rows(db, f"rows_{entry.number}", numbers)

    def search(
        self, collection: str, query: str, k: int, *, within: AbstractSet[tuple[str, str]] | None = None
    ) -> list[Hit]:
        words = self._analyzer.terms(query)
        if not words or k < 1:
            return []
        with self._database.reading() as db:
            entry = registry.find(db, _KIND, collection)
            if entry is None or not entry.rows:
                return []
            weights = scoring.weights(
                words,
                _terms(db, entry, looked_up(words)),
                entry.rows,
                context_boost=self._context_boost,
                coverage_weight=self._coverage,
            )
            versions: list[int] | None = None
            if within is not None:
                versions = list(registry.version_numbers(db, entry.number, within).values())
            return _search(db, entry, weights, k, versions)

    def versions(self, collection: str) -> set[tuple[str, str]]:
        with self._database.reading() as db:
            return registry.versions_of(db, _KIND, collection)

    def count(self, collection: str) -> int:
        with self._database.reading() as db:
            entry = registry.find(db, _KIND, collection)
        return entry.rows if entry else 0

    def collections(self) -> set[str]:
        with self._database.reading() as db:
            return registry.names(db, _KIND)

    def drop(self, collection: str) -> None:
        with self._database.transaction() as db:
            entry = registry.find(db, _KIND, collection)
            if entry is not None:
                registry.delete(db, entry.number, _tables(entry.number))

    def vacuum(self) -> None:
        """Frees the space of removed rows for new ones; terms that no passage has are gone already."""
        with self._database.maintenance() as db:
            numbers = db.execute("SELECT number FROM index_collections WHERE kind = %s", [_KIND]).fetchall()
            for (number,) in numbers:
                for table in _tables(number):
                    db.execute(f"VACUUM (ANALYZE) {table}".encode())

    def close(self) -> None:
        """The database is closed by whoever opened it."""


class _Analyzed:
    """A row with the counts of its terms."""

    def __init__(self, row: PassageRow, analyzer: EnglishAnalyzer) -> None:
        self.row = row
        self.text = Counter(analyzer.terms(row.text))
        self.context = Counter(analyzer.terms(row.context))
        self.text_terms = self.text.total()
        self.context_terms = self.context.total()

    @property
    def terms(self) -> list[str]:
        return sorted(self.text.keys() | self.context.keys())


def _tables(number: int) -> list[str]:
    return [f"postings_{number}", f"rows_{number}", f"terms_{number}"]


def _create(db: Connection, name: str) -> IndexCollection:
    number = registry.create(db, _KIND, name)
    db.execute(
        f"""
CREATE TABLE terms_{number} (
  number integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, term text COLLATE "C" NOT NULL UNIQUE,
  text_passages integer NOT NULL DEFAULT 0, context_passages integer NOT NULL DEFAULT 0
) WITH (fillfactor = 70);  -- each write counts its terms anew, in place
CREATE TABLE rows_{number} (
  number integer GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, passage text COLLATE "C" NOT NULL UNIQUE,
  version bigint NOT NULL, text_terms integer NOT NULL, context_terms integer NOT NULL,
  terms integer[] NOT NULL
);
CREATE INDEX ON rows_{number} (version);
CREATE TABLE postings_{number} (
  term integer NOT NULL, passage integer NOT NULL, text_count smallint NOT NULL,
  context_count smallint NOT NULL, text_length smallint NOT NULL, context_length smallint NOT NULL
) WITH (autovacuum_vacuum_insert_scale_factor = 0.05);  -- index-only scans need the visibility map
CREATE INDEX ON postings_{number} (term, passage)
  INCLUDE (text_count, context_count, text_length, context_length);
""".encode()
    )
    entry = registry.find(db, _KIND, name)
    assert entry is not None  # noqa: S101 (it has just been made)
    return entry


def _insert(
    db: Connection,
    entry: IndexCollection,
    analyzed: Sequence[_Analyzed],
    versions: Mapping[tuple[str, str], int],
) -> None:
    """Adds passages that aren't there, and counts them."""
    number = entry.number
    words = {term for item in analyzed for term in item.terms}
    terms = _term_numbers(db, number, words)
    passages = db.execute(
        "SELECT nextval(pg_get_serial_sequence(%s, 'number')) FROM generate_series(1, %s)",
        (f"rows_{number}", len(analyzed)),
    )
    numbered = [(int(passage), item) for (passage,), item in zip(passages.fetchall(), analyzed, strict=True)]
    with db.cursor() as cursor:
        with cursor.copy(
            f"COPY rows_{number} (number, passage, version, text_terms, context_terms, terms) FROM STDIN"
            " (FORMAT binary)".encode()
        ) as copy:
            copy.set_types(["int4", "text", "int8", "int4", "int4", "int4[]"])
            for passage, item in numbered:
                row = item.row
                own = [terms[term] for term in item.terms]
                version = versions[row.document_id, row.version]
                copy.write_row((passage, row.passage_id, version, item.text_terms, item.context_terms, own))
        with cursor.copy(f"COPY postings_{number} FROM STDIN (FORMAT binary)".encode()) as copy:
            copy.set_types(["int4", "int4", "int2", "int2", "int2", "int2"])
            # In the order of the index, so that its pages are written one after the other.
            postings = sorted(
                ((terms[term], passage, item, term) for passage, item in numbered for term in item.terms),
                key=lambda posting: posting[:2],
            )
            for term_number, passage, item, term in postings:
                lengths = coarse_length(item.text_terms), coarse_length(item.context_terms)
                counts = min(item.text[term], _MAX_COUNT), min(item.context[term], _MAX_COUNT)
                copy.write_row((term_number, passage, *counts, *lengths))
    in_text = Counter(term for item in analyzed for term in item.text)
    in_context = Counter(term for item in analyzed for term in item.context)
    db.execute(
        f"UPDATE terms_{number} t SET text_passages = t.text_passages + added.texts,"  # noqa: S608
        " context_passages = t.context_passages + added.contexts"
        " FROM unnest(%s::integer[], %s::integer[], %s::integer[]) AS added (term, texts, contexts)"
        " WHERE t.number = added.term".encode(),
        (
            list(terms.values()),
            [in_text[term] for term in terms],
            [in_context[term] for term in terms],
        ),
    )
    _change_counts(
        db,
        number,
        len(analyzed),
        sum(item.text_terms for item in analyzed),
        sum(item.context_terms for item in analyzed),
    )


def _term_numbers(db: Connection, number: int, words: Iterable[str]) -> dict[str, int]:
    """The numbers of terms, new ones for those that the collection doesn't have."""
    ordered = sorted(words)
    db.execute(
        f"INSERT INTO terms_{number} (term) SELECT w FROM unnest(%s::text[]) AS w"  # noqa: S608
        f" WHERE NOT EXISTS (SELECT FROM terms_{number} t WHERE t.term = w)".encode(),
        [ordered],
    )
    found = db.execute(
        f"SELECT term, number FROM terms_{number} WHERE term = ANY(%s)".encode(),  # noqa: S608
        [ordered],
    )
    return {term: int(term_number) for term, term_number in found}


def _delete_passages(db: Connection, entry: IndexCollection, passages: Sequence[int]) -> list[int]:
    """Deletes passages with their postings and counts; returns the numbers of their versions."""
    if not passages:
        return []
    number = entry.number
    row = db.execute(
        f"""
WITH gone AS (
  DELETE FROM rows_{number} WHERE number = ANY(%s)
  RETURNING number, version, terms, text_terms, context_terms
), removed AS (
  DELETE FROM postings_{number} p USING (SELECT number, unnest(terms) AS term FROM gone) AS g
  WHERE p.term = g.term AND p.passage = g.number
  RETURNING p.term, p.text_count > 0 AS in_text, p.context_count > 0 AS in_context
), counted AS (
  UPDATE terms_{number} t SET text_passages = t.text_passages - c.texts,
    context_passages = t.context_passages - c.contexts
  FROM (SELECT term, count(*) FILTER (WHERE in_text) AS texts,
               count(*) FILTER (WHERE in_context) AS contexts FROM removed GROUP BY term) AS c
  WHERE t.number = c.term
  RETURNING t.number, t.text_passages + t.context_passages AS remaining
)
SELECT (SELECT array_agg(DISTINCT version) FROM gone), (SELECT count(*) FROM gone),
       (SELECT coalesce(sum(text_terms), 0) FROM gone),
       (SELECT coalesce(sum(context_terms), 0) FROM gone),
       (SELECT array_agg(number) FROM counted WHERE remaining = 0)
""".encode(),  # noqa: S608
        [list(passages)],
    ).fetchone()
    if row is None:
        return []
    versions, count, text_terms, context_terms, unused = row
    if unused:
        db.execute(f"DELETE FROM terms_{number} WHERE number = ANY(%s)".encode(), [unused])  # noqa: S608
    _change_counts(db, number, -int(count), -int(text_terms), -int(context_terms))
    return list(versions or ())


def _change_counts(db: Connection, number: int, rows: int, text_terms: int, context_terms: int) -> None:
    db.execute(
        "UPDATE index_collections SET rows = rows + %s, text_terms = text_terms + %s,"
        " context_terms = context_terms + %s WHERE number = %s",
        (rows, text_terms, context_terms, number),
    )


def _terms(db: Connection, entry: IndexCollection, words: AbstractSet[str]) -> dict[str, Term]:
    found = db.execute(
        f"SELECT term, number, text_passages, context_passages FROM terms_{entry.number}"  # noqa: S608
        " WHERE term = ANY(%s)".encode(),
        [list(words)],
    )
    return {
        term: Term(number=number, text_passages=texts, context_passages=contexts)
        for term, number, texts, contexts in found
    }


def _search(
    db: Connection, entry: IndexCollection, weights: Weights, k: int, versions: Sequence[int] | None
) -> list[Hit]:
    """The best ``k`` hits, best first; of equal ones the one that was added first."""
    postings, rows = f"postings_{entry.number}", f"rows_{entry.number}"
    values: dict[str, Any] = {
        **scoring.length_parameters(entry.rows, entry.text_terms, entry.context_terms),
        **scoring.parameters("all", [*weights.rare, *weights.common]),
        "k": k,
    }
    best = (
        f"SELECT r.passage, s.score FROM scored s JOIN {rows} r ON r.number = s.passage"  # noqa: S608
        " ORDER BY s.score DESC, s.passage LIMIT %(k)s"
    )
    if versions is not None:
        chosen = f"(SELECT number AS passage FROM {rows} WHERE version = ANY(%(versions)s))"  # noqa: S608
        query = f"WITH scored AS ({scoring.scores_sql(postings, 'all', of=chosen)}) {best}"
        return _hits(db.execute(query.encode(), values | {"versions": list(versions)}).fetchall())
    if weights.rare and weights.common:
        values |= scoring.parameters("rare", weights.rare)
        values |= scoring.parameters("common", weights.common)
        values["margin"] = weights.common_most
        query = f"""
WITH by_rare AS MATERIALIZED ({scoring.scores_sql(postings, "rare")}),
bound AS MATERIALIZED (SELECT score FROM by_rare ORDER BY score DESC OFFSET %(k)s - 1 LIMIT 1),
near AS MATERIALIZED (
  SELECT passage, score FROM by_rare WHERE score >= (SELECT score FROM bound) - %(margin)s::float8
),
by_common AS MATERIALIZED ({scoring.scores_sql(postings, "common", of="near")}),
scored AS (
  SELECT n.passage, n.score + coalesce(c.score, 0) AS score
  FROM near n LEFT JOIN by_common c ON c.passage = n.passage
)
SELECT r.passage, s.score, (SELECT score FROM bound) FROM
  (SELECT * FROM scored ORDER BY score DESC, passage LIMIT %(k)s) AS s
JOIN {rows} r ON r.number = s.passage ORDER BY s.score DESC, s.passage
"""  # noqa: S608
        found = db.execute(query.encode(), values).fetchall()
        # The bound is the kth score without the common terms: none without a rare one can reach it.
        if found and found[0][2] is not None and found[0][2] > weights.common_most:
            return _hits([row[:2] for row in found])
    query = f"WITH scored AS ({scoring.scores_sql(postings, 'all')}) {best}"
    return _hits(db.execute(query.encode(), values).fetchall())


def _hits(rows: Iterable[Sequence[Any]]) -> list[Hit]:
    return [Hit(passage_id=passage, score=float(score)) for passage, score in rows]
