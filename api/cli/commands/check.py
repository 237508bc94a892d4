"""``saywhere check``: whether the documents support a text, sentence by sentence."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from typer import BadParameter

from api.cli.commands.terminal import format_citations, one_line, wrap
from rag.grounding.service import CheckedSentence, Grounding, GroundingChecker, GroundingRequest
from rag.grounding.verdict import Verdict
from rag.settings import load
from rag.wire.grounding import grounding_out
from rag.wiring import open_service

_LABELS = {
    Verdict.SUPPORTED: "supported",
    Verdict.PARTLY: "partly",
    Verdict.NOT_FOUND: "not found",
    Verdict.CONTRADICTED: "contradicted",
}


def run(file: Path, *, data: Path | None, collection: str, documents: Sequence[str], as_json: bool) -> int:
    """Prints the verdicts and the citations; 1 unless every sentence is supported."""
    text = sys.stdin.read() if str(file) == "-" else _read(file)
    request = GroundingRequest(text=text, collection=collection, document_ids=tuple(documents))
    settings = load(data=data)
    with open_service(settings) as service:
        checker = GroundingChecker(
            service.engine, service.catalog, characters=settings.limits.checked_characters
        )
        grounding = checker.check(request)
    print(grounding_out(grounding).model_dump_json(indent=2) if as_json else format_grounding(grounding))
    return int(any(sentence.verdict is not Verdict.SUPPORTED for sentence in grounding.sentences))


def format_grounding(grounding: Grounding) -> str:
    """Each sentence after its verdict, with the numbers of its citations; then the citations."""
    lines = [_line(sentence) for sentence in grounding.sentences]
    cited = format_citations(grounding.citations)
    return "\n".join(lines) + (f"\n\n{cited}" if cited else "")


def _line(sentence: CheckedSentence) -> str:
    numbers = "".join(f" [{index + 1}]" for index in sentence.citations)
    missing = ", ".join(one_line(fact.text) for fact in sentence.missing)
    note = f" (missing: {missing})" if missing else ""
    label = f"{_LABELS[sentence.verdict]:<13}"
    return wrap(f"{sentence.text}{numbers}{note}", label, " " * len(label))


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise BadParameter(f"{file} can't be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise BadParameter(f"{file} isn't text in UTF-8") from None
