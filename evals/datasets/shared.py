"""Readers for published question-answering sets kept as ``corpus.jsonl.gz`` and ``queries.jsonl.gz``.

Each set is a folder. A corpus line has ``_id, title, text``; a query line ``_id, text, answers,
answerable, relevant`` (document ids), sometimes ``history``, ``split`` and fields of its own, which
are kept in ``extra``. Queries whose ``split`` isn't ``open`` are held out: nothing is fitted to or
chosen by them. Some sets (xquad-en, beir-scifact, ir-cacm) carry such rows in the same file.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from evals.cases import DatasetError
from rag.types import DEFAULT_COLLECTION, Document, Question, Turn

_CORPUS_FIELDS = frozenset({"_id", "title", "text"})
_QUERY_FIELDS = frozenset({"_id", "text", "answers", "answerable", "relevant", "history", "split"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """One document of a corpus."""

    id: str
    title: str
    text: str
    extra: Mapping[str, Any] = field(default_factory=dict)

    def document(self, collection: str = DEFAULT_COLLECTION) -> Document:
        """As a stored document; its id is kept, so that ``relevant`` keeps its meaning."""
        return Document(
            id=self.id, uri=f"corpus/{self.id}", title=self.title, text=self.text, collection=collection
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """One question; ``relevant`` are ids of the documents that answer it."""

    id: str
    text: str
    answers: tuple[str, ...]
    answerable: bool
    relevant: tuple[str, ...]
    history: tuple[Turn, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)

    def question(self, collection: str = DEFAULT_COLLECTION) -> Question:
        return Question(text=self.text, history=self.history, collection=collection)


def corpus(folder: Path) -> Iterator[Text]:
    """Documents of a set in order.

    Raises:
        DatasetError: the file is missing or damaged.
    """
    for row in _rows(folder / "corpus.jsonl.gz"):
        extra = {key: value for key, value in row.items() if key not in _CORPUS_FIELDS}
        yield Text(id=row["_id"], title=row["title"], text=row["text"], extra=extra)


def queries(folder: Path, *, every: bool = False) -> Iterator[Query]:
    """Open queries of a set in order.

    Args:
        every: those of a held-out split too, to measure what is finished on the whole file.

    Raises:
        DatasetError: the file is missing or damaged.
    """
    for row in _rows(folder / "queries.jsonl.gz"):
        if row["split"] != "open" and not every:
            continue
        yield Query(
            id=row["_id"],
            text=row["text"],
            answers=tuple(row["answers"]),
            answerable=row["answerable"],
            relevant=tuple(row["relevant"]),
            history=_turns(row.get("history") or ()),
            extra={key: value for key, value in row.items() if key not in _QUERY_FIELDS},
        )


def _turns(history: Any) -> tuple[Turn, ...]:
    """Alternating user and agent messages to turns; a user message without reply has answer ''."""
    turns: list[Turn] = []
    for message in history:
        if message["role"] == "user":
            turns.append(Turn(question=message["text"]))
        elif turns:
            turns[-1] = Turn(question=turns[-1].question, answer=message["text"])
    return tuple(turns)


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    try:
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                yield json.loads(line)
    except (OSError, EOFError, ValueError) as error:
        raise DatasetError(f"{path}: can't be read: {error}") from None
