"""Saywhere on the same job: as it ships, and made to answer every question as the peers do."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

from evals.datasets.published import CorpusDocument
from evals.run.indexing import always_answering, fresh_service, write_documents
from rag.settings import load
from rag.types import Answer, Outcome, Question


def main(job_path: Path, out: Path) -> None:
    """Writes what ``scripts/common.py`` writes, twice over: ``as_shipped`` and ``always``."""
    job = json.loads(job_path.read_text(encoding="utf-8"))
    outputs = {}
    settings = load()
    for name, variant in (("as_shipped", settings), ("always", always_answering(settings))):
        with fresh_service(variant) as service:
            outputs[name] = _run(service, job)
    out.write_text(json.dumps(outputs), encoding="utf-8")


def _run(service: Any, job: dict[str, Any]) -> dict[str, Any]:
    documents = [CorpusDocument(id=t["id"], title=t["title"], text=t["text"]) for t in job["texts"]]
    start = time.perf_counter()
    write_documents(service, (document.document() for document in documents))
    output: dict[str, Any] = {"ingest_s": time.perf_counter() - start, "rankings": {}, "answers": {}}
    output |= {"search_ms": [], "ask_ms": []}
    for query in job["queries"][:3]:
        service.engine.ask(Question(text=query["text"]))
    for query in job["queries"]:
        question = Question(text=query["text"])
        start = time.perf_counter()
        candidates = service.engine.search(question, job["k"])
        searched = time.perf_counter()
        outcome: Outcome = service.engine.ask(question)
        output["ask_ms"].append((time.perf_counter() - searched) * 1e3)
        output["search_ms"].append((searched - start) * 1e3)
        output["rankings"][query["id"]] = list(dict.fromkeys(c.document.id for c in candidates))
        output["answers"][query["id"]] = outcome.text if isinstance(outcome, Answer) else ""
    return output


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
