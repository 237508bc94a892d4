"""Reader for CLAPnq's annotated files (Rosenthal et al. 2024, arXiv:2404.02103), answerable or not.

A line has ``id``, ``input`` (the question), ``passages`` (one, with title, text and its sentences) and
``output``: long answers, each with the numbers of the sentences it was made from.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from evals.cases.case import DatasetError
from evals.datasets.published import Published, Query, Text, rows


def is_clapnq(path: Path) -> bool:
    """True where a file's first line is of this form."""
    first = next(iter(rows(path)), {})
    return {"input", "passages", "output"} <= first.keys()


def read_clapnq(path: Path) -> Published:
    """Each passage is a document, the same one once.

    Raises:
        DatasetError: a line isn't of this form.
    """
    texts: dict[tuple[str, str], Text] = {}
    queries = []
    for number, row in enumerate(rows(path), 1):
        try:
            passage = row["passages"][0]
            key = (passage.get("title", ""), passage["text"])
            text = texts.setdefault(key, Text(id=f"p{len(texts):05d}", title=key[0], text=key[1]))
            queries.append(_query(row, passage, text.id))
        except (KeyError, IndexError, TypeError) as error:
            raise DatasetError(f"{path}:{number}: not a line of CLAPnq: {error!r}") from None
    return Published(texts=tuple(texts.values()), queries=tuple(queries))


def _query(row: Mapping[str, Any], passage: Mapping[str, Any], document: str) -> Query:
    outputs = [output for output in row["output"] if output.get("answer")]
    told = passage.get("sentences") or ()
    chosen = [told[i] for o in outputs for i in o.get("selected_sentences") or () if i < len(told)]
    return Query(
        id=str(row["id"]),
        text=row["input"],
        answers=tuple(output["answer"] for output in outputs),
        answerable=bool(outputs),
        relevant=(document,) if outputs else (),
        sentences=tuple(dict.fromkeys(chosen)),
    )
