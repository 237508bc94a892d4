"""Run by test_soak as a process: a service on a data folder that kills itself at a given storage step.

Each line of standard input is a command, ``{"do": "sync"}`` or ``{"do": "state", "questions": [...]}``, each
line of standard output its result as JSON. The first line of output comes after recovery.
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
from rag.ports.embedder import Embedder
from rag.ports.reader import Reader
from rag.retrieval.retriever import Retriever
from rag.settings import Settings
from rag.storage.library import Library
from rag.types import Answer, Citation, Question
from tests.fakes.storage import Interrupted

WRITES = {"record_intents", "add", "commit", "remove", "clear_intents", "drop"}


class Service:
    """Library and engine on a data folder; ``fatal_step`` numbers the step that kills the process."""

    def __init__(
        self, data: Path, folder: Path, embedder: Embedder, reader: Reader, fatal_step: int | None = None
    ) -> None:
        self._stack = ExitStack()
        self._steps = 0
        self.fatal_step = fatal_step
        self.settings = Settings(data=data)
        self.folder = folder
        components: Sequence[Any] = (
            SqliteCatalog(data / wiring.CATALOG),
            ChromaIndex(data / wiring.CHROMA),
            TantivyIndex(data / wiring.TERMS),
        )
        for component in components:
            self._stack.callback(component.close)
        self.catalog, self.dense, self.lexical = components
        wrapped: Sequence[Any] = [Interrupted(component, self._hook) for component in components]
        self.library = Library(*wrapped, embedder, context=True)
        retriever = Retriever(*components, embedder, self.settings.retrieve)
        decider = wiring.open_decider(self.settings)
        self.engine = Engine(self.catalog, retriever, reader, decider, self.settings)

    def sync(self) -> dict[str, object]:
        report = sync(self.library, self.catalog, preparer(self.settings), [self.folder])
        return report.to_dict()

    def state(self, questions: Sequence[str]) -> dict[str, Any]:
        """Passages, documents, rows, inconsistencies and answers, without document ids: a renamed document
        keeps the id of its first uri.
        """
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
            "rows": [self.dense.count("default"), self.lexical.count("default")],
            "inconsistencies": list(map(str, [*self.library.check(), *self.catalog.intents()])),
            "answers": [self._answer(question) for question in questions],
        }

    def close(self) -> None:
        self._stack.close()

    def _answer(self, question: str) -> list[object]:
        outcome = self.engine.ask(Question(text=question))
        if isinstance(outcome, Answer):
            return [question, outcome.text, sorted(map(_citation_values, outcome.citations))]
        return [question, None, outcome.reason]

    def _hook(self, step: str) -> None:
        if step.partition(" ")[2] in WRITES:
            self._steps += 1
            if self._steps == self.fatal_step:
                os.kill(os.getpid(), signal.SIGKILL)


def _citation_values(citation: Citation) -> list[object]:
    return [citation.uri, citation.start, citation.end, citation.quote]


def main(data: str, folder: str, fatal_step: str) -> None:
    """Executes commands until standard input ends."""
    settings = Settings(data=Path(data))
    embedder, reader = wiring.open_embedder(settings), wiring.open_reader(settings)
    service = Service(Path(data), Path(folder), embedder, reader, int(fatal_step) or None)
    service.library.recover()
    write: Callable[[object], None] = lambda value: print(json.dumps(value), flush=True)  # noqa: E731
    write("recovered")
    for line in sys.stdin:
        command = json.loads(line)
        write(service.sync() if command["do"] == "sync" else service.state(command["questions"]))
    service.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
