"""The laws of ``FeedbackStore``: the SQLite table and the fake keep them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from rag.adapters.sqlite.catalog import SqliteCatalog
from rag.adapters.sqlite.feedback import SqliteFeedback
from rag.ports.feedback import Feedback, FeedbackStore
from tests.fakes.storage import MemoryFeedback

HELPFUL = Feedback(
    answer_id="ans_1",
    collection="default",
    question="Who?",
    answer="Ada 🙂",
    helpful=True,
    note="Ja, „genau“",
    citations=(("notes/may 1.txt", "ab12", 3, 9),),
)
UNHELPFUL = replace(HELPFUL, answer_id="ans_2", answer="", helpful=False, note="", citations=())


@pytest.fixture(params=["sqlite", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[FeedbackStore]:
    if request.param == "memory":
        yield MemoryFeedback()
        return
    catalog = SqliteCatalog(tmp_path / "catalog.sqlite3")
    yield SqliteFeedback(catalog.file)
    catalog.close()


def test_feedback_is_listed_newest_first(store: FeedbackStore) -> None:
    """With every field, and the time that the store adds."""
    store.put(HELPFUL)
    store.put(UNHELPFUL)
    newest, oldest = store.list()
    assert newest.at
    assert (replace(newest, at=""), replace(oldest, at="")) == (UNHELPFUL, HELPFUL)


def test_later_feedback_replaces_earlier_feedback(store: FeedbackStore) -> None:
    """There is one entry for each answer."""
    store.put(HELPFUL)
    store.put(replace(HELPFUL, helpful=False, note="On second thoughts"))
    [feedback] = store.list()
    assert (feedback.helpful, feedback.note) == (False, "On second thoughts")


def test_a_listing_can_be_filtered_and_limited(store: FeedbackStore) -> None:
    """By ``helpful``, and to a number of entries."""
    store.put(HELPFUL)
    store.put(UNHELPFUL)
    assert [f.answer_id for f in store.list(helpful=True)] == ["ans_1"]
    assert [f.answer_id for f in store.list(helpful=False)] == ["ans_2"]
    assert len(store.list(limit=1)) == 1


def test_feedback_is_deleted_by_cited_document(store: FeedbackStore) -> None:
    """By any of its citations and the whole id; other feedback stays."""
    other_citation = ("notes/may 1.txt.old", "cd34", 0, 5)
    store.put(HELPFUL)
    store.put(UNHELPFUL)
    store.put(replace(HELPFUL, answer_id="ans_3", citations=(other_citation,)))
    store.put(replace(HELPFUL, answer_id="ans_4", citations=(other_citation, *HELPFUL.citations)))
    assert store.delete_citing(["notes/may 1.txt", "none"]) == 2
    assert {f.answer_id for f in store.list()} == {"ans_2", "ans_3"}


def test_feedback_is_durable_in_the_catalogs_file(tmp_path: Path) -> None:
    """After reopening the rows are there, and the catalog's format is the same."""
    for _ in range(2):
        catalog = SqliteCatalog(tmp_path / "catalog.sqlite3")
        SqliteFeedback(catalog.file).put(HELPFUL)
        catalog.close()
    reader = SqliteCatalog(tmp_path / "catalog.sqlite3", read_only=True)
    assert [f.note for f in SqliteFeedback(reader.file).list()] == [HELPFUL.note]
    reader.close()
