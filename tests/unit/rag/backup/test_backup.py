"""Backups of a data folder without a service: what they hold, rotation, erasure, damage."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from api.security.keys import find_key, make_key
from rag.adapters.sqlite.access_keys import SqliteKeys
from rag.adapters.sqlite.catalog import SqliteCatalog
from rag.adapters.sqlite.copying import copy_database
from rag.adapters.sqlite.feedback import SqliteFeedback
from rag.adapters.sqlite.jobs import SqliteJobs
from rag.adapters.sqlite.question_log import SqliteQuestionLog
from rag.backup import make
from rag.backup.make import make_backup
from rag.backup.manifest import MANIFEST, backups_in, read_manifest
from rag.backup.restore import check_backup, newest_backup, restore
from rag.backup.rotation import holding, rotate
from rag.errors import DamagedFile, DataFolderLocked, StorageError
from rag.ports.access_keys import Scope
from rag.ports.catalog import Change, Original
from rag.ports.feedback import Feedback
from rag.ports.jobs import JobKind, Upload
from rag.ports.question_log import LoggedQuestion
from rag.settings import Settings
from rag.storage.erasures import Erasure, add_erasures, erasures, uri_hash
from rag.storage.lock import FolderLock
from rag.storage.original_files import OriginalFiles
from rag.types import Document
from tests.samples import passage

PRIVATE = "The harbour master of Vardoe sleeps on the quay."
GONE = Document(id="gone", uri="gone.md", title="Gone", text=PRIVATE)
STAYS = Document(id="stays", uri="stays.md", title="Stays", text="The bakery opens at five.")
LATER = "2999-01-01T00:00:00+00:00"


def change(document: Document) -> Change:
    original = Original.of(document.text.encode(), document.uri, "text/markdown")
    return Change(document=document, passages=(passage(document),), original=original)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A data folder with two documents, feedback and questions about both, and an upload that waits."""
    data = tmp_path / "data"
    data.mkdir()
    files = OriginalFiles(data / "originals", max_bytes=1_000_000)
    with closing(SqliteCatalog(data / "catalog.sqlite3")) as catalog:
        for document in (GONE, STAYS):
            written = change(document)
            assert written.original is not None
            files.put(written.original)
            catalog.commit([written], [])
    with (
        closing(SqliteFeedback(data / "feedback.sqlite3")) as feedback,
        closing(SqliteQuestionLog(data / "questions.sqlite3")) as log,
    ):
        for document in (GONE, STAYS):
            places = ((document.id, document.sha256, 0, 5),)
            feedback.put(
                Feedback(
                    answer_id=document.id,
                    collection="default",
                    question=f"Of {document.id}?",
                    answer=document.text,
                    helpful=True,
                    citations=places,
                )
            )
            log.put(
                LoggedQuestion(
                    id=document.id,
                    collection="default",
                    question=f"Of {document.id}?",
                    outcome="sure",
                    confidence=1.0,
                    passages=places,
                )
            )
    with closing(SqliteJobs(data / "jobs.sqlite3")) as jobs:
        uploads = [Upload(name=d.uri, uri=d.uri, data=d.text.encode()) for d in (GONE, STAYS)]
        jobs.add(JobKind.UPLOAD, collection="default", uploads=uploads)
    return Settings(data=data)


def forget(settings: Settings, at: str = LATER) -> list[Erasure]:
    """As ``saywhere forget`` does, as far as backups see it."""
    entry = Erasure(at=at, document_id=GONE.id, version=GONE.sha256, uri_sha256=uri_hash(GONE.uri))
    add_erasures(settings.data, [entry])
    return erasures(settings.data)


def files_with(folder: Path, text: str) -> list[str]:
    return sorted(
        p.relative_to(folder).as_posix()
        for p in folder.rglob("*")
        if p.is_file() and text.encode() in p.read_bytes()
    )


def test_a_backup_holds_what_was_committed(settings: Settings, tmp_path: Path) -> None:
    """Also while somebody writes: one snapshot of each database, and the files that it names."""
    with closing(SqliteCatalog(settings.data / "catalog.sqlite3")) as catalog, catalog.file.writing() as db:
        db.execute("DELETE FROM documents")  # not committed yet
        backup = make_backup(settings, tmp_path / "backups")
    manifest = check_backup(backup)
    assert (manifest.documents, manifest.originals, manifest.indexes) == (2, 2, False)
    assert set(manifest.files) == {
        "catalog.sqlite3", "feedback.sqlite3", "jobs.sqlite3", "questions.sqlite3",
    }  # fmt: skip
    with closing(SqliteCatalog(backup / "catalog.sqlite3", read_only=True)) as copy:
        assert copy.document("gone").text == PRIVATE
        assert {path.name for path in (backup / "originals").iterdir()} == set(copy.originals())
    assert not [path for path in (backup, *backup.rglob("*")) if path.stat().st_mode & 0o077]


