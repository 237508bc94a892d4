"""The laws of ``QuestionLog``: the tables of SQLite and PostgreSQL and the fake keep them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from rag.adapters.postgres.database import Database
from rag.adapters.postgres.question_log import PostgresQuestionLog
from rag.adapters.sqlite.question_log import SqliteQuestionLog
from rag.ports.question_log import LoggedQuestion, QuestionLog
from tests.fakes.storage import MemoryQuestionLog

ANSWERED = LoggedQuestion(
    id="ans_1",
    collection="default",
    question="Who has the key? 🙂",
    outcome="sure",
    confidence=0.91,
    filters={"team": "harbour"},
    passages=(("notes/may 1.txt", "ab12", 3, 9),),
    generation=4,
)
OPEN = replace(
    ANSWERED, id="ans_2", question="Who pays?", outcome="not_answered_here", filters={}, passages=()
)


@pytest.fixture(params=["sqlite", "postgres", "memory"])
def log(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[QuestionLog]:
    if request.param == "memory":
        yield MemoryQuestionLog()
        return
    opened: QuestionLog
    if request.param == "postgres":
        opened = PostgresQuestionLog(Database(request.getfixturevalue("database_url")), owns=True)
    else:
        opened = SqliteQuestionLog(tmp_path / "questions.sqlite3")
    yield opened
    opened.close()


def _put(log: QuestionLog, *entries: LoggedQuestion) -> None:
    for entry in entries:
        log.put(entry)


def test_questions_are_listed_newest_first(log: QuestionLog) -> None:
    """With every field and the time that the store adds; those of one collection if it is named."""
    _put(log, ANSWERED, replace(OPEN, collection="hr"))
    newest, oldest = log.list()
    assert newest.at >= oldest.at > ""
    assert [replace(entry, at="") for entry in (newest, oldest)] == [replace(OPEN, collection="hr"), ANSWERED]
    assert [entry.id for entry in log.list("hr")] == ["ans_2"]


def test_a_thumb_is_stored_with_its_question(log: QuestionLog) -> None:
    """The last one given counts, and one for an unknown id changes nothing."""
    _put(log, ANSWERED, OPEN)
    log.rate("ans_1", helpful=True)
    log.rate("ans_1", helpful=False)
    log.rate("ans_9", helpful=True)
    assert [entry.helpful for entry in log.list()] == [None, False]


def test_an_open_question_of_other_documents_is_outdated(log: QuestionLog) -> None:
    """Each wording once, the newest first; one that was answered never is."""
    _put(log, ANSWERED, OPEN, replace(OPEN, id="ans_3", question="Who sings?"), replace(OPEN, id="ans_4"))
    assert log.outdated(4, limit=10) == []
    assert [entry.id for entry in log.outdated(5, limit=10)] == ["ans_4", "ans_3"]
    assert [entry.id for entry in log.outdated(3, limit=1)] == ["ans_4"]


def test_asking_again_counts_for_every_entry_of_the_wording(log: QuestionLog) -> None:
    """Answered they are closed, otherwise they wait for other documents; other filters are another one."""
    filtered = replace(OPEN, id="ans_4", filters={"team": "hr"})
    _put(log, OPEN, replace(OPEN, id="ans_3"), filtered)
    log.asked_again(OPEN, generation=5, is_answered=False)
    assert {e.id: (e.generation, e.answered_at) for e in log.list()} == {
        "ans_2": (5, ""), "ans_3": (5, ""), "ans_4": (4, "")
    }  # fmt: skip
    log.asked_again(OPEN, generation=6, is_answered=True)
    assert {e.id: e.is_open for e in log.list()} == {"ans_2": False, "ans_3": False, "ans_4": True}
    assert [e.id for e in log.outdated(7, limit=9)] == ["ans_4"]


def test_questions_are_deleted_by_document(log: QuestionLog) -> None:
    """By any passage and the whole id; the others stay."""
    other = ("notes/may 1.txt.old", "cd34", 0, 5)
    _put(log, ANSWERED, OPEN, replace(OPEN, id="ans_3", passages=(other, *ANSWERED.passages)))
    _put(log, replace(OPEN, id="ans_4", passages=(other,)))
    assert log.delete_citing(["notes/may 1.txt", "none"]) == 2
    assert [entry.id for entry in log.list()] == ["ans_4", "ans_2"]


def test_the_oldest_questions_are_deleted_first(tmp_path: Path) -> None:
    """Beyond the number of entries, and after the days: what is too old isn't listed before it is deleted."""
    log = SqliteQuestionLog(tmp_path / "questions.sqlite3", entries=3, days=30)
    for number in range(10):
        log.put(replace(OPEN, id=f"ans_{number}", question=f"Question {number}?"))
    assert [entry.id for entry in log.list()] == ["ans_9", "ans_8", "ans_7"]
    with log._file.writing() as db:
        db.execute("UPDATE questions SET at = '2020-01-01T00:00:00.000+00:00' WHERE id = 'ans_9'")
    assert [entry.id for entry in log.list()] == ["ans_8", "ans_7"]
    assert [entry.id for entry in log.outdated(1, limit=9)] == ["ans_8", "ans_7"]
    log.purge()
    with log._file.reading() as db:
        assert db.execute("SELECT count(*) FROM questions").fetchone() == (2,)
    log.close()


def test_questions_are_durable(tmp_path: Path) -> None:
    """After reopening they are there, also for a reader beside the writer."""
    path = tmp_path / "questions.sqlite3"
    writer = SqliteQuestionLog(path)
    writer.put(ANSWERED)
    reader = SqliteQuestionLog(path, read_only=True)
    assert [entry.question for entry in reader.list()] == [ANSWERED.question]
    reader.close()
    writer.close()
