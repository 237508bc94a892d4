"""The laws of ``DenseIndex``, held by the fake, by Chroma, and by llama-index stores of two makers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

import numpy as np
import pytest

from rag.adapters.chroma.index import _HNSW, ChromaIndex
from rag.adapters.llama_index.vector_store import LlamaIndexStore
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
    table = client.get_or_create_collection("any", configuration={"hnsw": _HNSW}, embedding_function=None)
    return LlamaIndexStore(ChromaVectorStore(chroma_collection=table), path / "ledger.sqlite3")


FACTORIES: dict[str, Callable[[Path], DenseIndex]] = {
    "chroma": ChromaIndex,
    "llama_simple": simple_store,
    "llama_chroma": chroma_store,
}


@pytest.fixture(params=["fake", *FACTORIES])
def indexes(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Opener[DenseIndex]]:
    state: dict[str, dict[str, tuple[SentenceRow, Vectors]]] = {}

    def factory() -> DenseIndex:
        if request.param == "fake":
            return MemoryDenseIndex(state)
        return FACTORIES[request.param](tmp_path)

    with opener(factory) as opening:
        yield opening


def units(document: str, version: str, number: int, *, per_passage: int = 3) -> list[SentenceRow]:
    return [
        SentenceRow(
            passage_id=f"{document}{version}{i // per_passage}",
            sentence_index=i % per_passage,
            document_id=document,
            version=version,
            text="",
        )
        for i in range(number)
    ]


def vectors(number: int, seed: int = 0, dimensions: int = DIMENSIONS) -> Vectors:
    found = np.random.default_rng(seed).normal(size=(number, dimensions)).astype(np.float32)
    return found / np.linalg.norm(found, axis=1, keepdims=True)


def found_ids(index: DenseIndex, vector: Vectors, k: int = 100, collection: str = "default") -> list[str]:
    return [f"{hit.passage_id}:{hit.sentence_index}" for hit in index.search(collection, vector, k)]


def test_scores_are_cosines_best_first(indexes: Opener[DenseIndex]) -> None:
    """Each hit's score is the cosine of its own vector, and they fall."""
    index, given, all_vectors = indexes.open(), units("a", "v1", 60), vectors(60)
    index.add("default", given, all_vectors)
    query = vectors(1, seed=9)[0]
    hits = index.search("default", query, 10)
    cosines = {unit.id: float(vector @ query) for unit, vector in zip(given, all_vectors, strict=True)}
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    for hit in hits:
        assert hit.score == pytest.approx(cosines[f"{hit.passage_id}:{hit.sentence_index}"], abs=1e-5)


def test_search_misses_next_to_nothing(indexes: Opener[DenseIndex]) -> None:
    """Of the 50 nearest among 3,000 random vectors of 384 dimensions, at least 99 % are found."""
    index, given, all_vectors = indexes.open(), units("a", "v1", 3_000), vectors(3_000, 0, 384)
    index.add("default", given, all_vectors)
    found = 0
    for query in vectors(20, 1, 384):
        nearest = {given[i].id for i in np.argsort(-(all_vectors @ query))[:50]}
        found += len(nearest & set(found_ids(index, query, 50)))
    assert found >= 0.99 * 20 * 50


def test_adding_again_overwrites(indexes: Opener[DenseIndex]) -> None:
    """A unit given twice is there once, with its last vector."""
    index = indexes.open()
    index.add("default", units("a", "v1", 3), vectors(3))
    index.add("default", units("a", "v1", 3), vectors(3, seed=5))
    assert index.count("default") == 3
    assert index.search("default", vectors(3, seed=5)[1], 1)[0].score == pytest.approx(1.0, abs=1e-5)
    assert index.search("default", vectors(3)[1], 1)[0].score < 0.9


def test_a_removed_version_is_found_no_more(indexes: Opener[DenseIndex]) -> None:
    """The other version of the document, and other documents, stay."""
    index = indexes.open()
    for document, version, seed in (("a", "v1", 1), ("a", "v2", 2), ("b", "v1", 3)):
        index.add("default", units(document, version, 6), vectors(6, seed))
    index.remove("default", "a", "v1")
    assert index.versions("default") == {("a", "v2"), ("b", "v1")}
    assert index.count("default") == 12
    found = found_ids(index, vectors(6, 1)[0])
    assert len(found) == 12
    assert not [key for key in found if key.startswith("av1")]


def test_removing_keeps_what_is_named(indexes: Opener[DenseIndex]) -> None:
    """Of a version that is split anew, the units of the new split stay, with their vectors."""
    index, given = indexes.open(), units("a", "v1", 6)
    index.add("default", given, vectors(6))
    index.remove("default", "a", "v1", keep={given[0].id, given[4].id, "unknown:0"})
    assert sorted(found_ids(index, vectors(6)[0])) == sorted([given[0].id, given[4].id])
    assert index.search("default", vectors(6)[4], 1)[0].score == pytest.approx(1.0, abs=1e-5)


def test_collections_are_kept_apart(indexes: Opener[DenseIndex]) -> None:
    """Whatever their names; the same unit may be in several."""
    index, names = indexes.open(), ["default", "Ünï/code ../ ☂", "x", "X", "default2"]
    for seed, name in enumerate(names):
        index.add(name, units("a", f"v{seed}", 3), vectors(3, seed))
    assert index.collections() == set(names)
    for seed, name in enumerate(names):
        assert sorted(found_ids(index, vectors(1)[0], collection=name)) == [
            unit.id for unit in units("a", f"v{seed}", 3)
        ]
    index.drop("x")
    assert index.collections() == set(names) - {"x"}
    assert index.count("X") == 3


