"""``saywhere search``: prints the passages retrieved for a question."""

from __future__ import annotations

from pathlib import Path

from api.cli.commands.terminal import format_citations
from rag.read_only import open_to_ask
from rag.settings import load
from rag.types import Question
from rag.wire.convert import passage_citation, passage_out
from rag.wire.searching import SearchOut


def run(query: str, *, k: int, data: Path | None, collection: str, as_json: bool) -> None:
    """Prints passages, best first."""
    with open_to_ask(load(data=data)) as service:
        candidates = service.engine.search(Question(text=query, collection=collection), k)
    if as_json:
        results = [passage_out(candidate) for candidate in candidates]
        print(SearchOut(query=query, collection=collection, results=results).model_dump_json(indent=2))
    elif candidates:
        print(format_citations([passage_citation(candidate) for candidate in candidates]))
    else:
        print("No document speaks of this.")
