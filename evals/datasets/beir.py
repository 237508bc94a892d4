"""Reader for BEIR folders and TREC relevance judgements (Thakur et al. 2021, arXiv:2104.08663).

``corpus.jsonl`` and ``queries.jsonl`` (``_id``, ``title``, ``text``), and judgements in ``qrels/``:
tab-separated with a heading as BEIR writes them, or TREC's four columns (query, 0, document, grade).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from evals.cases.case import DatasetError
from evals.datasets.published import CorpusDocument, PublishedSet, Query, read_lines, read_rows

Qrels = Mapping[str, Mapping[str, int]]


def is_beir(folder: Path) -> bool:
    """True where a folder holds a set of this form."""
    return _file(folder, "corpus.jsonl") is not None and (folder / "qrels").is_dir()


def read_beir(folder: Path, split: str = "test") -> PublishedSet:
    """The corpus, and the queries judged in ``qrels/{split}.tsv`` (or ``.txt``, ``.qrels``).

    Raises:
        DatasetError: a file is missing or damaged.
    """
    corpus, questions = _file(folder, "corpus.jsonl"), _file(folder, "queries.jsonl")
    judgements = next(
        (p for end in (".tsv", ".txt", ".qrels") if (p := folder / "qrels" / f"{split}{end}").is_file()), None
    )
    if corpus is None or questions is None or judgements is None:
        raise DatasetError(f"{folder}: needs corpus.jsonl, queries.jsonl and qrels/{split}.tsv")
    qrels = read_qrels(judgements)
    try:
        documents = tuple(
            CorpusDocument(id=str(row["_id"]), title=str(row.get("title") or ""), text=row["text"])
            for row in read_rows(corpus)
        )
        queries = tuple(
            _query(str(row["_id"]), row["text"], qrels[str(row["_id"])])
            for row in read_rows(questions)
            if str(row["_id"]) in qrels
        )
    except KeyError as error:
        raise DatasetError(f"{folder}: a line has no {error}") from None
    return PublishedSet(documents=documents, queries=queries)


def read_qrels(path: Path) -> Qrels:
    """Grades by query and document; a heading line is left out.

    Raises:
        DatasetError: a line has neither three nor four columns, or no number as its grade.
    """
    qrels: dict[str, dict[str, int]] = {}
    for number, line in enumerate(read_lines(path), 1):
        cells = line.split()
        if not cells or (number == 1 and cells[0] in {"query-id", "qid", "query_id"}):
            continue
        try:
            query, document, grade = (cells[0], cells[2], cells[3]) if len(cells) == 4 else cells
            qrels.setdefault(query, {})[document] = int(float(grade))
        except ValueError:
            raise DatasetError(f"{path}:{number}: not a relevance judgement") from None
    return qrels


def _query(query_id: str, text: str, grades: Mapping[str, int]) -> Query:
    best_first = sorted((d for d in grades if grades[d] > 0), key=lambda d: (-grades[d], d))
    return Query(id=query_id, text=text, relevant=tuple(best_first), grades=grades)


def _file(folder: Path, name: str) -> Path | None:
    return next((p for p in (folder / name, folder / f"{name}.gz") if p.is_file()), None)
