"""Reader for CLAPnq's annotated files (Rosenthal et al. 2024, arXiv:2404.02103), answerable or not.

A line has ``id``, ``input`` (the question), ``passages`` (one, with title, text and its sentences) and
``output``: long answers, each with the numbers of the sentences it was made from.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from evals.cases.case import DatasetError
from evals.datasets.published import CorpusDocument, PublishedSet, Query, read_rows


def is_clapnq(path: Path) -> bool:
    """True where a file's first line is of this form."""
    first = next(iter(read_rows(path)), {})
    return {"input", "passages", "output"} <= first.keys()


def read_clapnq(path: Path) -> PublishedSet:
    """Each distinct passage is a document.

    Raises:
        DatasetError: a line isn't of this form.
    """
    documents: dict[tuple[str, str], CorpusDocument] = {}
    queries = []
    for number, row in enumerate(read_rows(path), 1):
        try:
            passage = row["passages"][0]
            key = (passage.get("title", ""), passage["text"])
            new = CorpusDocument(id=f"p{len(documents):05d}", title=key[0], text=key[1])
            document = documents.setdefault(key, new)
            queries.append(_query(row, passage, document.id))
        except (KeyError, IndexError, TypeError) as error:
            raise DatasetError(f"{path}:{number}: not a line of CLAPnq: {error!r}") from None
    return PublishedSet(documents=tuple(documents.values()), queries=tuple(queries))


def _query(row: Mapping[str, Any], passage: Mapping[str, Any], document_id: str) -> Query:
    outputs = [output for output in row["output"] if output.get("answer")]
    sentences = passage.get("sentences") or ()
    numbers = [number for output in outputs for number in output.get("selected_sentences") or ()]
    selected = [sentences[number] for number in numbers if number < len(sentences)]
    return Query(
        id=str(row["id"]),
        text=row["input"],
        answers=tuple(output["answer"] for output in outputs),
        answerable=bool(outputs),
        relevant=(document_id,) if outputs else (),
        sentences=tuple(dict.fromkeys(selected)),
    )