def test_keys_and_the_audit_log_are_in_it(settings: Settings, tmp_path: Path) -> None:
    """A restore knows who may read, and who did."""
    with closing(SqliteKeys(settings.data / "keys.sqlite3")) as keys:
        key, secret = make_key(keys, "intranet", [Scope.ASK])
    lines = {"audit.jsonl": '{"who": "now"}\n', "audit-2026-01-01.jsonl": '{"who": "then"}\n'}
    for name, line in lines.items():
        (settings.data / name).write_text(line)
    backup = make_backup(settings, tmp_path / "backups")
    check_backup(backup)
    assert {name: (backup / name).read_text() for name in lines} == lines
    with closing(SqliteKeys(backup / "keys.sqlite3", read_only=True)) as kept:
        assert find_key(kept, secret) == key


def test_a_file_that_was_kept_between_two_looks_is_in_it(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A document written just before the catalog is copied has its file; one removed then leaves none."""

    def write_meanwhile(source: Path, target: Path) -> None:
        if source.name == "catalog.sqlite3":
            new = change(Document(id="new", uri="new.md", title="New", text="A new ferry."))
            assert new.original is not None
            OriginalFiles(settings.data / "originals", max_bytes=1_000_000).put(new.original)
            with closing(SqliteCatalog(source)) as catalog:
                catalog.commit([new], [("default", "gone")])
        copy_database(source, target)

    monkeypatch.setattr(make, "copy_database", write_meanwhile)
    backup = make_backup(settings, tmp_path / "backups")
    with closing(SqliteCatalog(backup / "catalog.sqlite3", read_only=True)) as copy:
        assert {record.id for record in copy.list()} == {"stays", "new"}
        assert {path.name for path in (backup / "originals").iterdir()} == set(copy.originals())


def test_a_backup_that_fails_leaves_nothing(settings: Settings, tmp_path: Path) -> None:
    """Neither a folder that looks like one, nor the remains of one that was killed."""
    backups = tmp_path / "backups"
    (backups / "2026-01-01T00-00-00-000000Z.unfinished").mkdir(parents=True)
    with closing(sqlite3.connect(settings.data / "feedback.sqlite3")) as db:
        db.execute("PRAGMA journal_mode = DELETE")
    damaged = bytearray((settings.data / "feedback.sqlite3").read_bytes())
    damaged[4096:8192] = b"\xff" * 4096
    (settings.data / "feedback.sqlite3").write_bytes(damaged)
    with pytest.raises(DamagedFile):
        make_backup(settings, backups)
    assert [path.name for path in backups.iterdir()] == [".lock"]


def test_unchanged_files_are_linked(settings: Settings, tmp_path: Path) -> None:
    """To those of the backup before, which may be removed all the same."""
    first, second = (make_backup(settings, tmp_path / "backups") for _ in range(2))
    names = [path.name for path in (first / "originals").iterdir()]
    for name in names:
        assert (first / "originals" / name).stat().st_ino == (second / "originals" / name).stat().st_ino
    shutil.rmtree(first)
    assert check_backup(second).originals == 2


def test_the_newest_are_kept(settings: Settings, tmp_path: Path) -> None:
    """As many as were asked for; what is no backup stays."""
    backups = tmp_path / "backups"
    made = [make_backup(settings, backups) for _ in range(3)]
    (backups / "notes").mkdir()
    assert rotate(backups, 2, []).removed == 1
    assert backups_in(backups) == [made[2], made[1]]
    assert newest_backup(backups) == made[2]
    assert (backups / "notes").is_dir()
    assert rotate(backups, None, []).removed == 0


def test_what_was_forgotten_is_erased_from_earlier_backups(settings: Settings, tmp_path: Path) -> None:
    """Every byte of it: text, file, feedback, logged questions, the upload that waits. The rest stays."""
    backups = tmp_path / "backups"
    backup = make_backup(settings, backups)
    assert len(files_with(backup, PRIVATE)) >= 4
    listed = forget(settings)
    assert holding(settings.data, [GONE.id]) == [backup]
    assert rotate(backups, 7, listed).erased == 1
    assert files_with(backup, PRIVATE) == []
    assert holding(settings.data, [GONE.id]) == []
    manifest = check_backup(backup)
    assert (manifest.documents, manifest.originals) == (1, 1)
    with (
        closing(SqliteCatalog(backup / "catalog.sqlite3")) as catalog,
        closing(SqliteFeedback(backup / "feedback.sqlite3")) as feedback,
        closing(SqliteQuestionLog(backup / "questions.sqlite3")) as log,
        closing(SqliteJobs(backup / "jobs.sqlite3")) as jobs,
    ):
        assert [record.id for record in catalog.list()] == ["stays"]
        assert [entry.answer_id for entry in feedback.list()] == ["stays"]
        assert [entry.id for entry in log.list()] == ["stays"]
        [job] = jobs.list()
        assert jobs.upload(job.id, 0).data == b""
        assert jobs.upload(job.id, 1).data == STAYS.text.encode()
    assert rotate(backups, 7, listed).erased == 0


def test_a_backup_made_after_an_erasure_keeps_what_was_taken_in_again(
    settings: Settings, tmp_path: Path
) -> None:
    """The same document, ingested once more by somebody who may."""
    listed = forget(settings, at="2020-01-01T00:00:00+00:00")
    backup = make_backup(settings, tmp_path / "backups")
    assert rotate(tmp_path / "backups", None, listed).erased == 0
    assert read_manifest(backup).documents == 2
    assert erasures(backup) == listed


def test_a_folder_of_backups_that_is_away_may_hold_it(settings: Settings, tmp_path: Path) -> None:
    """As a disk that isn't mounted."""
    make_backup(settings, tmp_path / "backups")
    (tmp_path / "backups").rename(tmp_path / "elsewhere")
    assert holding(settings.data, [GONE.id]) == [tmp_path / "backups"]
    assert holding(settings.data, []) == []


def test_a_backup_that_cannot_be_read_may_hold_it(settings: Settings, tmp_path: Path) -> None:
    """An erasure names it, and isn't kept from its receipt."""
    backup = make_backup(settings, tmp_path / "backups")
    (backup / "catalog.sqlite3").write_bytes(b"no database at all" * 500)
    assert holding(settings.data, [GONE.id]) == [backup]


def test_one_backup_is_made_at_a_time(settings: Settings, tmp_path: Path) -> None:
    """A second one would take the first for the remains of one that was killed."""
    with FolderLock(tmp_path / "backups" / ".lock"), pytest.raises(DataFolderLocked):
        make_backup(settings, tmp_path / "backups")


def _alter(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1] + b"?")


