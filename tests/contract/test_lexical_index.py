"""The laws of ``LexicalIndex``, held by the fake and by Tantivy."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

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


@pytest.fixture(params=["fake", "tantivy"])
def indexes(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Opener[LexicalIndex]]:
    state: dict[str, dict[str, PassageRow]] = {}

    def factory() -> LexicalIndex:
        return MemoryLexicalIndex(state) if request.param == "fake" else TantivyIndex(tmp_path)

    with opener(factory) as opening:
        yield opening


def rows(document: str, version: str, *texts: str, context: str = "") -> list[PassageRow]:
    return [
        PassageRow(
            passage_id=f"{document}{version}{i}",
            document_id=document,
            version=version,
            text=text,
            context=context,
        )
        for i, text in enumerate(texts)
    ]


def found_ids(index: LexicalIndex, query: str, k: int = 100, collection: str = "default") -> list[str]:
    return [hit.passage_id for hit in index.search(collection, query, k)]


def test_rare_words_count_more_than_common_ones(indexes: Opener[LexicalIndex]) -> None:
    """The passage with the rare word of the query comes first; hits fall in score."""
    index = indexes.open()
    index.add("default", rows("a", "v", *["the common fox"] * 20, "the rare apology"))
    hits = index.search("default", "the apology", 30)
    assert hits[0].passage_id == "av20"
    assert [h.score for h in hits] == sorted((h.score for h in hits), reverse=True)
    assert all(hit.score > 0 and hit.sentence_index is None for hit in hits)


def test_context_is_searched(indexes: Opener[LexicalIndex]) -> None:
    """A word of the title finds a passage that doesn't say it."""
    index = indexes.open()
    index.add("default", rows("a", "v", "It costs nine euros.", context="Parking at the harbour"))
    index.add("default", rows("b", "v", "It costs two euros.", context="Bicycles"))
    assert found_ids(index, "harbour euros")[0] == "av0"
    assert found_ids(index, "bicycles") == ["bv0"]


@pytest.mark.parametrize(("query", "expected"), SYNTAX)
def test_query_syntax_has_no_meaning(indexes: Opener[LexicalIndex], query: str, expected: list[str]) -> None:
    """Operators and field names neither fail nor steer: words that passages say find them."""
    index = indexes.open()
    index.add("default", rows("a", "v", "the fox, the dog", "one hen"))
    assert found_ids(index, query) == expected


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], database=None
)
@given(text=st.text(st.characters(codec=None), max_size=60))
def test_any_text_can_be_stored_and_asked(tmp_path: Path, text: str) -> None:
    """Lone surrogates, controls and any script included: no exception, and only its own row."""
    index = TantivyIndex(tmp_path)
    index.add("default", rows("a", "v", text, context=text))
    assert found_ids(index, text) in ([], ["av0"])
    index.close()


def test_adding_again_overwrites(indexes: Opener[LexicalIndex]) -> None:
    """A passage given twice is there once, with its last text."""
    index = indexes.open()
    index.add("default", rows("a", "v", "old words"))
    index.add("default", rows("a", "v", "new words"))
    assert index.count("default") == 1
    assert found_ids(index, "old") == []
    assert found_ids(index, "new") == ["av0"]


def test_removed_versions_are_found_no_more(indexes: Opener[LexicalIndex]) -> None:
    """Several in one call; what is in no index is no error."""
    index = indexes.open()
    for document, version in (("a", "v1"), ("a", "v2"), ("b", "v1"), ("c", "v1")):
        index.add("default", rows(document, version, "one fox", "two fox"))
    index.remove("default", [("a", "v1"), ("c", "v1"), ("d", "v9")])
    assert index.versions("default") == {("a", "v2"), ("b", "v1")}
    assert sorted(found_ids(index, "fox")) == ["av20", "av21", "bv10", "bv11"]
    assert index.count("default") == 4


def test_removing_keeps_what_is_named(indexes: Opener[LexicalIndex]) -> None:
    """Of a version that is split anew, the passages of the new split stay."""
    index = indexes.open()
    index.add("default", rows("a", "v", "fox", "fox", "fox"))
    index.add("default", rows("b", "v", "fox"))
    index.remove("default", [("a", "v")], keep={"av1", "unknown"})
    assert sorted(found_ids(index, "fox")) == ["av1", "bv0"]