def test_unknown_names_are_nothing(indexes: Opener[DenseIndex]) -> None:
    """Searching, pruning, dropping or counting what isn't there is no error and makes nothing."""
    index = indexes.open()
    assert index.search("nope", vectors(1)[0], 5) == []
    index.remove("nope", "a", "v1")
    index.drop("nope")
    assert index.count("nope") == 0
    assert index.versions("nope") == set()
    index.add("nope", [], vectors(0))
    assert index.collections() == set()


def test_more_may_be_asked_for_than_there_is(indexes: Opener[DenseIndex]) -> None:
    """A ``k`` over the count gives all; zero gives none."""
    index = indexes.open()
    index.add("default", units("a", "v1", 4), vectors(4))
    assert len(index.search("default", vectors(1)[0], 1_000)) == 4
    assert index.search("default", vectors(1)[0], 0) == []


def test_everything_is_durable(indexes: Opener[DenseIndex]) -> None:
    """What was added, overwritten and removed is so after reopening."""
    index = indexes.open()
    index.add("default", units("a", "v1", 30), vectors(30, 1))
    index.add("default", units("b", "v1", 30), vectors(30, 2))
    index.remove("default", "a", "v1")
    index = indexes.reopened(index)
    assert index.versions("default") == {("b", "v1")}
    assert index.count("default") == 30
    assert found_ids(index, vectors(30, 2)[7], 1) == [units("b", "v1", 30)[7].id]
    index.add("default", units("c", "v1", 3), vectors(3, 3))
    assert found_ids(index, vectors(3, 3)[2], 1) == ["cv10:2"]


def test_vacuum_changes_no_answer(indexes: Opener[DenseIndex]) -> None:
    """The same hits before and after, and after reopening; writing goes on."""
    index = indexes.open()
    index.add("default", units("a", "v1", 300), vectors(300, 1))
    index.add("default", units("b", "v1", 30), vectors(30, 2))
    index.remove("default", "a", "v1")
    before = index.search("default", vectors(1)[0], 50)
    index.vacuum()
    after = index.search("default", vectors(1)[0], 50)
    assert [(h.passage_id, h.sentence_index) for h in after] == [
        (h.passage_id, h.sentence_index) for h in before
    ]
    assert [h.score for h in after] == pytest.approx([h.score for h in before], abs=1e-5)
    index.add("default", units("c", "v1", 3), vectors(3, 3))
    index = indexes.reopened(index)
    assert index.versions("default") == {("b", "v1"), ("c", "v1")}


def test_searches_go_on_beside_writes(indexes: Opener[DenseIndex]) -> None:
    """No search fails or loses a row that stays, while another thread adds, removes and vacuums."""
    index = indexes.open()
    index.add("default", units("a", "v1", 50), vectors(50, 1))
    failed: list[BaseException] = []
    done = False

    def search() -> None:
        try:
            while not done:
                assert found_ids(index, vectors(50, 1)[3], 1) == ["av11:0"]
        except BaseException as error:  # noqa: BLE001  (handed to the test's own thread)
            failed.append(error)

    threads = [Thread(target=search) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        for round_ in range(5):
            index.add("default", units("b", f"v{round_}", 60), vectors(60, 10 + round_))
            index.remove("default", "b", f"v{round_}")
            index.vacuum()
    finally:
        done = True
        for thread in threads:
            thread.join()
    assert failed == []


def test_a_search_within_some_documents_finds_theirs_alone(indexes: Opener[DenseIndex]) -> None:
    """All of theirs, however near the others are; with the same scores, best first."""
    index = indexes.open()
    for number in range(40):
        index.add("default", units(f"d{number}", "v1", 6), vectors(6, number))
    query = vectors(6, 3)[0]
    everything = {f"{h.passage_id}:{h.sentence_index}": h.score for h in index.search("default", query, 240)}
    within = {("d7", "v1"), ("d21", "v1"), ("d22", "v0"), ("nope", "v1")}
    hits = index.search("default", query, 50, within=within)
    found = {f"{hit.passage_id}:{hit.sentence_index}": hit.score for hit in hits}
    assert sorted(found) == sorted(u.id for d in ("d7", "d21") for u in units(d, "v1", 6))
    assert found == pytest.approx({key: everything[key] for key in found}, abs=1e-5)
    assert [hit.score for hit in hits] == sorted(found.values(), reverse=True)
    assert len(index.search("default", query, 5, within=within)) == 5
    assert index.search("default", query, 5, within=set()) == []
    assert index.search("nope", query, 5, within=within) == []


def test_a_search_within_many_documents(indexes: Opener[DenseIndex]) -> None:
    """A thousand are named at once."""
    index = indexes.open()
    for start in range(0, 1_200, 300):
        given = [unit for n in range(start, start + 300) for unit in units(f"d{n}", "v1", 1)]
        index.add("default", given, vectors(300, start))
    within = {(f"d{number}", "v1") for number in range(1_000)}
    hits = index.search("default", vectors(300, 900)[50], 1_200, within=within)
    assert len(hits) == 1_000
    assert hits[0].passage_id == "d950v10"
