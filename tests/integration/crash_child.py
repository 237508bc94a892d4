"""Run by test_crash as a process: makes one write to a data folder and kills itself at a named step."""

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
from rag.ports.catalog import Catalog, Change, Original
from rag.ports.indexes import DenseIndex, LexicalIndex
from rag.storage.library import Library
from rag.storage.original_files import OriginalFiles
from rag.types import Document, Passage
from tests.fakes.models import BagEmbedder
from tests.fakes.storage import Interrupted
from tests.samples import document, passage

OLD = "The old apology came late. Nobody answered it."
NEW = "A new verdict was read aloud. Everybody heard it."
OTHER = "The harbour office opens at nine."

# Every step of a write to the disk, for a write that changes, adds and removes documents.
STEPS = [
    f"{when} {component}.{step}"
    for component, step in (
        ("catalog", "record_intents"),
        ("files", "put"),
        ("dense", "add"),
        ("lexical", "add"),
        ("catalog", "commit"),
        ("files", "remove"),
        ("dense", "remove"),
        ("lexical", "remove"),
        ("catalog", "clear_intents"),
    )
    for when in ("before", "after")
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Components:
    """The components, with files in one folder."""

    catalog: Catalog
    dense: DenseIndex
    lexical: LexicalIndex
    files: OriginalFiles

    @classmethod
    def open(cls, path: Path) -> Components:
        return cls(
            catalog=SqliteCatalog(path / "catalog.sqlite3"),
            dense=ChromaIndex(path / "chroma"),
            lexical=TantivyIndex(path / "terms"),
            files=OriginalFiles(path / "originals", max_bytes=1_000),
        )

    def library(self) -> Library:
        return Library(self.catalog, self.dense, self.lexical, BagEmbedder(), original_files=self.files)

    def close(self) -> None:
        for component in (self.catalog, self.dense, self.lexical):
            component.close()


def one_passage(doc: Document) -> Change:
    """The document as one passage, with its text as the file that it was read from."""
    original = Original.of(doc.text.encode(), f"{doc.id}.txt", "text/plain")
    return Change(document=doc, passages=(passage(doc),), original=original)


def passage_per_sentence(doc: Document) -> Change:
    """The document as one passage for each sentence."""
    return Change(
        document=doc,
        passages=tuple(
            Passage(document_id=doc.id, version=doc.sha256, span=span, sentences=(span,))
            for span in passage(doc).sentences
        ),
        original=one_passage(doc).original,
    )


def initial() -> list[Change]:
    """The documents in the folder before the write."""
    return [one_passage(document(OLD, id="changed")), one_passage(document(OLD, id="removed")),
            one_passage(document(OTHER, id="other"))]  # fmt: skip


WRITES: dict[str, tuple[list[Change], list[tuple[str, str]]]] = {
    "add": ([one_passage(document(NEW, id="added"))], []),
    "change": ([one_passage(document(NEW, id="changed"))], []),
    "remove": ([], [("default", "removed")]),
    "resplit": ([passage_per_sentence(document(OLD, id="changed"))], []),
    "all": (
        [one_passage(document(NEW, id="added")), one_passage(document(NEW, id="changed"))],
        [("default", "removed")],
    ),
}


def main(folder: str, write: str, fatal_step: str) -> None:
    """Ends by SIGKILL at the fatal step, or with status 0 if the write doesn't have this step."""

    def hook_of(component: str) -> Any:
        def hook(step: str) -> None:
            when, _, name = step.partition(" ")
            if f"{when} {component}.{name}" == fatal_step:
                os.kill(os.getpid(), signal.SIGKILL)

        return hook

    components = Components.open(Path(folder))
    wrapped = {
        name: Interrupted(getattr(components, name), hook_of(name))
        for name in ("catalog", "dense", "lexical", "files")
    }
    files = wrapped.pop("files")
    library = Library(**wrapped, embedder=BagEmbedder(), original_files=files)  # type: ignore[arg-type]
    library.write(*WRITES[write])
    components.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
