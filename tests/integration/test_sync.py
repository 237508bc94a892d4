"""A folder is synced with real indexes: SQLite, Chroma and Tantivy."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ingest.batch_writer import BATCH_DOCUMENTS
from ingest.prepare import Preparer
from ingest.report import Report
from ingest.split import PassageSplitter
from ingest.sync import sync
from rag.adapters.chroma.index import ChromaIndex
from rag.adapters.sqlite.catalog import SqliteCatalog
from rag.adapters.tantivy import TantivyIndex
from rag.errors import ModelError
from rag.storage.library import Library
from tests.fakes.models import BagEmbedder


class FailingEmbedder(BagEmbedder):
    """Embeds ``texts_left`` texts (None: any number), then fails."""

    def __init__(self) -> None:
        super().__init__()
        self.texts_left: int | None = None

    def embed(self, texts: Any) -> Any:
        if self.texts_left is not None:
            self.texts_left -= len(texts)
            if self.texts_left < 0:
                raise ModelError("the model is gone")
        return super().embed(texts)


@dataclass
class SyncedFolder:
    """A library on real indexes, and one folder of documents."""

    library: Library
    catalog: SqliteCatalog
    lexical: TantivyIndex
    embedder: FailingEmbedder
    folder: Path

    def sync(self) -> Report:
        return sync(self.library, self.catalog, Preparer(splitter=PassageSplitter()), [self.folder])

    def search(self, word: str) -> list[str]:
        """Texts of the committed passages that have the word."""
        passages = self.catalog.passages([hit.passage_id for hit in self.lexical.search("default", word, 50)])
        return [p.span.slice(self.catalog.document(p.document_id).text) for p in passages.values()]


@pytest.fixture
def synced(tmp_path: Path) -> Iterator[SyncedFolder]:
    with ExitStack() as stack:
        catalog = SqliteCatalog(tmp_path / "data" / "catalog.sqlite3")
        stack.callback(catalog.close)
        dense = ChromaIndex(tmp_path / "data" / "chroma")
        stack.callback(dense.close)
        lexical = TantivyIndex(tmp_path / "data" / "terms")
        stack.callback(lexical.close)
        embedder = FailingEmbedder()
        library = Library(catalog, dense, lexical, embedder)
        library.recover()
        folder = tmp_path / "notes"
        folder.mkdir()
        (folder / "tea.md").write_text("# Drinks\n\nWe serve oolong at noon.")
        (folder / "pay.txt").write_text("Salaries are paid on Fridays.")
        yield SyncedFolder(library, catalog, lexical, embedder, folder)


def test_a_synced_folder_can_be_searched(synced: SyncedFolder) -> None:
    """Both files are committed, and the indexes agree with the catalog."""
    assert synced.sync().added == ("notes/pay.txt", "notes/tea.md")
    assert synced.search("oolong") == ["We serve oolong at noon."]
    assert synced.library.check() == []


def test_a_second_sync_commits_nothing(synced: SyncedFolder) -> None:
    """The catalog's generation stays the same."""
    synced.sync()
    generation = synced.catalog.generation()
    assert len(synced.sync().unchanged) == 2
    assert synced.catalog.generation() == generation


def test_old_text_is_not_found(synced: SyncedFolder) -> None:
    """After an edit and a deletion, a search for the old words has no results."""
    synced.sync()
    (synced.folder / "tea.md").write_text("# Drinks\n\nWe serve coffee at noon.")
    (synced.folder / "pay.txt").unlink()
    report = synced.sync()
    assert (report.changed, report.removed) == (("notes/tea.md",), ("notes/pay.txt",))
    assert (synced.search("oolong"), synced.search("salaries")) == ([], [])
    assert synced.search("coffee") == ["We serve coffee at noon."]
    assert synced.library.check() == []


def test_a_moved_file_is_found_under_its_new_uri(synced: SyncedFolder) -> None:
    """One document has the text."""
    synced.sync()
    (synced.folder / "tea.md").rename(synced.folder / "drinks.md")
    synced.sync()
    assert {record.uri for record in synced.catalog.list()} == {"notes/drinks.md", "notes/pay.txt"}
    assert synced.search("oolong") == ["We serve oolong at noon."]
    assert synced.library.check() == []


def test_two_files_of_the_same_text_are_two_documents(synced: SyncedFolder) -> None:
    """Removing one leaves the other."""
    shutil.copy(synced.folder / "tea.md", synced.folder / "copy.md")
    synced.sync()
    assert len(synced.search("oolong")) == 2
    (synced.folder / "copy.md").unlink()
    synced.sync()
    assert len(synced.search("oolong")) == 1
    assert synced.library.check() == []


def test_other_line_ends_keep_the_version(synced: SyncedFolder) -> None:
    """A file saved with CRLF has other bytes but the same text: it is read once more."""
    synced.sync()
    before = {record.id: record.version for record in synced.catalog.list()}
    (synced.folder / "tea.md").write_bytes(b"# Drinks\r\n\r\nWe serve oolong at noon.")
    assert synced.sync().changed == ("notes/tea.md",)
    assert {record.id: record.version for record in synced.catalog.list()} == before
    assert len(synced.sync().unchanged) == 2
    assert synced.library.check() == []


def test_an_interrupted_sync_is_resumed(synced: SyncedFolder) -> None:
    """The first batch stays, though the model failed in the second; the next sync does the rest."""
    for number in range(BATCH_DOCUMENTS):
        (synced.folder / f"{number:03}.txt").write_text(f"Note {number} is about zebras.")
    synced.embedder.texts_left = BATCH_DOCUMENTS + 1  # each note is one sentence
    with pytest.raises(ModelError):
        synced.sync()
    assert synced.catalog.count() == BATCH_DOCUMENTS
    synced.embedder.texts_left = None
    report = synced.sync()
    assert (len(report.unchanged), len(report.added)) == (BATCH_DOCUMENTS, 2)
    assert synced.library.check() == []


def test_a_real_handbook_is_ingested(synced: SyncedFolder, shared: Path) -> None:
    """Forty real pages: none fails, no markup is left, every sentence is inside its passage."""
    pages = synced.folder / "guide"
    shutil.copytree(shared / "data" / "guide", pages)
    report = synced.sync()
    assert report.ok
    assert len(report.added) == 2 + len(list(pages.rglob("*.md")))
    for record in synced.catalog.list():
        document = synced.catalog.document(record.id)
        assert "{%" not in document.text
        assert "](http" not in document.text
        for passage in synced.catalog.passages_of(record.id):
            assert all(passage.span.contains(sentence) for sentence in passage.sentences)
            assert document.section_at(passage.span.start) == document.section_at(passage.span.end - 1)
    assert synced.sync().passages == 0
    assert synced.library.check() == []
