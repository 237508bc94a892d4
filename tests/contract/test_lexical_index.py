"""The laws of ``LexicalIndex``: the fake, Tantivy and PostgreSQL keep them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from threading import Thread

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rag.adapters.index_process.indexes import ProcessLexicalIndex
from rag.adapters.index_process.process import IndexProcess
from rag.adapters.postgres.database import Database
from rag.adapters.postgres.lexical import PostgresLexicalIndex
from rag.adapters.tantivy import TantivyIndex
from rag.ports.indexes import LexicalIndex, PassageRow
from tests.contract.opening import Opener, opener
from tests.fakes.storage import MemoryLexicalIndex

SYNTAX = [
    ('text:"open', []),
    ("NOT fox", ["av0"]),
    ("fox AND", ["av0"]),
    ("(((", []),
    ("-dog", ["av0"]),
    ("fix~3", []),
    ("[ha TO hz]", []),
    ("*", []),
    ("id:av1", []),
    ("hen^100 \\", ["av1"]),
    ("h\0en", []),
]


def in_a_process(path: Path) -> LexicalIndex:
    process = IndexProcess("rag.adapters.tantivy:TantivyIndex", path)
    process.open()
    return ProcessLexicalIndex(process)


FACTORIES: dict[str, Callable[[Path], LexicalIndex]] = {"tantivy": TantivyIndex, "process": in_a_process}


@pytest.fixture(params=["fake", "postgres", *FACTORIES])
def indexes(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Opener[LexicalIndex]]:
    state: dict[str, dict[str, PassageRow]] = {}
    url = request.getfixturevalue("database_url") if request.param == "postgres" else ""

    def factory() -> LexicalIndex:
        if request.param == "fake":
            return MemoryLexicalIndex(state)
        if request.param == "postgres":
            database = Database(url)
            stack.callback(database.close)
            return PostgresLexicalIndex(database)
        return FACTORIES[request.param](tmp_path)

    with ExitStack() as stack, opener(factory) as opening:
        yield opening


def rows(document_id: str, version: str, *texts: str, context: str = "") -> list[PassageRow]:
    return [
        PassageRow(
            passage_id=f"{document_id}{version}{i}",
            document_id=document_id,
            version=version,
            text=text,
            context=context,
        )
        for i, text in enumerate(texts)
    ]


def hit_ids(index: LexicalIndex, query: str, k: int = 100, collection: str = "default") -> list[str]:
    return [hit.passage_id for hit in index.search(collection, query, k)]


def test_rare_words_weigh_more_than_common_ones(indexes: Opener[LexicalIndex]) -> None:
    """The passage with the rare word of the query comes first; scores decrease."""
    index = indexes.open()
    index.add("default", rows("a", "v", *["the common fox"] * 20, "the rare apology"))
    hits = index.search("default", "the apology", 30)
    assert hits[0].passage_id == "av20"
    assert [h.score for h in hits] == sorted((h.score for h in hits), reverse=True)
    assert all(hit.score > 0 and hit.sentence_index is None for hit in hits)


def test_context_is_searched(indexes: Opener[LexicalIndex]) -> None:
    """A word of the title finds a passage whose text doesn't have it."""
    index = indexes.open()
    index.add("default", rows("a", "v", "It costs nine euros.", context="Parking at the harbour"))
    index.add("default", rows("b", "v", "It costs two euros.", context="Bicycles"))
    assert hit_ids(index, "harbour euros")[0] == "av0"
    assert hit_ids(index, "bicycles") == ["bv0"]


@pytest.mark.parametrize(("query", "expected"), SYNTAX)
def test_query_syntax_has_no_meaning(indexes: Opener[LexicalIndex], query: str, expected: list[str]) -> None:
    """Operators and field names are words like others, and raise nothing."""
    index = indexes.open()
    index.add("default", rows("a", "v", "the fox, the dog", "one hen"))
    assert hit_ids(index, query) == expected


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], database=None
)
@given(text=st.text(st.characters(codec=None), max_size=60))
def test_any_text_can_be_indexed_and_searched_for(tmp_path: Path, text: str) -> None:
    """Also lone surrogates and control characters: nothing is raised, only its own row is found."""
    index = TantivyIndex(tmp_path)
    index.add("default", rows("a", "v", text, context=text))
    assert hit_ids(index, text) in ([], ["av0"])
    index.close()


def test_adding_again_overwrites(indexes: Opener[LexicalIndex]) -> None:
    """A passage added twice is there once, with its last text."""
    index = indexes.open()
    index.add("default", rows("a", "v", "old words"))
    index.add("default", rows("a", "v", "new words"))
    assert index.count("default") == 1
    assert hit_ids(index, "old") == []
    assert hit_ids(index, "new") == ["av0"]


def test_removed_versions_are_not_found(indexes: Opener[LexicalIndex]) -> None:
    """Several in one call; an unknown version is no error."""
    index = indexes.open()
    for document_id, version in (("a", "v1"), ("a", "v2"), ("b", "v1"), ("c", "v1")):
        index.add("default", rows(document_id, version, "one fox", "two fox"))
    index.remove("default", [("a", "v1"), ("c", "v1"), ("d", "v9")])
    assert index.versions("default") == {("a", "v2"), ("b", "v1")}
    assert sorted(hit_ids(index, "fox")) == ["av20", "av21", "bv10", "bv11"]
    assert index.count("default") == 4


