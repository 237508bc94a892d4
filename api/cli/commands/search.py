"""``saywhere search``: prints the passages retrieved for a question."""

from __future__ import annotations

from pathlib import Path

from api.cli.commands.asked import open_asked
from api.cli.commands.outcome_text import NOTHING_INDEXED, NOTHING_RELEVANT
from api.cli.commands.terminal import format_citations
from rag.settings import load
from rag.wire.convert import citation_in


def run(query: str, *, k: int, data: Path | None, collection: str, as_json: bool) -> None:
    """Prints passages, best first."""
    with open_asked(load(data=data)) as asked:
        found = asked.search(query, k, collection)
        is_empty = not found.results and asked.is_empty()
    if as_json:
        print(found.model_dump_json(indent=2))
    elif found.results:
        print(format_citations([citation_in(result.citation) for result in found.results]))
    else:
        print(NOTHING_INDEXED if is_empty else NOTHING_RELEVANT)
