"""All work on a document grows in proportion to its size, whatever it holds: code run, memory, rows."""

from __future__ import annotations

import sys
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

import pytest

from ingest.formats.registry import parse
from ingest.formats.source import Source
from ingest.passages import Passages
from ingest.split import PassageSplitter
from rag.coreference.resolver import PronounResolver
from rag.reading.table_rows import blocks_in
from rag.storage import index_rows
from rag.types import Block, BlockKind, Document, Span

SHAPES: dict[str, tuple[str, Callable[[int], str]]] = {
    "rows of one cell": ("a.csv", lambda n: "n\n" + "".join(f"{i % 97}\n" for i in range(n))),
    "rows under a header": ("a.csv", lambda n: "name,amount\n" + "".join(f"n{i},{i}\n" for i in range(n))),
    "rows under a long header": (
        "a.csv",
        lambda n: ",".join(f"column {i} {'x' * 60}" for i in range(n // 4)) + "\n" + "1,2\n" * 4,
    ),
    "sentences": ("a.txt", lambda n: "He said so. Ann Lee left. " * (n // 2)),
    "sentences of names": (
        "a.txt",
        lambda n: "".join(f"Bo N{i} met Al M{i}, and she left. " for i in range(n)),
    ),
    "items under a long sentence": ("a.md", lambda n: "word " * n + ":\n\n" + "- item\n" * n),
    "text under a long heading": ("a.md", lambda n: "# " + "word " * n + "\n\n" + "Short text.\n\n" * n),
    "headings": ("a.md", lambda n: "".join(f"## H {i}\n\nText {i}.\n\n" for i in range(n))),
    "headings below each other": (
        "a.html",
        lambda n: "".join(f"<h{i % 6 + 1}>H{i}</h1><p>t" for i in range(n)),
    ),
    "one word": ("a.txt", lambda n: "x" * (20 * n)),
    "white space": ("a.txt", lambda n: ("a" + " " * n + "b. ") * 2),
    "stops": ("a.txt", lambda n: "." * (16 * n) + "! " * n),
    "records": ("a.json", lambda n: "[" + ",".join(f'{{"a": {i}, "b": "t"}}' for i in range(n)) + "]"),
    "lines": ("a.txt", lambda n: "".join(f"Line {i}\n" for i in range(n))),
    "code": ("a.md", lambda n: "Run:\n\n```\n" + "x = 1\n" * n + "```\n"),
}


def make_rows(name: str, text: str) -> int:
    """Reads, splits and resolves a document and makes its index rows; the number of their characters."""
    source = Source(data=text.encode(), name=name, uri=name, document_id="d")
    split = Passages(splitter=PassageSplitter(), resolver=PronounResolver()).of(parse(source))
    total = 0
    for passage in split.passages:
        rows = index_rows.sentence_rows(split.document, passage, context=True)
        row = index_rows.passage_row(split.document, passage)
        total += sum(len(each.text) for each in rows) + len(row.text) + len(row.context)
    return total


@contextmanager
def counting_lines() -> Iterator[list[int]]:
    """Counts the lines of Python that run in the block."""
    count = [0]

    def trace(_frame: FrameType, event: str, _arg: object) -> Any:
        count[0] += event == "line"
        return trace

    previous = sys.gettrace()
    sys.settrace(trace)
    try:
        yield count
    finally:
        sys.settrace(previous)


@pytest.mark.parametrize("shape", SHAPES)
def test_four_times_the_document_is_about_four_times_the_work(shape: str) -> None:
    """In lines of code run, in peak memory, and in the characters that are embedded and indexed."""
    name, make = SHAPES[shape]
    work = []
    make_rows(name, make(40))  # what is imported and cached once
    for size in (300, 1_200):
        with counting_lines() as lines:
            characters = make_rows(name, make(size))
        text = make(size)
        tracemalloc.start()
        make_rows(name, text)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        work.append((lines[0], peak, characters))
    (lines_of_small, memory_of_small, text_of_small), (lines_of_large, memory_of_large, text_of_large) = work
    assert lines_of_large <= 5 * lines_of_small
    assert memory_of_large <= 5 * memory_of_small + 300_000
    assert text_of_large <= 5 * text_of_small


class CountedBlocks(tuple[Block, ...]):
    """Counts the blocks that are looked at, those of slices too."""

    looked_at = 0

    def __getitem__(self, key: Any) -> Any:
        item = super().__getitem__(key)
        CountedBlocks.looked_at += len(item) if isinstance(key, slice) else 1
        return item

    def __iter__(self) -> Iterator[Block]:
        CountedBlocks.looked_at += len(self)
        return super().__iter__()


def test_the_blocks_of_a_span_are_found_without_looking_at_the_others() -> None:
    """Of 10,000 blocks a few more than those in the span, not all that follow it."""
    text = "row\n" * 10_000
    blocks = CountedBlocks(
        Block(span=Span(4 * i, 4 * i + 3), kind=BlockKind.TABLE_ROW) for i in range(10_000)
    )
    document = Document(id="d", uri="d", title="", text=text, blocks=blocks)
    CountedBlocks.looked_at = 0
    assert len(blocks_in(document, Span(400, 412))) == 3
    assert CountedBlocks.looked_at < 30
