"""``saywhere eval init``, ``add`` and ``lint``: making cases, and keeping them true to their documents."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from evals.cases.add import ExpectedAnswer, append_cases, case_ids, case_row, saved_answers
from evals.cases.case import DatasetError
from evals.cases.load import load_cases
from evals.run.corpus import Corpus
from rag.settings import load
from rag.wiring import open_catalog, open_feedback

FAILED = 1


def init(file: Path, *, data: Path | None, collection: str, count: int) -> int:
    """Writes drafts from the documents of a collection; an existing file is not touched."""
    from evals.cases.draft import draft_cases

    if file.exists():
        raise DatasetError(f"{file} is there already")
    corpus = Corpus(open_catalog(load(data=data)), collection)
    rows = draft_cases(corpus.documents(), count)
    if not rows:
        raise DatasetError(f"no document of {collection} has a sentence to ask about")
    append_cases(file, rows)
    print(f'{len(rows)} drafts in {file}: put each right, and take its "draft" away')
    return 0


def add(dataset: Path, expected: ExpectedAnswer, *, answers: Path | None, data: Path | None) -> int:
    """Appends a case for each saved answer, or for each that readers found unhelpful."""
    rows = []
    taken = case_ids(dataset)
    bad = saved_answers(_text(answers)) if answers is not None else _unhelpful(dataset, data)
    for answer in bad:
        rows.append(case_row(answer, expected, taken=taken))
        taken.append(rows[-1]["id"])
    append_cases(dataset, rows)
    for row in rows:
        print(f"{row['id']}: {'a draft, say what would be right' if row['draft'] else 'added'}")
    return 0


def _unhelpful(dataset: Path, data: Path | None) -> list[Mapping[str, Any]]:
    """From the feedback of a data folder, oldest first, without questions that are cases already."""
    asked = {case.question for case in load_cases(dataset)} if dataset.is_file() else set()
    found = open_feedback(load(data=data)).list(helpful=False, limit=1_000)
    fresh = {one.question: one for one in reversed(found) if one.question not in asked}
    return [
        {"id": one.answer_id, "question": one.question, "answer": one.answer, "note": one.note}
        for one in fresh.values()
    ]


def lint(dataset: str, *, data: Path | None) -> int:
    """Prints what is wrong with cases, a line each; 1 where anything is."""
    from evals.cases.lint import lint as findings_of
    from evals.datasets.load import load as load_set
    from evals.run.target import in_process

    chosen = load_set(dataset)
    if data is not None:
        documents = Corpus(open_catalog(load(data=data))).documents()
    elif chosen.documents:
        documents = chosen.documents
    else:
        with in_process(chosen, load()) as target:
            documents = Corpus(target.store).documents()
    findings = findings_of((*chosen.cases, *chosen.drafts), documents)
    for line in findings:
        print(line)
    told = f"{len(chosen.cases)} cases, {len(chosen.drafts)} drafts, {len(findings)} findings"
    print(told, file=sys.stderr)
    return FAILED if findings else 0


def _text(path: Path) -> str:
    if str(path) == "-":
        return sys.stdin.read()
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DatasetError(f"{path}: can't be read: {error}") from None
