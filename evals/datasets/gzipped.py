"""Readers for published question-answering sets kept as ``corpus.jsonl.gz`` and ``queries.jsonl.gz``.

Each set is a folder. A corpus line has ``_id, title, text``; a query line ``_id, text, answers,
answerable, relevant`` (document ids), sometimes ``history``, ``split`` and fields of its own, which
go to ``extra``. Queries whose ``split`` isn't ``open`` are held out: nothing is fitted to or chosen by them.
Some sets (xquad-en, beir-scifact, ir-cacm) have such rows in the same file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from evals.datasets.published import CorpusDocument, PublishedSet, Query, read_rows
from rag.types import Turn

_CORPUS_FIELDS = frozenset({"_id", "title", "text"})
_QUERY_FIELDS = frozenset({"_id", "text", "answers", "answerable", "relevant", "history", "split"})


def is_gzipped_set(folder: Path) -> bool:
    """True where a folder holds a set of this form."""
    return (folder / "corpus.jsonl.gz").is_file() and (folder / "queries.jsonl.gz").is_file()


def read_gzipped_set(folder: Path) -> PublishedSet:
    """A set with its open queries. Raises DatasetError."""
    return PublishedSet(documents=tuple(corpus(folder)), queries=tuple(queries(folder)))


def corpus(folder: Path) -> Iterator[CorpusDocument]:
    """Documents of a set in order.

    Raises:
        DatasetError: the file is missing or damaged.
    """
    for row in read_rows(folder / "corpus.jsonl.gz"):
        extra = {key: value for key, value in row.items() if key not in _CORPUS_FIELDS}
        yield CorpusDocument(id=row["_id"], title=row["title"], text=row["text"], extra=extra)


def queries(folder: Path, *, include_held_out: bool = False) -> Iterator[Query]:
    """Open queries of a set in order.

    Args:
        include_held_out: gives those of a held-out split too, for published figures of a whole set.

    Raises:
        DatasetError: the file is missing or damaged.
    """
    for row in read_rows(folder / "queries.jsonl.gz"):
        if row.get("split", "open") != "open" and not include_held_out:
            continue
        yield Query(
            id=row["_id"],
            text=row["text"],
            answers=tuple(row["answers"]),
            answerable=row["answerable"],
            relevant=tuple(row["relevant"]),
            sentences=_sentences(row),
            history=_turns(row.get("history") or ()),
            extra={key: value for key, value in row.items() if key not in _QUERY_FIELDS},
        )


def _sentences(row: Mapping[str, Any]) -> tuple[str, ...]:
    """The annotated sentences of CLAPnq, QED, MultiHop-RAG and Chroma's chunking evaluation."""
    gold = [sentence for group in row.get("gold_sentences") or () for sentence in group]
    facts = [item["fact"] if isinstance(item, dict) and "fact" in item else item for item in _evidence(row)]
    annotated = [*gold, row.get("support_sentence"), *facts]
    return tuple(dict.fromkeys(text.strip() for text in annotated if isinstance(text, str)))


def _evidence(row: Mapping[str, Any]) -> list[Any]:
    evidence = row.get("evidence")
    return evidence if isinstance(evidence, list) else []


def _turns(history: Any) -> tuple[Turn, ...]:
    """Turns of alternating user and agent messages; the answer to the last one may be missing: ''."""
    turns: list[Turn] = []
    for message in history:
        if message["role"] == "user":
            turns.append(Turn(question=message["text"]))
        elif turns:
            turns[-1] = Turn(question=turns[-1].question, answer=message["text"])
    return tuple(turns)
