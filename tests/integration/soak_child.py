"""A data folder under real models, led through pipes, that kills itself at a storage step it is told.

Run by test_soak. Each line in is a command: ``{"do": "sync"}`` or ``{"do": "state"}``; each line out is
its result. The first line out comes when recovery is through.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from ingest.sync import sync
from ingest.wiring import preparer
from rag import wiring
from rag.adapters.chroma.index import ChromaIndex
from rag.adapters.sqlite.catalog import SqliteCatalog
from rag.adapters.tantivy import TantivyIndex
from rag.engine import Engine
from rag.ports.indexes import Embedder
from rag.ports.reading import Reader
from rag.retrieval.retriever import Retriever
from rag.settings import Settings
from rag.storage.library import Library
from rag.types import Answer, Citation, Question
from tests.fakes.storage import Interrupted

WRITES = {"begin", "add", "commit", "remove", "settle", "drop"}


class World:
    """Library and engine over a data folder; ``fatal``: the storage step at which this process dies."""

    def __init__(
        self, data: Path, folder: Path, embedder: Embedder, reader: Reader, fatal: int | None = None
    ) -> None:
        self._stack = ExitStack()
        self._steps = 0
        self.fatal = fatal
        self.settings = Settings(data=data)
        self.folder = folder
        parts: Sequence[Any] = (
            SqliteCatalog(data / wiring.CATALOG),
            ChromaIndex(data / wiring.CHROMA),
            TantivyIndex(data / wiring.TERMS),
        )
        for part in parts:
            self._stack.callback(part.close)
        self.catalog, self.dense, self.terms = parts
        wrapped: Sequence[Any] = [Interrupted(part, self._hook) for part in parts]
        self.library = Library(*wrapped, embedder, context=True)
        retriever = Retriever(*parts, embedder, self.settings.retrieve)
        decider = wiring.open_decider(self.settings)
        self.engine = Engine(self.catalog, retriever, reader, decider, self.settings)

    def sync(self) -> dict[str, object]:
        report = sync(self.library, self.catalog, preparer(self.settings), [self.folder])
        return report.to_dict()

    def state(self, questions: Sequence[str]) -> dict[str, Any]:
        """All that can be asked of it, document ids left out: a renamed one keeps its first."""
        passages = []
        for record in self.catalog.list():
            document = self.catalog.document(record.id)
            for p in self.catalog.passages_of(record.id):
                sentences = [(s.start, s.end) for s in p.sentences]
                mentions = [(m.span.start, m.antecedent.start) for m in p.mentions]
                passages.append(
                    [record.uri, document.title, p.span.slice(document.text), sentences, mentions]
                )
        return {
            "passages": sorted(passages),
            "documents": sorted((r.uri, r.version, r.source_sha256) for r in self.catalog.list()),
            "rows": [self.dense.count("default"), self.terms.count("default")],
            "wrong": [str(one) for one in self.library.check()] + list(map(str, self.catalog.intents())),
            "answers": [self._answer(question) for question in questions],
        }

    def close(self) -> None:
        self._stack.close()

    def _answer(self, question: str) -> list[object]:
        outcome = self.engine.ask(Question(text=question))
        if isinstance(outcome, Answer):
            return [question, outcome.text, sorted(map(_place, outcome.citations))]
        return [question, None, outcome.reason]

    def _hook(self, step: str) -> None:
        if step.partition(" ")[2] in WRITES:
            self._steps += 1
            if self._steps == self.fatal:
                os.kill(os.getpid(), signal.SIGKILL)


def _place(citation: Citation) -> list[object]:
    return [citation.uri, citation.start, citation.end, citation.quote]


def main(data: str, folder: str, fatal: str) -> None:
    """Serves commands until standard input ends."""
    settings = Settings(data=Path(data))
    embedder, reader = wiring.open_embedder(settings), wiring.open_reader(settings)
    world = World(Path(data), Path(folder), embedder, reader, int(fatal) or None)
    world.library.recover()
    say: Callable[[object], None] = lambda value: print(json.dumps(value), flush=True)  # noqa: E731
    say("recovered")
    for line in sys.stdin:
        command = json.loads(line)
        say(world.sync() if command["do"] == "sync" else world.state(command["questions"]))
    world.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
