"""Reader for SQuAD 1.1 and 2.0 files (Rajpurkar et al. 2016, 2018); SQuAD 2 has unanswerable ones."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from evals.cases.case import DatasetError
from evals.cases.load import read_text
from evals.datasets.published import Published, Query, Text


def read_squad(path: Path) -> Published:
    """Each paragraph is a document, named by article and number.

    Raises:
        DatasetError: not a SQuAD file.
    """
    try:
        articles = json.loads(read_text(path))["data"]
        texts: list[Text] = []
        queries: list[Query] = []
        for article in articles:
            for number, paragraph in enumerate(article["paragraphs"]):
                title = str(article.get("title", "")).replace("_", " ")
                text = Text(id=f"{title or 'article'}-{number}", title=title, text=paragraph["context"])
                texts.append(text)
                queries += _queries(paragraph, text.id)
    except (ValueError, KeyError, TypeError) as error:
        raise DatasetError(f"{path}: not a SQuAD file: {type(error).__name__} {error}") from None
    return Published(texts=tuple(texts), queries=tuple(queries))


def _queries(paragraph: Mapping[str, Any], document: str) -> Iterator[Query]:
    for asked in paragraph["qas"]:
        answerable = not asked.get("is_impossible", False)
        answers = [answer["text"] for answer in asked.get("answers", ())] if answerable else []
        yield Query(
            id=str(asked["id"]),
            text=asked["question"].strip(),
            answers=tuple(dict.fromkeys(answers)),
            answerable=answerable,
            relevant=(document,) if answerable else (),
        )
