"""A folder kept in step with real indexes: SQLite, Chroma and Tantivy."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ingest.prepare import Preparer
from ingest.report import Report
from ingest.split import PassageSplitter
from ingest.sync import BATCH_DOCUMENTS, sync
from rag.adapters.chroma.index import ChromaIndex
from rag.adapters.sqlite.catalog import SqliteCatalog
from rag.adapters.tantivy import TantivyIndex
from rag.errors import ModelError
from rag.storage.library import Library
from tests.fakes.models import BagEmbedder


class TiringEmbedder(BagEmbedder):
    """Embeds a number of texts, then fails until it is rested."""

    def __init__(self) -> None:
        super().__init__()
        self.left: int | None = None

    def embed(self, texts: Any) -> Any:
        if self.left is not None:
            self.left -= len(texts)
            if self.left < 0:
                raise ModelError("the model is gone")
        return super().embed(texts)


@dataclass
class House:
    """A library on real indexes, and one folder of documents."""

    library: Library
    catalog: SqliteCatalog
    lexical: TantivyIndex
    embedder: TiringEmbedder
    folder: Path

    def sync(self) -> Report:
        return sync(self.library, self.catalog, Preparer(splitter=PassageSplitter()), [self.folder])

    def finds(self, word: str) -> list[str]:
        """Texts of the committed passages that have the word."""
        found = self.catalog.passages([hit.passage_id for hit in self.lexical.search("default", word, 50)])
        return [p.span.slice(self.catalog.document(p.document_id).text) for p in found.values()]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with ExitStack() as stack:
        catalog = SqliteCatalog(tmp_path / "data" / "catalog.sqlite3")
        stack.callback(catalog.close)
        dense = ChromaIndex(tmp_path / "data" / "chroma")
        stack.callback(dense.close)
        lexical = TantivyIndex(tmp_path / "data" / "terms")
        stack.callback(lexical.close)
        embedder = TiringEmbedder()
        library = Library(catalog, dense, lexical, embedder)
        library.recover()
        folder = tmp_path / "notes"
        folder.mkdir()
        (folder / "tea.md").write_text("# Drinks\n\nWe serve oolong at noon.")
        (folder / "pay.txt").write_text("Salaries are paid on Fridays.")
        yield House(library, catalog, lexical, embedder, folder)


def test_a_synced_folder_can_be_searched(house: House) -> None:
    """Both files are committed, and the indexes agree with the catalog row for row."""
    assert house.sync().added == ("notes/pay.txt", "notes/tea.md")
    assert house.finds("oolong") == ["We serve oolong at noon."]
    assert house.library.check() == []


def test_a_second_sync_commits_nothing(house: House) -> None:
    """The catalog's generation stands still."""
    house.sync()
    generation = house.catalog.generation()
    assert len(house.sync().unchanged) == 2
    assert house.catalog.generation() == generation


def test_old_text_never_answers(house: House) -> None:
    """After an edit and a deletion neither index nor catalog has the old words."""
    house.sync()
    (house.folder / "tea.md").write_text("# Drinks\n\nWe serve coffee at noon.")
    (house.folder / "pay.txt").unlink()
    report = house.sync()
    assert (report.changed, report.removed) == (("notes/tea.md",), ("notes/pay.txt",))
    assert (house.finds("oolong"), house.finds("salaries")) == ([], [])
    assert house.finds("coffee") == ["We serve coffee at noon."]
    assert house.library.check() == []


def test_a_moved_file_answers_under_its_new_name(house: House) -> None:
    """One document has the text, with the new uri."""
    house.sync()
    (house.folder / "tea.md").rename(house.folder / "drinks.md")
    house.sync()
    assert {record.uri for record in house.catalog.list()} == {"notes/drinks.md", "notes/pay.txt"}
    assert house.finds("oolong") == ["We serve oolong at noon."]
    assert house.library.check() == []


def test_two_files_of_the_same_text_are_two_documents(house: House) -> None:
    """Removing one leaves the other."""
    shutil.copy(house.folder / "tea.md", house.folder / "copy.md")
    house.sync()
    assert len(house.finds("oolong")) == 2
    (house.folder / "copy.md").unlink()
    house.sync()
    assert len(house.finds("oolong")) == 1
    assert house.library.check() == []


def test_other_line_ends_keep_the_version(house: House) -> None:
    """A file saved with CRLF has other bytes but the same text: it is read once more, no more."""
    house.sync()
    before = {record.id: record.version for record in house.catalog.list()}
    (house.folder / "tea.md").write_bytes(b"# Drinks\r\n\r\nWe serve oolong at noon.")
    assert house.sync().changed == ("notes/tea.md",)
    assert {record.id: record.version for record in house.catalog.list()} == before
    assert len(house.sync().unchanged) == 2
    assert house.library.check() == []


def test_an_interrupted_sync_goes_on_where_it_stopped(house: House) -> None:
    """The first batch stands though the model failed in the second; the next sync does the rest."""
    for number in range(BATCH_DOCUMENTS):
        (house.folder / f"{number:03}.txt").write_text(f"Note {number} is about zebras.")
    house.embedder.left = BATCH_DOCUMENTS + 1  # each note is one sentence
    with pytest.raises(ModelError):
        house.sync()
    assert house.catalog.count() == BATCH_DOCUMENTS
    house.embedder.left = None
    report = house.sync()
    assert (len(report.unchanged), len(report.added)) == (BATCH_DOCUMENTS, 2)
    assert house.library.check() == []


def test_a_real_handbook_goes_in_whole(house: House, shared: Path) -> None:
    """Forty real pages: none fails, no markup is left, every sentence is an exact slice."""
    pages = house.folder / "guide"
    shutil.copytree(shared / "data" / "guide", pages)
    report = house.sync()
    assert report.ok
    assert len(report.added) == 2 + len(list(pages.rglob("*.md")))
    for record in house.catalog.list():
        document = house.catalog.document(record.id)
        assert "{%" not in document.text
        assert "](http" not in document.text
        for passage in house.catalog.passages_of(record.id):
            assert all(passage.span.contains(sentence) for sentence in passage.sentences)
            assert document.section_at(passage.span.start) == document.section_at(passage.span.end - 1)
    assert house.sync().passages == 0
    assert house.library.check() == []