@pytest.mark.parametrize("part", ["catalog.sqlite3", "original", "format", MANIFEST])
def test_a_damaged_backup_is_not_restored(settings: Settings, tmp_path: Path, part: str) -> None:
    """One file of it is altered, or a later release made it; nothing is written."""
    backup = make_backup(settings, tmp_path / "backups")
    if part == "format":
        manifest = json.loads((backup / MANIFEST).read_text())
        (backup / MANIFEST).write_text(json.dumps({**manifest, "format": 2}))
    elif part == "original":
        _alter(next((backup / "originals").iterdir()))
    else:
        _alter(backup / part)
    target = tmp_path / "restored"
    with pytest.raises(StorageError, match=r"damaged|later release"):
        restore(Settings(data=target), backup)
    assert not target.exists()


def test_a_folder_with_documents_is_not_overwritten(settings: Settings, tmp_path: Path) -> None:
    """It is moved away first."""
    backup = make_backup(settings, tmp_path / "backups")
    with pytest.raises(StorageError, match="has documents already"):
        restore(settings, backup)


def test_what_is_no_backup_is_named(tmp_path: Path) -> None:
    """Rather than an empty folder restored."""
    with pytest.raises(StorageError, match="is no backup"):
        newest_backup(tmp_path)


@pytest.fixture
def locked(settings: Settings) -> Iterator[None]:
    with FolderLock(settings.data / "lock"):
        yield


@pytest.mark.usefixtures("locked")
def test_indexes_in_use_are_not_copied(settings: Settings, tmp_path: Path) -> None:
    """Their files change under the copy. Without them a backup is made all the same."""
    backups = tmp_path / "backups"
    with pytest.raises(DataFolderLocked):
        make_backup(settings, backups, indexes=True)
    assert backups_in(backups) == []
    made = make_backup(settings, backups)
    assert backups_in(backups) == [made]


def test_nothing_to_back_up_is_an_error(tmp_path: Path) -> None:
    """Instead of an empty backup."""
    with pytest.raises(StorageError, match="no documents have been ingested"):
        make_backup(Settings(data=tmp_path / "none"), tmp_path / "backups")
