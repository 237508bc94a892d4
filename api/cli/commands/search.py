"""``saywhere search``: the passages nearest to a question."""

from __future__ import annotations

from pathlib import Path

from api.cli.commands.terminal import listed
from rag.settings import load
from rag.types import Question
from rag.wire.convert import passage_citation, passage_out
from rag.wire.searching import SearchOut
from rag.wiring import open_service


def run(query: str, *, k: int, data: Path | None, collection: str, as_json: bool) -> None:
    """Prints passages, best first."""
    with open_service(load(data=data)) as service:
        found = service.engine.search(Question(text=query, collection=collection), k)
    if as_json:
        results = [passage_out(candidate) for candidate in found]
        print(SearchOut(query=query, collection=collection, results=results).model_dump_json(indent=2))
    elif found:
        print(listed([passage_citation(candidate) for candidate in found]))
    else:
        print("No document speaks of this.")
