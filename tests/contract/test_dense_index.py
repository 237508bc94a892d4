"""The laws of ``DenseIndex``: the fake, Chroma, pgvector, and two vector stores of llama-index keep them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

import numpy as np
import pytest

from rag.adapters.chroma.index import _HNSW, ChromaIndex
from rag.adapters.index_process.indexes import ProcessDenseIndex
from rag.adapters.index_process.process import IndexProcess
from rag.adapters.llama_index.vector_store import LlamaIndexStore
from rag.adapters.postgres.database import Database
from rag.adapters.postgres.dense import PostgresDenseIndex
from rag.ports.indexes import DenseIndex, SentenceRow
from tests.contract.opening import Opener, opener
from tests.fakes.storage import MemoryDenseIndex

if TYPE_CHECKING:
    from rag.ports.embedder import Vectors

DIMENSIONS = 64


def simple_store(path: Path) -> DenseIndex:
    from llama_index.core.vector_stores.simple import SimpleVectorStore

    return LlamaIndexStore(SimpleVectorStore(), path / "ledger.sqlite3")


def chroma_store(path: Path) -> DenseIndex:
    import chromadb
    from llama_index.vector_stores.chroma import ChromaVectorStore

    settings = chromadb.Settings(anonymized_telemetry=False)
    client = chromadb.PersistentClient(path=str(path / "chroma"), settings=settings)
    collection = client.get_or_create_collection(
        "any", configuration={"hnsw": _HNSW}, embedding_function=None
    )
    return LlamaIndexStore(ChromaVectorStore(chroma_collection=collection), path / "ledger.sqlite3")


def in_a_process(path: Path) -> DenseIndex:
    process = IndexProcess("rag.adapters.chroma.index:ChromaIndex", path)
    process.open()
    return ProcessDenseIndex(process)


FACTORIES: dict[str, Callable[[Path], DenseIndex]] = {
    "chroma": ChromaIndex,
    "process": in_a_process,
    "llama_simple": simple_store,
    "llama_chroma": chroma_store,
}


# By exact search, and by a graph from the first rows on.
POSTGRES = {"postgres": 20_000, "postgres_graph": 20}
HALF_PRECISION = 5e-4  # the error of a cosine of vectors in half precision


@pytest.fixture(params=["fake", *POSTGRES, *FACTORIES])
def indexes(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Opener[DenseIndex]]:
    state: dict[str, dict[str, tuple[SentenceRow, Vectors]]] = {}
    url = request.getfixturevalue("database_url") if request.param in POSTGRES else ""

    def factory() -> DenseIndex:
        if request.param == "fake":
            return MemoryDenseIndex(state)
        if request.param in POSTGRES:
            database = Database(url)
            stack.callback(database.close)
            return PostgresDenseIndex(database, exact_rows=POSTGRES[request.param])
        return FACTORIES[request.param](tmp_path)

    with ExitStack() as stack, opener(factory) as opening:
        yield opening


@pytest.fixture
def precision(request: pytest.FixtureRequest) -> float:
    """The greatest error of a score that the index may have."""
    return HALF_PRECISION if "postgres" in request.node.callspec.id else 1e-5


def sentence_rows(document_id: str, version: str, count: int, *, per_passage: int = 3) -> list[SentenceRow]:
    return [
        SentenceRow(
            passage_id=f"{document_id}{version}{i // per_passage}",
            sentence_index=i % per_passage,
            document_id=document_id,
            version=version,
            text="",
        )
        for i in range(count)
    ]


def vectors(count: int, seed: int = 0, dimensions: int = DIMENSIONS) -> Vectors:
    normal = np.random.default_rng(seed).normal(size=(count, dimensions)).astype(np.float32)
    return normal / np.linalg.norm(normal, axis=1, keepdims=True)


def hit_ids(index: DenseIndex, vector: Vectors, k: int = 100, collection: str = "default") -> list[str]:
    return [f"{hit.passage_id}:{hit.sentence_index}" for hit in index.search(collection, vector, k)]


def test_scores_are_cosines_best_first(indexes: Opener[DenseIndex], precision: float) -> None:
    """Each hit's score is the cosine of its own vector; scores decrease."""
    index, rows, all_vectors = indexes.open(), sentence_rows("a", "v1", 60), vectors(60)
    index.add("default", rows, all_vectors)
    query = vectors(1, seed=9)[0]
    hits = index.search("default", query, 10)
    cosines = {row.id: float(vector @ query) for row, vector in zip(rows, all_vectors, strict=True)}
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    for hit in hits:
        assert hit.score == pytest.approx(cosines[f"{hit.passage_id}:{hit.sentence_index}"], abs=precision)


