"""Published sets in one form: documents, and questions about them."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO, cast

from evals.cases.case import Case, DatasetError
from evals.cases.evidence import Evidence
from evals.cases.matchers import Exact
from rag.types import DEFAULT_COLLECTION, Document, Question, Turn


@dataclass(frozen=True, slots=True, kw_only=True)
class CorpusDocument:
    """One document of a corpus."""

    id: str
    title: str
    text: str
    extra: Mapping[str, Any] = field(default_factory=dict)

    def document(self, collection: str = DEFAULT_COLLECTION) -> Document:
        """As a document to store, with the same id, which ``relevant`` refers to."""
        return Document(
            id=self.id, uri=f"corpus/{self.id}", title=self.title, text=self.text, collection=collection
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """One question. ``relevant`` are ids of the documents that answer it, best first where they are graded.

    ``grades`` are the relevance grades by document id, ``sentences`` the sentences of relevant documents that
    hold the answer; both are empty where the set doesn't give them.
    """

    id: str
    text: str
    answers: tuple[str, ...] = ()
    answerable: bool = True
    relevant: tuple[str, ...] = ()
    grades: Mapping[str, int] = field(default_factory=dict)
    sentences: tuple[str, ...] = ()
    history: tuple[Turn, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)

    def question(self, collection: str = DEFAULT_COLLECTION) -> Question:
        return Question(text=self.text, history=self.history, collection=collection)

    def case(self) -> Case:
        """As a case: any relevant document must be cited. Unanswerable ones count as ``missing_detail``."""
        return Case(
            id=self.id,
            question=self.text,
            answerable=self.answerable,
            answers=tuple(Exact(answer) for answer in self.answers),
            kind=None if self.answerable else "missing_detail",
            must_cite=(tuple(Evidence(document=d) for d in self.relevant),)
            if self.answerable and self.relevant
            else (),
            history=self.history,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedSet:
    """A whole set."""

    documents: tuple[CorpusDocument, ...]
    queries: tuple[Query, ...]


def read_lines(path: Path) -> Iterator[str]:
    """The lines of a text file, gzipped or not.

    Raises:
        DatasetError: it can't be read.
    """
    try:
        with _open(path) as file:
            yield from file
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise DatasetError(f"{path}: can't be read: {error}") from None


def read_rows(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a JSON Lines file, gzipped or not.

    Raises:
        DatasetError: it can't be read, or a line is no JSON object.
    """
    for number, line in enumerate(read_lines(path), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise DatasetError(f"{path}:{number}: {error}") from None
        if not isinstance(row, dict):
            raise DatasetError(f"{path}:{number}: not an object")
        yield row


def _open(path: Path) -> TextIO:
    if path.suffix == ".gz":
        return cast(TextIO, gzip.open(path, "rt", encoding="utf-8"))
    return path.open(encoding="utf-8")
