"""Both engines of the lexical index give the same passages in the same order with the same scores."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from rag.adapters.postgres import scoring
from rag.adapters.postgres.database import Database
from rag.adapters.postgres.lexical import PostgresLexicalIndex
from rag.adapters.tantivy import TantivyIndex
from rag.english.words import WORD
from rag.ports.indexes import LexicalIndex, PassageRow
from tests.require import ROOT

PASSAGES = 700  # more than those below which Tantivy's adapter counts no word as frequent
QUERIES = (
    "who demanded an apology?",
    "What did the sheriff of the county say about the agency and its recruitment?",
    "the of and",
    "training officers training",
    "is it",
    "purchase of a vehicle by the department",
    "walrus",
    "when was the agency's budget increased in the law",
)


@pytest.fixture
def index(database_url: str) -> Iterator[PostgresLexicalIndex]:
    database = Database(database_url)
    yield PostgresLexicalIndex(database)
    database.close()


def real_words() -> list[PassageRow]:
    """Passages of 3 to 160 words of the seed article, drawn so that common words stay common."""
    random = Random(3)
    texts = [path.read_text("utf-8") for path in sorted((ROOT / "seeds").glob("*.txt"))]
    words = [word for text in texts for word in WORD.findall(text)]
    rows = []
    for number in range(PASSAGES):
        start, length = random.randrange(len(words)), random.randint(3, 160)
        drawn = (words * 2)[start : start + length]
        random.shuffle(drawn)
        rows.append(
            PassageRow(
                passage_id=f"p{number}",
                document_id=f"d{number // 7}",
                version="v",
                text=" ".join(drawn),
                context=" ".join(random.sample(words, random.randint(0, 60))),
            )
        )
    return rows


def assert_same(one: LexicalIndex, other: LexicalIndex, query: str, k: int = 60) -> None:
    """The same scores in order; the same passages, save where equal scores leave their order open."""
    expected, found = one.search("c", query, k), other.search("c", query, k)
    assert [h.score for h in found] == pytest.approx([h.score for h in expected], rel=1e-4), query
    if expected:
        last = expected[-1].score * 1.0002
        above = {h.passage_id for h in expected if h.score > last}
        assert above == {h.passage_id for h in found if h.score > last}, query


def test_scores_are_those_of_tantivy(tmp_path: Path, index: PostgresLexicalIndex) -> None:
    """Before and after passages were removed; for common, rare, repeated and related words."""
    tantivy, rows = TantivyIndex(tmp_path), real_words()
    for engine in (tantivy, index):
        engine.add("c", rows)
    for query in QUERIES:
        assert_same(tantivy, index, query)
    for engine in (tantivy, index):
        engine.remove("c", [(f"d{number}", "v") for number in range(40)])
    for query in QUERIES:
        assert_same(tantivy, index, query)
    tantivy.close()


def test_leaving_common_words_out_at_first_changes_nothing(
    index: PostgresLexicalIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether the short way is taken, or given up as common words may decide."""
    index.add("c", real_words())
    expected = {query: index.search("c", query, 20) for query in QUERIES}
    monkeypatch.setattr(scoring, "_LONG", 50)
    for query, hits in expected.items():
        found = index.search("c", query, 20)
        assert [h.passage_id for h in found] == [h.passage_id for h in hits], query
        assert [h.score for h in found] == pytest.approx([h.score for h in hits]), query


def test_the_counts_of_terms_are_those_of_the_passages(index: PostgresLexicalIndex) -> None:
    """After passages were replaced and removed no term is counted too often, or left without a passage."""
    rows = real_words()[:60]
    index.add("c", rows)
    index.add("c", [PassageRow(passage_id="p3", document_id="d0", version="v", text="new", context="")])
    index.remove("c", [("d1", "v"), ("d2", "v")], keep={"p8"})
    with index._database.reading() as db:
        number = db.execute("SELECT number FROM index_collections").fetchone()
        assert number is not None
        n = number[0]
        counted = db.execute(
            f"SELECT t.number, t.text_passages, t.context_passages FROM terms_{n} t ORDER BY 1"  # noqa: S608
        ).fetchall()
        real = db.execute(
            f"SELECT term, count(*) FILTER (WHERE text_count > 0),"  # noqa: S608
            f" count(*) FILTER (WHERE context_count > 0) FROM postings_{n} GROUP BY term ORDER BY 1"
        ).fetchall()
        assert counted == real
        totals = db.execute(
            f"SELECT c.rows = r.n AND c.text_terms = r.t AND c.context_terms = r.x FROM index_collections c,"  # noqa: S608
            f" (SELECT count(*) n, sum(text_terms) t, sum(context_terms) x FROM rows_{n}) r"
        ).fetchone()
        assert totals == (True,)
    index.drop("c")
    assert index.collections() == set()