def test_recall_of_search_is_at_least_99_percent(indexes: Opener[DenseIndex]) -> None:
    """Of the 50 nearest among 3,000 random vectors of 384 dimensions."""
    index, rows, all_vectors = indexes.open(), sentence_rows("a", "v1", 3_000), vectors(3_000, 0, 384)
    index.add("default", rows, all_vectors)
    true_hits = 0
    for query in vectors(20, 1, 384):
        nearest = {rows[i].id for i in np.argsort(-(all_vectors @ query))[:50]}
        true_hits += len(nearest & set(hit_ids(index, query, 50)))
    assert true_hits >= 0.99 * 20 * 50


def test_adding_again_overwrites(indexes: Opener[DenseIndex]) -> None:
    """A row added twice is there once, with its last vector."""
    index = indexes.open()
    index.add("default", sentence_rows("a", "v1", 3), vectors(3))
    index.add("default", sentence_rows("a", "v1", 3), vectors(3, seed=5))
    assert index.count("default") == 3
    assert index.search("default", vectors(3, seed=5)[1], 1)[0].score == pytest.approx(1.0, abs=1e-5)
    assert index.search("default", vectors(3)[1], 1)[0].score < 0.9


def test_a_removed_version_is_not_found(indexes: Opener[DenseIndex]) -> None:
    """Another version of the document, and other documents, stay."""
    index = indexes.open()
    for document_id, version, seed in (("a", "v1", 1), ("a", "v2", 2), ("b", "v1", 3)):
        index.add("default", sentence_rows(document_id, version, 6), vectors(6, seed))
    index.remove("default", "a", "v1")
    assert index.versions("default") == {("a", "v2"), ("b", "v1")}
    assert index.count("default") == 12
    ids = hit_ids(index, vectors(6, 1)[0])
    assert len(ids) == 12
    assert not [row_id for row_id in ids if row_id.startswith("av1")]


def test_removal_keeps_named_rows(indexes: Opener[DenseIndex]) -> None:
    """Of a version that has a new split, the rows of the new split stay, with their vectors."""
    index, rows = indexes.open(), sentence_rows("a", "v1", 6)
    index.add("default", rows, vectors(6))
    index.remove("default", "a", "v1", keep={rows[0].id, rows[4].id, "unknown:0"})
    assert sorted(hit_ids(index, vectors(6)[0])) == sorted([rows[0].id, rows[4].id])
    assert index.search("default", vectors(6)[4], 1)[0].score == pytest.approx(1.0, abs=1e-5)


def test_collections_are_separate(indexes: Opener[DenseIndex]) -> None:
    """Whatever their names; the same row may be in several."""
    index, names = indexes.open(), ["default", "Ünï/code ../ ☂", "x", "X", "default2"]
    for seed, name in enumerate(names):
        index.add(name, sentence_rows("a", f"v{seed}", 3), vectors(3, seed))
    assert index.collections() == set(names)
    for seed, name in enumerate(names):
        assert sorted(hit_ids(index, vectors(1)[0], collection=name)) == [
            row.id for row in sentence_rows("a", f"v{seed}", 3)
        ]
    index.drop("x")
    assert index.collections() == set(names) - {"x"}
    assert index.count("X") == 3


def test_an_unknown_collection_is_empty(indexes: Opener[DenseIndex]) -> None:
    """To search, remove, drop or count in it is no error and makes no collection."""
    index = indexes.open()
    assert index.search("nope", vectors(1)[0], 5) == []
    index.remove("nope", "a", "v1")
    index.drop("nope")
    assert index.count("nope") == 0
    assert index.versions("nope") == set()
    index.add("nope", [], vectors(0))
    assert index.collections() == set()


def test_k_may_exceed_the_number_of_rows(indexes: Opener[DenseIndex]) -> None:
    """Then all rows are found; with ``k`` zero none."""
    index = indexes.open()
    index.add("default", sentence_rows("a", "v1", 4), vectors(4))
    assert len(index.search("default", vectors(1)[0], 1_000)) == 4
    assert index.search("default", vectors(1)[0], 0) == []


