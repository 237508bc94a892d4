"""Reader for SQuAD 1.1 and 2.0 files (Rajpurkar et al. 2016, 2018); SQuAD 2 has unanswerable ones."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from evals.cases.case import DatasetError
from evals.cases.load import read_text
from evals.datasets.published import CorpusDocument, PublishedSet, Query


def read_squad(path: Path) -> PublishedSet:
    """Each paragraph is a document, named by article and number.

    Raises:
        DatasetError: not a SQuAD file.
    """
    try:
        articles = json.loads(read_text(path))["data"]
        documents: list[CorpusDocument] = []
        queries: list[Query] = []
        for article in articles:
            for number, paragraph in enumerate(article["paragraphs"]):
                title = str(article.get("title", "")).replace("_", " ")
                name = f"{title or 'article'}-{number}"
                documents.append(CorpusDocument(id=name, title=title, text=paragraph["context"]))
                queries += _queries(paragraph, name)
    except (ValueError, KeyError, TypeError) as error:
        raise DatasetError(f"{path}: not a SQuAD file: {type(error).__name__} {error}") from None
    return PublishedSet(documents=tuple(documents), queries=tuple(queries))


def _queries(paragraph: Mapping[str, Any], document_id: str) -> Iterator[Query]:
    for row in paragraph["qas"]:
        answerable = not row.get("is_impossible", False)
        answers = [answer["text"] for answer in row.get("answers", ())] if answerable else []
        yield Query(
            id=str(row["id"]),
            text=row["question"].strip(),
            answers=tuple(dict.fromkeys(answers)),
            answerable=answerable,
            relevant=(document_id,) if answerable else (),
        )
