"""The laws of FeedbackStore, held by the SQLite table and by the fake."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from rag.adapters.sqlite.catalog import SqliteCatalog
from rag.adapters.sqlite.feedback import SqliteFeedback
from rag.ports.feedback import Feedback, FeedbackStore
from tests.fakes.storage import MemoryFeedback

LIKED = Feedback(
    answer_id="ans_1",
    collection="default",
    question="Who?",
    answer="Ada 🙂",
    helpful=True,
    note="Ja, „genau“",
    citations=(("notes/may 1.txt", "ab12", 3, 9),),
)
DISLIKED = replace(LIKED, answer_id="ans_2", answer="", helpful=False, note="", citations=())


@pytest.fixture(params=["sqlite", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[FeedbackStore]:
    if request.param == "memory":
        yield MemoryFeedback()
        return
    catalog = SqliteCatalog(tmp_path / "catalog.sqlite3")
    yield SqliteFeedback(catalog.file)
    catalog.close()


def test_what_is_put_is_listed_newest_first(store: FeedbackStore) -> None:
    """Every field comes back, with the time the store gave it."""
    store.put(LIKED)
    store.put(DISLIKED)
    newest, oldest = store.list()
    assert newest.at
    assert (replace(newest, at=""), replace(oldest, at="")) == (DISLIKED, LIKED)


def test_a_later_word_takes_the_earlier_ones_place(store: FeedbackStore) -> None:
    """One entry an answer."""
    store.put(LIKED)
    store.put(replace(LIKED, helpful=False, note="On second thoughts"))
    [kept] = store.list()
    assert (kept.helpful, kept.note) == (False, "On second thoughts")


def test_one_kind_and_few_can_be_listed(store: FeedbackStore) -> None:
    """By what was thought; at most so many."""
    store.put(LIKED)
    store.put(DISLIKED)
    assert [f.answer_id for f in store.list(helpful=True)] == ["ans_1"]
    assert [f.answer_id for f in store.list(helpful=False)] == ["ans_2"]
    assert len(store.list(limit=1)) == 1


def test_what_cites_a_document_is_forgotten_with_it(store: FeedbackStore) -> None:
    """By any of its citations, not by part of an id; the rest stays."""
    elsewhere = ("notes/may 1.txt.old", "cd34", 0, 5)
    store.put(LIKED)
    store.put(DISLIKED)
    store.put(replace(LIKED, answer_id="ans_3", citations=(elsewhere,)))
    store.put(replace(LIKED, answer_id="ans_4", citations=(elsewhere, *LIKED.citations)))
    assert store.delete_citing(["notes/may 1.txt", "none"]) == 2
    assert {f.answer_id for f in store.list()} == {"ans_2", "ans_3"}


def test_it_outlives_its_process_in_the_catalogs_file(tmp_path: Path) -> None:
    """Opened again, the table and its rows are there, and the catalog's format is as it was."""
    for _ in range(2):
        catalog = SqliteCatalog(tmp_path / "catalog.sqlite3")
        SqliteFeedback(catalog.file).put(LIKED)
        catalog.close()
    reading = SqliteCatalog(tmp_path / "catalog.sqlite3", read_only=True)
    assert [f.note for f in SqliteFeedback(reading.file).list()] == [LIKED.note]
    reading.close()
