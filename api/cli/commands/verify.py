"""``saywhere verify``: checks the citations of saved answers against the stored documents."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from pydantic import BaseModel, TypeAdapter, ValidationError
from typer import BadParameter

from api.cli.commands.terminal import one_line
from rag.answering.verify import check_citations
from rag.ports.catalog import Catalog
from rag.settings import load
from rag.wire.asking import AbstentionOut, CitationOut
from rag.wire.convert import citation_in
from rag.wiring import open_catalog


class _SavedAnswer(BaseModel):
    """The fields of a saved answer that are checked. Others may come from another version of Saywhere."""

    id: str = "answer"
    citations: list[CitationOut]
    abstention: AbstentionOut | None = None


_ONE_OR_MORE: TypeAdapter[_SavedAnswer | list[_SavedAnswer]] = TypeAdapter(_SavedAnswer | list[_SavedAnswer])


def run(file: Path, *, data: Path | None) -> int:
    """Prints a line for each citation that doesn't hold, and a count; 1 if there is any."""
    answers = parse(sys.stdin.read() if str(file) == "-" else _read(file))
    catalog = open_catalog(load(data=data))
    try:
        faults = [line for answer in answers for line in _faults(answer, catalog)]
    finally:
        catalog.close()
    for line in faults:
        print(line)
    total = sum(len(_citations(answer)) for answer in answers)
    print(f"{total - len(faults)} of {total} citations hold", file=sys.stderr)
    return 1 if faults else 0


def parse(text: str) -> list[_SavedAnswer]:
    """Answers from one JSON value, a list of them, or one on each line.

    Raises:
        BadParameter: it is none of these, or has no answer.
    """
    try:
        try:
            values = [json.loads(text)]
        except ValueError:
            values = [json.loads(line) for line in text.splitlines() if line.strip()]
        parsed = [_ONE_OR_MORE.validate_python(value) for value in values]
    except (ValueError, RecursionError) as error:
        raise BadParameter(f"these aren't saved answers: {_first_error(error)}") from None
    answers = [answer for item in parsed for answer in (item if isinstance(item, list) else [item])]
    if not answers:
        raise BadParameter("there is no answer in it")
    return answers


def _first_error(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        return f"{'.'.join(str(step) for step in first['loc'][1:])}: {first['msg']}"
    return str(error)


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise BadParameter(f"{file} can't be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise BadParameter(f"{file} isn't text in UTF-8") from None


def _citations(answer: _SavedAnswer) -> Sequence[CitationOut]:
    return [*answer.citations, *(answer.abstention.nearest if answer.abstention else [])]


def _faults(answer: _SavedAnswer, catalog: Catalog) -> Iterator[str]:
    for number, citation in enumerate(_citations(answer), 1):
        fault = _fault(citation, catalog)
        if fault is not None:
            span = f"{citation.start}-{citation.end}"
            yield one_line(f"{answer.id} [{number}] {citation.title} {span}: {fault}")


def _fault(saved: CitationOut, catalog: Catalog) -> str | None:
    """Why a citation doesn't hold; None if it does."""
    try:
        citation = citation_in(saved)
    except ValueError as error:
        return str(error)
    [check] = check_citations([citation], catalog)
    return None if check.holds else check.message
