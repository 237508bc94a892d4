"""Run by test_soak as a process: the open service, which kills itself at a given storage step.

Each line of standard input is a command, ``{"do": "sync"}`` or ``{"do": "state", "questions": [...]}``, each
line of standard output its result as JSON. The first line of output comes when the service is open, and holds
its notes. A sync that finds no space gives ``{"full": MESSAGE}``.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from unittest.mock import patch

from ingest.wiring import ingest
from rag.errors import StorageFull
from rag.ports.embedder import Embedder
from rag.ports.reader import Reader
from rag.settings import Settings
from rag.storage.library import Library
from rag.types import Answer, Citation, Question
from rag.wiring import folder as folder_stores
from rag.wiring import models, open_service
from tests.fakes.storage import Interrupted

WRITES = {"record_intents", "add", "commit", "remove", "clear_intents", "drop"}


class Soaked:
    """The service, with its models given; ``fatal_step`` numbers the step that kills the process."""

    def __init__(
        self, data: Path, folder: Path, embedder: Embedder, reader: Reader, fatal_step: int | None = None
    ) -> None:
        self._steps = 0
        self._fatal_step = fatal_step
        self._folder = folder
        with (
            patch.multiple(
                models,
                open_embedder=lambda _: embedder,
                open_reader=lambda _: reader,
                open_span_reader=lambda _: None,
            ),
            patch.object(folder_stores, "Library", self._interrupted),
        ):
            self.service = open_service(Settings(data=data))

    def sync(self) -> dict[str, object]:
        try:
            return ingest(self.service, [self._folder]).to_dict()
        except StorageFull as error:
            return {"full": str(error)}

    def state(self, questions: Sequence[str]) -> dict[str, Any]:
        """Passages, documents, rows, inconsistencies and answers, without document ids: a renamed document
        keeps the id of its first uri.
        """
        catalog, library = self.service.catalog, self.service.library
        passages = []
        for record in catalog.list():
            document = catalog.document(record.id)
            for p in catalog.passages_of(record.id):
                sentences = [(s.start, s.end) for s in p.sentences]
                mentions = [(m.span.start, m.antecedent.start) for m in p.mentions]
                passages.append(
                    [record.uri, document.title, p.span.slice(document.text), sentences, mentions]
                )
        return {
            "passages": sorted(passages),
            "documents": sorted((r.uri, r.version, r.source_sha256) for r in catalog.list()),
            "rows": [self.service.dense.count("default"), self.service.lexical.count("default")],
            "inconsistencies": list(map(str, [*library.check(), *catalog.intents()])),
            "answers": [self._answer(question) for question in questions],
        }

    def close(self) -> None:
        self.service.close()

    def _interrupted(self, *components: object, **keywords: Any) -> Library:
        """The library on components that count its steps."""
        *stores, embedder = components
        wrapped: Sequence[Any] = [Interrupted(store, self._hook) for store in stores]
        return Library(*wrapped, embedder, **keywords)

    def _answer(self, question: str) -> list[object]:
        outcome = self.service.engine.ask(Question(text=question))
        if isinstance(outcome, Answer):
            return [question, outcome.text, sorted(map(_citation_values, outcome.citations))]
        return [question, None, outcome.reason]

    def _hook(self, step: str) -> None:
        if step.partition(" ")[2] in WRITES:
            self._steps += 1
            if self._steps == self._fatal_step:
                os.kill(os.getpid(), signal.SIGKILL)


def _citation_values(citation: Citation) -> list[object]:
    return [citation.uri, citation.start, citation.end, citation.quote]


def main(data: str, folder: str, fatal_step: str) -> None:
    """Executes commands until standard input ends."""
    settings = Settings(data=Path(data))
    embedder, reader = models.open_embedder(settings), models.open_reader(settings)
    soaked = Soaked(Path(data), Path(folder), embedder, reader, int(fatal_step) or None)
    write: Callable[[object], None] = lambda value: print(json.dumps(value), flush=True)  # noqa: E731
    write(soaked.service.notes)
    for line in sys.stdin:
        command = json.loads(line)
        write(soaked.sync() if command["do"] == "sync" else soaked.state(command["questions"]))
    soaked.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
