"""The lexical index in a process of its own: what is known without asking the process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rag.adapters.index_process.indexes import ProcessLexicalIndex
from rag.adapters.index_process.process import IndexProcess
from rag.errors import IndexUnavailable
from rag.ports.indexes import PassageRow


class RecordingProcess(IndexProcess):
    """Keeps the names of the methods that were read."""

    def __init__(self, folder: Path) -> None:
        self.asked: list[str] = []
        super().__init__("rag.adapters.tantivy:TantivyIndex", folder)

    def read(self, method: str, *arguments: Any, **keywords: Any) -> Any:
        self.asked.append(method)
        return super().read(method, *arguments, **keywords)


@pytest.fixture
def process(tmp_path: Path) -> Iterator[RecordingProcess]:
    process = RecordingProcess(tmp_path)
    process.open()
    yield process
    process.close()


def _row(number: int) -> PassageRow:
    return PassageRow(
        passage_id=f"p{number}", document_id=f"d{number}", version="v", text="hen egg", context=""
    )


def test_rows_are_counted_once_between_writes(process: RecordingProcess) -> None:
    """After each write the process is asked again, and once only, however often the count is needed."""
    index = ProcessLexicalIndex(process)
    writes = [
        lambda: None,
        lambda: index.add("a", [_row(1), _row(2)]),
        lambda: index.remove("a", [("d1", "v")]),
        lambda: index.drop("a"),
    ]
    for write, count in zip(writes, (0, 2, 1, 0), strict=True):
        write()
        process.asked.clear()
        assert [index.count("a") for _ in range(3)] == [count] * 3
        assert process.asked == ["count"]


def test_each_collection_has_its_own_count(process: RecordingProcess) -> None:
    """A count that is known is that of the collection asked for."""
    index = ProcessLexicalIndex(process)
    index.add("a", [_row(1), _row(2)])
    index.add("b", [_row(3)])
    assert [index.count(name) for name in ("a", "b", "a", "c")] == [2, 1, 2, 0]


def test_an_index_started_over_is_counted_anew(process: RecordingProcess) -> None:
    """Its earlier rows are no longer there."""
    index = ProcessLexicalIndex(process)
    index.add("a", [_row(1)])
    assert index.count("a") == 1
    process.start_over()
    assert index.count("a") == 0
    process.filled()
    assert index.count("a") == 0


def test_a_write_that_failed_has_the_rows_counted_anew(process: RecordingProcess) -> None:
    """It may have written some of its rows."""
    index = ProcessLexicalIndex(process)
    assert index.count("a") == 0
    process.asked.clear()
    with pytest.raises(IndexUnavailable):
        process.write("no_such_method")
    assert index.count("a") == 0
    assert process.asked == ["count"]
