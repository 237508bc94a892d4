"""Run by test_crash: makes one write to a data folder and kills itself at a named step of it."""

from __future__ import annotations

import os
import signal
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag.adapters.chroma.index import ChromaIndex
from rag.adapters.sqlite.catalog import SqliteCatalog
from rag.adapters.tantivy import TantivyIndex
from rag.ports.catalog import Catalog, Change
from rag.ports.indexes import DenseIndex, LexicalIndex
from rag.storage.library import Library
from rag.types import Document, Passage
from tests.fakes.models import BagEmbedder
from tests.fakes.storage import Interrupted
from tests.samples import document, passage

OLD = "The old apology came late. Nobody answered it."
NEW = "A new verdict was read aloud. Everybody heard it."
OTHER = "The harbour office opens at nine."

# Every step of a write that touches the disk, for a write that changes, adds and removes at once.
STEPS = [
    f"{when} {part}.{step}"
    for part, step in (
        ("catalog", "record_intents"),
        ("dense", "add"),
        ("lexical", "add"),
        ("catalog", "commit"),
        ("dense", "remove"),
        ("lexical", "remove"),
        ("catalog", "clear_intents"),
    )
    for when in ("before", "after")
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The three real parts in one folder."""

    catalog: Catalog
    dense: DenseIndex
    lexical: LexicalIndex

    @classmethod
    def open(cls, path: Path) -> Parts:
        return cls(
            catalog=SqliteCatalog(path / "catalog.sqlite3"),
            dense=ChromaIndex(path / "chroma"),
            lexical=TantivyIndex(path / "terms"),
        )

    def library(self) -> Library:
        return Library(self.catalog, self.dense, self.lexical, BagEmbedder())

    def close(self) -> None:
        for part in (self.catalog, self.dense, self.lexical):
            part.close()


def whole(made: Document) -> Change:
    """The document as one passage."""
    return Change(document=made, passages=(passage(made),))


def split_anew(made: Document) -> Change:
    """The same version as one passage for each sentence."""
    return Change(
        document=made,
        passages=tuple(
            Passage(document_id=made.id, version=made.sha256, span=span, sentences=(span,))
            for span in passage(made).sentences
        ),
    )


def before() -> list[Change]:
    """What the folder holds before the write."""
    return [whole(document(OLD, id="changed")), whole(document(OLD, id="removed")),
            whole(document(OTHER, id="other"))]  # fmt: skip


WRITES: dict[str, tuple[list[Change], list[tuple[str, str]]]] = {
    "add": ([whole(document(NEW, id="added"))], []),
    "change": ([whole(document(NEW, id="changed"))], []),
    "remove": ([], [("default", "removed")]),
    "resplit": ([split_anew(document(OLD, id="changed"))], []),
    "all": (
        [whole(document(NEW, id="added")), whole(document(NEW, id="changed"))],
        [("default", "removed")],
    ),
}


def main(folder: str, write: str, fatal: str) -> None:
    """Ends by SIGKILL at the fatal step, or with status 0 where this write has no such step."""

    def hook(part: str) -> Any:
        def at(step: str) -> None:
            when, _, name = step.partition(" ")
            if f"{when} {part}.{name}" == fatal:
                os.kill(os.getpid(), signal.SIGKILL)

        return at

    parts = Parts.open(Path(folder))
    wrapped = {
        name: Interrupted(getattr(parts, name), hook(name)) for name in ("catalog", "dense", "lexical")
    }
    library = Library(**wrapped, embedder=BagEmbedder())  # type: ignore[arg-type]
    library.write(*WRITES[write])
    parts.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
