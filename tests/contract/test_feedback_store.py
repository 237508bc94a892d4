"""The laws of ``FeedbackStore``: the tables of SQLite and PostgreSQL and the fake keep them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from rag.adapters.postgres.database import Database
from rag.adapters.postgres.feedback import PostgresFeedback
from rag.adapters.sqlite.catalog import SqliteCatalog
from rag.adapters.sqlite.feedback import SqliteFeedback
from rag.errors import StorageFull
from rag.ports.feedback import Feedback, FeedbackStore
from tests.disks import mounted
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


@pytest.fixture(params=["sqlite", "postgres", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[FeedbackStore]:
    if request.param == "memory":
        yield MemoryFeedback()
        return
    opened: FeedbackStore
    if request.param == "postgres":
        opened = PostgresFeedback(Database(request.getfixturevalue("database_url")), owns=True)
    else:
        opened = SqliteFeedback(tmp_path / "feedback.sqlite3")
    yield opened
    opened.close()


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


def test_a_key_is_made_once(store: FeedbackStore) -> None:
    """It is the same at each call."""
    assert store.key() == store.key()
    assert store.key()


def test_feedback_and_key_are_durable(tmp_path: Path) -> None:
    """After reopening they are there; another folder has another key."""
    keys = set()
    for _ in range(2):
        store = SqliteFeedback(tmp_path / "feedback.sqlite3")
        store.put(HELPFUL)
        keys.add(store.key())
        store.close()
    other = SqliteFeedback(tmp_path / "other.sqlite3")
    reader = SqliteFeedback(tmp_path / "feedback.sqlite3", read_only=True)
    assert [f.note for f in reader.list()] == [HELPFUL.note]
    assert len(keys) == 1
    assert other.key() not in keys
    reader.close()
    other.close()


def test_the_oldest_feedback_is_deleted_first(tmp_path: Path) -> None:
    """Beyond the number of entries, and after the days."""
    store = SqliteFeedback(tmp_path / "feedback.sqlite3", entries=3, days=30)
    for number in range(10):
        store.put(replace(HELPFUL, answer_id=f"ans_{number}"))
    assert [f.answer_id for f in store.list()] == ["ans_9", "ans_8", "ans_7"]
    with store._file.writing() as db:
        db.execute("UPDATE feedback SET at = '2020-01-01T00:00:00.000+00:00' WHERE answer_id = 'ans_9'")
    store.put(replace(HELPFUL, answer_id="ans_10"))
    assert [f.answer_id for f in store.list()] == ["ans_10", "ans_8", "ans_7"]
    store.close()


def test_feedback_that_an_earlier_release_kept_in_the_catalog_is_moved(tmp_path: Path) -> None:
    """Once; the table is gone from the catalog, so that only the feedback's own file can grow."""
    catalog = _earlier_catalog(tmp_path)
    store = SqliteFeedback(tmp_path / "feedback.sqlite3")
    store.take_over(catalog.file)
    store.take_over(catalog.file)
    assert [(f.answer_id, f.note, f.at) for f in store.list()] == [("ans_1", "yes", "2026")]
    assert not _has_feedback(catalog)
    store.close()
    catalog.close()


def test_a_full_disk_stops_the_move_and_loses_nothing(tmp_path: Path) -> None:
    """The entries stay in the catalog; they are moved once there is room."""
    with mounted(tmp_path / "disk", megabytes=4) as disk:
        catalog = _earlier_catalog(disk.path, notes=["x" * 1_000] * 1_000)
        store = SqliteFeedback(disk.path / "feedback.sqlite3")
        store.key()
        filler = disk.path / "filler"
        filler.write_bytes(b"x" * max(0, disk.free_bytes - 100_000))
        with pytest.raises(StorageFull):
            store.take_over(catalog.file)
        assert _has_feedback(catalog)
        filler.unlink()
        disk.resize(megabytes=20)
        store.take_over(catalog.file)
        assert len(store.list(limit=2_000)) == 1_000
        assert not _has_feedback(catalog)
        store.close()
        catalog.close()


def test_a_move_done_twice_keeps_the_later_rating(tmp_path: Path) -> None:
    """The service was stopped before the catalog's table was dropped, and the answer rated again since."""
    catalog = _earlier_catalog(tmp_path)
    store = SqliteFeedback(tmp_path / "feedback.sqlite3")
    store.put(replace(HELPFUL, answer_id="ans_1", note="no, after all"))
    store.take_over(catalog.file)
    assert [f.note for f in store.list()] == ["no, after all"]
    store.close()
    catalog.close()


def _earlier_catalog(folder: Path, notes: Sequence[str] = ("yes",)) -> SqliteCatalog:
    """A catalog that holds feedback with these notes."""
    catalog = SqliteCatalog(folder / "catalog.sqlite3")
    catalog.file.add_tables(
        "CREATE TABLE feedback (answer_id TEXT PRIMARY KEY, collection TEXT NOT NULL, question TEXT NOT NULL,"
        " answer TEXT NOT NULL, helpful INTEGER NOT NULL, note TEXT NOT NULL, citations TEXT NOT NULL,"
        " at TEXT NOT NULL)"
    )
    rows = [(f"ans_{number}", note) for number, note in enumerate(notes, start=1)]
    with catalog.file.writing() as db:
        db.executemany("INSERT INTO feedback VALUES (?, 'default', 'Who?', 'Ada', 1, ?, '[]', '2026')", rows)
    return catalog


def _has_feedback(catalog: SqliteCatalog) -> bool:
    with catalog.file.reading() as db:
        return db.execute("SELECT 1 FROM sqlite_master WHERE name = 'feedback'").fetchone() is not None