def test_collections_are_kept_apart(indexes: Opener[LexicalIndex]) -> None:
    """Whatever their names; the same passage may be in several."""
    index, names = indexes.open(), ["default", "Ünï/code ../ ☂", "x", "X"]
    for name in names:
        index.add(name, rows("a", "v", f"fox {name}"))
    assert index.collections() == set(names)
    index.drop("x")
    assert index.collections() == set(names) - {"x"}
    assert found_ids(index, "fox", collection="X") == ["av0"]
    assert found_ids(index, "fox", collection="x") == []


def test_unknown_names_are_nothing(indexes: Opener[LexicalIndex]) -> None:
    """Searching, pruning, dropping or counting what isn't there is no error and makes nothing."""
    index = indexes.open()
    assert index.search("nope", "fox", 5) == []
    index.remove("nope", [("a", "v")])
    index.drop("nope")
    assert index.count("nope") == 0
    assert index.versions("nope") == set()
    index.add("nope", [])
    assert index.collections() == set()


def test_no_more_than_k_come_back(indexes: Opener[LexicalIndex]) -> None:
    """Nor any for zero, for an empty query, or for words nobody said."""
    index = indexes.open()
    index.add("default", rows("a", "v", *["fox"] * 30))
    assert len(index.search("default", "fox", 7)) == 7
    assert index.search("default", "fox", 0) == []
    assert index.search("default", " \n", 7) == []
    assert index.search("default", "walrus", 7) == []


def test_everything_is_durable(indexes: Opener[LexicalIndex]) -> None:
    """What was added and removed is so after reopening."""
    index = indexes.open()
    index.add("default", rows("a", "v", "fox"))
    index.add("default", rows("b", "v", "fox"))
    index.remove("default", [("a", "v")])
    index = indexes.reopened(index)
    assert found_ids(index, "fox") == ["bv0"]
    assert index.versions("default") == {("b", "v")}
    index.add("default", rows("c", "v", "fox"))
    assert index.count("default") == 2


def test_vacuum_changes_no_answer(indexes: Opener[LexicalIndex]) -> None:
    """What stays is found as before, what was removed is not; writing goes on."""
    index = indexes.open()
    index.add("default", rows("a", "v", *["fox zebra"] * 30))
    index.add("default", rows("b", "v", "fox", "hen", context="Farm"))
    index.remove("default", [("a", "v")])
    index.vacuum()
    assert found_ids(index, "fox farm")[0] == "bv0"
    assert index.versions("default") == {("b", "v")}
    index.add("default", rows("c", "v", "fox"))
    index.remove("default", [("b", "v")])
    assert found_ids(indexes.reopened(index), "fox") == ["cv0"]


def test_searches_go_on_beside_writes(indexes: Opener[LexicalIndex]) -> None:
    """No search fails or loses a row that stays, while another thread adds, removes and vacuums."""
    index = indexes.open()
    index.add("default", rows("a", "v", "the apology"))
    failed: list[BaseException] = []
    done = False

    def search() -> None:
        try:
            while not done:
                assert found_ids(index, "apology", 1) == ["av0"]
        except BaseException as error:  # noqa: BLE001  (handed to the test's own thread)
            failed.append(error)

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
    assert failed == []


def test_a_search_within_some_documents_finds_theirs_alone(indexes: Opener[LexicalIndex]) -> None:
    """With the same scores as among all others."""
    index = indexes.open()
    for number in range(30):
        index.add("default", rows(f"d{number}", "v1", f"fox number {number}", "a hen", "the fox and the hen"))
    everything = {hit.passage_id: hit.score for hit in index.search("default", "fox", 100)}
    within = {("d7", "v1"), ("d21", "v1"), ("d22", "v0"), ("nope", "v1")}
    found = {hit.passage_id: hit.score for hit in index.search("default", "fox", 100, within=within)}
    assert sorted(found) == ["d21v10", "d21v12", "d7v10", "d7v12"]
    assert found == pytest.approx({key: everything[key] for key in found})
    assert len(index.search("default", "fox", 3, within=within)) == 3
    assert index.search("default", "fox", 3, within=set()) == []