def test_writes_are_durable(indexes: Opener[DenseIndex]) -> None:
    """Additions and removals are there after reopening."""
    index = indexes.open()
    index.add("default", sentence_rows("a", "v1", 30), vectors(30, 1))
    index.add("default", sentence_rows("b", "v1", 30), vectors(30, 2))
    index.remove("default", "a", "v1")
    index = indexes.reopened(index)
    assert index.versions("default") == {("b", "v1")}
    assert index.count("default") == 30
    assert hit_ids(index, vectors(30, 2)[7], 1) == [sentence_rows("b", "v1", 30)[7].id]
    index.add("default", sentence_rows("c", "v1", 3), vectors(3, 3))
    assert hit_ids(index, vectors(3, 3)[2], 1) == ["cv10:2"]


def test_vacuum_changes_no_hit(indexes: Opener[DenseIndex]) -> None:
    """Hits are the same before and after; writes work afterwards, also after reopening."""
    index = indexes.open()
    index.add("default", sentence_rows("a", "v1", 300), vectors(300, 1))
    index.add("default", sentence_rows("b", "v1", 30), vectors(30, 2))
    index.remove("default", "a", "v1")
    before = index.search("default", vectors(1)[0], 50)
    index.vacuum()
    after = index.search("default", vectors(1)[0], 50)
    assert [(h.passage_id, h.sentence_index) for h in after] == [
        (h.passage_id, h.sentence_index) for h in before
    ]
    assert [h.score for h in after] == pytest.approx([h.score for h in before], abs=1e-5)
    index.add("default", sentence_rows("c", "v1", 3), vectors(3, 3))
    index = indexes.reopened(index)
    assert index.versions("default") == {("b", "v1"), ("c", "v1")}


def test_searches_run_beside_writes(indexes: Opener[DenseIndex]) -> None:
    """While another thread adds, removes and vacuums, no search fails or misses a row that stays."""
    index = indexes.open()
    index.add("default", sentence_rows("a", "v1", 50), vectors(50, 1))
    errors: list[BaseException] = []
    done = False

    def search() -> None:
        try:
            while not done:
                assert hit_ids(index, vectors(50, 1)[3], 1) == ["av11:0"]
        except BaseException as error:  # noqa: BLE001  (asserted in the test's own thread)
            errors.append(error)

    threads = [Thread(target=search) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        for round_ in range(5):
            index.add("default", sentence_rows("b", f"v{round_}", 60), vectors(60, 10 + round_))
            index.remove("default", "b", f"v{round_}")
            index.vacuum()
    finally:
        done = True
        for thread in threads:
            thread.join()
    assert errors == []


def test_a_search_within_documents_finds_only_theirs(indexes: Opener[DenseIndex]) -> None:
    """All of theirs, however near others are; with the same scores, best first."""
    index = indexes.open()
    for number in range(40):
        index.add("default", sentence_rows(f"d{number}", "v1", 6), vectors(6, number))
    query = vectors(6, 3)[0]
    all_scores = {f"{h.passage_id}:{h.sentence_index}": h.score for h in index.search("default", query, 240)}
    within = {("d7", "v1"), ("d21", "v1"), ("d22", "v0"), ("nope", "v1")}
    hits = index.search("default", query, 50, within=within)
    scores = {f"{hit.passage_id}:{hit.sentence_index}": hit.score for hit in hits}
    assert sorted(scores) == sorted(row.id for d in ("d7", "d21") for row in sentence_rows(d, "v1", 6))
    assert scores == pytest.approx({row_id: all_scores[row_id] for row_id in scores}, abs=1e-5)
    assert [hit.score for hit in hits] == sorted(scores.values(), reverse=True)
    assert len(index.search("default", query, 5, within=within)) == 5
    assert index.search("default", query, 5, within=set()) == []
    assert index.search("nope", query, 5, within=within) == []


def test_a_search_within_many_documents(indexes: Opener[DenseIndex]) -> None:
    """A thousand at once."""
    index = indexes.open()
    for start in range(0, 1_200, 300):
        rows = [row for n in range(start, start + 300) for row in sentence_rows(f"d{n}", "v1", 1)]
        index.add("default", rows, vectors(300, start))
    within = {(f"d{number}", "v1") for number in range(1_000)}
    hits = index.search("default", vectors(300, 900)[50], 1_200, within=within)
    assert len(hits) == 1_000
    assert hits[0].passage_id == "d950v10"
