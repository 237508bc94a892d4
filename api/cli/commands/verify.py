"""``saywhere verify``: holds the citations of saved answers against the documents stored now."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from pydantic import BaseModel, TypeAdapter, ValidationError
from typer import BadParameter

from api.cli.commands.terminal import plain
from rag.answering.verify import check_citations
from rag.ports.catalog import Catalog
from rag.settings import load
from rag.wire.asking import AbstentionOut, CitationOut
from rag.wire.convert import citation_in
from rag.wiring import open_catalog


class _Saved(BaseModel):
    """As much of a saved answer as is checked; the rest may be of another version of Saywhere."""

    id: str = "answer"
    citations: list[CitationOut]
    abstention: AbstentionOut | None = None


_ONE_OR_MANY: TypeAdapter[_Saved | list[_Saved]] = TypeAdapter(_Saved | list[_Saved])


def run(file: Path, *, data: Path | None) -> int:
    """Prints a line for each citation that doesn't hold, and a count; 1 where any doesn't."""
    answers = parse(sys.stdin.read() if str(file) == "-" else _text(file))
    catalog = open_catalog(load(data=data))
    try:
        broken = [line for answer in answers for line in _broken(answer, catalog)]
    finally:
        catalog.close()
    for line in broken:
        print(line)
    total = sum(len(_cited(answer)) for answer in answers)
    print(f"{total - len(broken)} of {total} citations hold", file=sys.stderr)
    return 1 if broken else 0


def parse(text: str) -> list[_Saved]:
    """Answers from one JSON value, a list of them, or one on each line.

    Raises:
        BadParameter: it is none of these.
    """
    try:
        try:
            values = [json.loads(text)]
        except ValueError:
            values = [json.loads(line) for line in text.splitlines() if line.strip()]
        found = [_ONE_OR_MANY.validate_python(value) for value in values]
    except (ValueError, RecursionError) as error:
        raise BadParameter(f"these aren't saved answers: {_first_line(error)}") from None
    answers = [answer for one in found for answer in (one if isinstance(one, list) else [one])]
    if not answers:
        raise BadParameter("there is no answer in it")
    return answers


def _first_line(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        return f"{'.'.join(str(step) for step in first['loc'][1:])}: {first['msg']}"
    return str(error)


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise BadParameter(f"{file} can't be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise BadParameter(f"{file} isn't text in UTF-8") from None


def _cited(answer: _Saved) -> Sequence[CitationOut]:
    return [*answer.citations, *(answer.abstention.nearest if answer.abstention else [])]


def _broken(answer: _Saved, catalog: Catalog) -> Iterator[str]:
    for number, sent in enumerate(_cited(answer), 1):
        why = _fault(sent, catalog)
        if why is not None:
            yield plain(f"{answer.id} [{number}] {sent.title} {sent.start}-{sent.end}: {why}")


def _fault(sent: CitationOut, catalog: Catalog) -> str | None:
    """Why a citation doesn't hold; None where it does."""
    try:
        citation = citation_in(sent)
    except ValueError as error:
        return str(error)
    [check] = check_citations([citation], catalog)
    return None if check.holds else check.message
