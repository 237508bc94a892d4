"""Run by test_postgres_replicas as a process: a replica on a database, with small models.

Each line of standard input is a command: ``{"do": "sync"}`` syncs the folder, ``{"do": "upload", "name": …,
"text": …}`` queues a document, ``{"do": "text", "uri": …}`` gives its text, ``{"do": "jobs"}`` the states of
jobs by id, ``{"do": "state", "questions": […]}`` what is stored and found. Each line of output is a result as
JSON, or ``{"error": CLASS, "message": …}``.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from ingest.wiring import ingest, open_ingestion
from rag.errors import SaywhereError
from rag.ports.jobs import Upload
from rag.settings import Settings
from rag.types import Question
from rag.wiring import Service, models, open_service
from tests.fakes.models import BagEmbedder, PhraseReader


@contextmanager
def small_service(settings: Settings) -> Iterator[Service]:
    """The open service of the settings, with models that need no time."""
    with (
        patch.multiple(
            models,
            open_embedder=lambda _: BagEmbedder(),
            open_reader=lambda _: PhraseReader(),
            open_span_reader=lambda _: None,
        ),
        open_service(settings) as service,
    ):
        yield service


def state(service: Service, questions: Sequence[str]) -> dict[str, Any]:
    """What is stored, and the five best passages for each question, without document ids."""
    catalog = service.catalog
    passages = [
        [record.uri, p.span.slice(catalog.document(record.id).text), [(s.start, s.end) for s in p.sentences]]
        for record in catalog.list()
        for p in catalog.passages_of(record.id)
    ]
    return {
        "passages": sorted(passages),
        "documents": sorted((r.uri, r.version, r.source_sha256) for r in catalog.list()),
        "rows": [service.dense.count("default"), service.lexical.count("default")],
        "inconsistencies": list(map(str, [*service.library.check(), *catalog.intents()])),
        "found": [
            [(c.document.uri, c.text) for c in service.engine.search(Question(text=question), 5)]
            for question in questions
        ],
    }


def main(url: str, data: str, folder: str) -> None:
    settings = Settings(database_url=url, data=data, database_seconds=20)  # type: ignore[arg-type]
    with small_service(settings) as service, open_ingestion(service) as ingestion:
        print(json.dumps([]), flush=True)
        for line in sys.stdin:
            command = json.loads(line)
            result: Any
            try:
                match command["do"]:
                    case "sync":
                        result = ingest(service, [Path(folder)]).to_dict()
                    case "upload":
                        data_ = command["text"].encode()
                        name = command["name"]
                        job = ingestion.submit("up", [Upload(name=name, uri=f"up/{name}", data=data_)])
                        result = job.id
                    case "jobs":
                        result = {job.id: job.state for job in service.jobs.list(limit=500)}
                    case "text":
                        record = service.catalog.find_by_uri("up", command["uri"])
                        result = service.catalog.document(record.id).text if record else None
                    case _:
                        result = state(service, command["questions"])
            except SaywhereError as error:
                result = {"error": type(error).__name__, "message": str(error)}
            print(json.dumps(result), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