def test_removal_keeps_named_rows(indexes: Opener[LexicalIndex]) -> None:
    """Of a version that has a new split, the passages of the new split stay."""
    index = indexes.open()
    index.add("default", rows("a", "v", "fox", "fox", "fox"))
    index.add("default", rows("b", "v", "fox"))
    index.remove("default", [("a", "v")], keep={"av1", "unknown"})
    assert sorted(hit_ids(index, "fox")) == ["av1", "bv0"]


def test_collections_are_separate(indexes: Opener[LexicalIndex]) -> None:
    """Whatever their names; the same passage may be in several."""
    index, names = indexes.open(), ["default", "Ünï/code ../ ☂", "x", "X"]
    for name in names:
        index.add(name, rows("a", "v", f"fox {name}"))
    assert index.collections() == set(names)
    index.drop("x")
    assert index.collections() == set(names) - {"x"}
    assert hit_ids(index, "fox", collection="X") == ["av0"]
    assert hit_ids(index, "fox", collection="x") == []


def test_an_unknown_collection_is_empty(indexes: Opener[LexicalIndex]) -> None:
    """To search, remove, drop or count in it is no error and makes no collection."""
    index = indexes.open()
    assert index.search("nope", "fox", 5) == []
    index.remove("nope", [("a", "v")])
    index.drop("nope")
    assert index.count("nope") == 0
    assert index.versions("nope") == set()
    index.add("nope", [])
    assert index.collections() == set()


def test_at_most_k_hits_are_returned(indexes: Opener[LexicalIndex]) -> None:
    """None for zero, for an empty query, or for words that no passage has."""
    index = indexes.open()
    index.add("default", rows("a", "v", *["fox"] * 30))
    assert len(index.search("default", "fox", 7)) == 7
    assert index.search("default", "fox", 0) == []
    assert index.search("default", " \n", 7) == []
    assert index.search("default", "walrus", 7) == []


def test_writes_are_durable(indexes: Opener[LexicalIndex]) -> None:
    """Additions and removals are there after reopening."""
    index = indexes.open()
    index.add("default", rows("a", "v", "fox"))
    index.add("default", rows("b", "v", "fox"))
    index.remove("default", [("a", "v")])
    index = indexes.reopened(index)
    assert hit_ids(index, "fox") == ["bv0"]
    assert index.versions("default") == {("b", "v")}
    index.add("default", rows("c", "v", "fox"))
    assert index.count("default") == 2


def test_vacuum_changes_no_hit(indexes: Opener[LexicalIndex]) -> None:
    """Other rows are found as before, removed ones are not; writes work afterwards."""
    index = indexes.open()
    index.add("default", rows("a", "v", *["fox zebra"] * 30))
    index.add("default", rows("b", "v", "fox", "hen", context="Farm"))
    index.remove("default", [("a", "v")])
    index.vacuum()
    assert hit_ids(index, "fox farm")[0] == "bv0"
    assert index.versions("default") == {("b", "v")}
    index.add("default", rows("c", "v", "fox"))
    index.remove("default", [("b", "v")])
    assert hit_ids(indexes.reopened(index), "fox") == ["cv0"]


def test_searches_run_beside_writes(indexes: Opener[LexicalIndex]) -> None:
    """While another thread adds, removes and vacuums, no search fails or misses a row that stays."""
    index = indexes.open()
    index.add("default", rows("a", "v", "the apology"))
    errors: list[BaseException] = []
    done = False

    def search() -> None:
        try:
            while not done:
                assert hit_ids(index, "apology", 1) == ["av0"]
        except BaseException as error:  # noqa: BLE001  (asserted in the test's own thread)
            errors.append(error)

    threads = [Thread(target=search) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        for round_ in range(10):
            index.add("default", rows("b", f"v{round_}", *["fox"] * 20))
            index.remove("default", [("b", f"v{round_}")])
            index.vacuum()
    finally:
        done = True
        for thread in threads:
            thread.join()
    assert errors == []


def test_a_search_within_documents_finds_only_theirs(indexes: Opener[LexicalIndex]) -> None:
    """With the scores that they have among all documents."""
    index = indexes.open()
    for number in range(30):
        index.add("default", rows(f"d{number}", "v1", f"fox number {number}", "a hen", "the fox and the hen"))
    all_scores = {hit.passage_id: hit.score for hit in index.search("default", "fox", 100)}
    within = {("d7", "v1"), ("d21", "v1"), ("d22", "v0"), ("nope", "v1")}
    scores = {hit.passage_id: hit.score for hit in index.search("default", "fox", 100, within=within)}
    assert sorted(scores) == ["d21v10", "d21v12", "d7v10", "d7v12"]
    assert scores == pytest.approx({key: all_scores[key] for key in scores})
    assert len(index.search("default", "fox", 3, within=within)) == 3
    assert index.search("default", "fox", 3, within=set()) == []
