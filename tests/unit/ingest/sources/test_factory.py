"""Sources that a Python callable gives."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, cast

import pytest
from llama_index.core import Document, SimpleDirectoryReader

from ingest.ignore import Patterns
from ingest.prepare import Preparer
from ingest.report import Report
from ingest.roots import root_of
from ingest.sources.factory import open_factory
from ingest.sources.folder import Folder
from ingest.sources.places import Factory, place_of
from ingest.split import PassageSplitter
from ingest.sync import sync
from rag.ports.catalog import Catalog
from tests.fakes.memory_library import MemoryLibrary

NAMES = iter(range(1000))


class Reader:
    """A reader of llama-index over given documents."""

    def __init__(self, *documents: Document) -> None:
        self.documents = list(documents)

    def load_data(self) -> list[Document]:
        return self.documents


def note(text: str, id_: str, **metadata: Any) -> Document:
    return Document(text=text, id_=id_, metadata=metadata)


@pytest.fixture
def named() -> Iterator[Callable[[Callable[[], Any]], str]]:
    """Gives a callable a place of its own."""
    modules = []

    def name(function: Callable[[], Any]) -> str:
        module = ModuleType(f"factory_of_a_test_{next(NAMES)}")
        module.make = function  # type: ignore[attr-defined]
        sys.modules[module.__name__] = module
        modules.append(module.__name__)
        return f"python:{module.__name__}:make"

    yield name
    for module in modules:
        del sys.modules[module]


def run(place: str, library: MemoryLibrary, patterns: Patterns | None = None) -> Report:
    def open_source(place: Any, _records: Any, _preparer: Any, patterns: Patterns, _stop: Any) -> Any:
        assert isinstance(place, Factory)
        return open_factory(place, patterns=patterns)

    return sync(
        library, cast(Catalog, library), Preparer(splitter=PassageSplitter()), [place_of(place)],
        patterns=patterns or Patterns(), open_source=open_source,
    )  # fmt: skip


def reasons(report: Report) -> str:
    return "; ".join(failure.reason for failure in report.failed)


def test_a_reader_s_documents_are_ingested(named: Any) -> None:
    """A second run changes nothing; what it gives no more stays, as it tells no deletions."""
    reader = Reader(
        note("# Ferry\n\nThe ferry leaves at nine.", "notes/ferry.md", team="harbour", title="Ferries"),
        note("Ada has the keys.", "keys", readers="staff"),
    )
    place, library = named(lambda: reader), MemoryLibrary()
    assert run(place, library).added == ("keys", "notes/ferry.md")
    stored = {change.document.uri: change for change in library.changes.values()}
    ferry = stored["notes/ferry.md"].document
    assert (ferry.title, ferry.text, ferry.metadata["team"]) == (
        "Ferries", "Ferry\n\nThe ferry leaves at nine.", "harbour",
    )  # fmt: skip
    assert stored["keys"].readers == ("staff",)
    assert len(run(place, library).unchanged) == 2
    reader.documents = [note("Ada has no keys.", "keys")]
    report = run(place, library)
    assert (report.changed, report.removed, len(library.changes)) == (("keys",), (), 2)


def test_a_reader_of_llama_index_is_one(named: Any, tmp_path: Path) -> None:
    """Its own, over a folder: files are named by their paths, not by ids that differ in every run."""
    (tmp_path / "a.txt").write_text("Anna leads the team.")
    place, library = named(lambda: SimpleDirectoryReader(str(tmp_path))), MemoryLibrary()
    assert run(place, library).added == (str(tmp_path / "a.txt"),)
    assert len(run(place, library).unchanged) == 1


def test_documents_that_cannot_be_told_apart_fail(named: Any) -> None:
    """Those with a random id and no source would come anew in every run; empty ones are skipped."""
    reader = Reader(note("One.", "a"), note("Two.", "a"), Document(text="Three."), note(" ", "blank"))
    report = run(named(lambda: reader), MemoryLibrary())
    assert (report.added, report.empty) == (("a",), ("blank",))
    assert "a comes twice" in reasons(report)
    assert "has another id_ in every run" in reasons(report)


def test_patterns_are_about_uris(named: Any) -> None:
    """What they leave out is removed."""
    place = named(lambda: Reader(note("One.", "a/1"), note("Two.", "b/2")))
    library = MemoryLibrary()
    run(place, library)
    report = run(place, library, Patterns(exclude=("b/",)))
    assert (report.removed, report.ignored) == (("b/2",), ("b/2",))


def test_a_source_of_the_contract_is_taken_as_it_is(named: Any, tmp_path: Path) -> None:
    """With its deletions."""
    (tmp_path / "a.md").write_text("Anna leads the team.")
    (tmp_path / "b.md").write_text("Bob left in May.")
    place = named(lambda: Folder(root_of(tmp_path, ()), max_bytes=1_000))
    library = MemoryLibrary()
    assert len(run(place, library).added) == 2
    (tmp_path / "b.md").unlink()
    assert len(run(place, library).removed) == 1


@pytest.mark.parametrize(
    ("function", "reason"),
    [
        (lambda: 1 / 0, "fails: ZeroDivisionError"),
        (lambda: 5, "gives a int, neither a source"),
        (lambda: type("R", (), {"load_data": lambda _: 1 / 0})(), "fails: ZeroDivisionError"),
        (lambda: type("R", (), {"load_data": lambda _: ["a"]})(), "not documents of llama-index"),
    ],
)
def test_what_cannot_be_used_is_said(named: Any, function: Callable[[], Any], reason: str) -> None:
    """In one line; nothing changes."""
    assert reason in reasons(run(named(function), MemoryLibrary()))


@pytest.mark.parametrize(
    "place", ["python:no.such:x", "python:sys:no", "python:sys", "python:", "python:..:a"]
)
def test_what_cannot_be_imported_is_said(place: str) -> None:
    """Neither a module nor a name of one."""
    assert "can't be imported" in reasons(run(place, MemoryLibrary()))
