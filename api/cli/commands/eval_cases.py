"""``saywhere eval init``, ``add`` and ``lint``: write cases, and check them against their documents."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from evals.cases.add import ExpectedAnswer, append_cases, case_ids, case_row, saved_answers
from evals.cases.case import DatasetError
from evals.cases.load import load_cases
from rag.explanation.corpus import Corpus
from rag.settings import load
from rag.wiring import open_catalog, open_feedback

FAILED = 1


def init(file: Path, *, data: Path | None, collection: str, count: int) -> int:
    """Writes drafts from the documents of a collection. Raises DatasetError if the file exists."""
    from evals.cases.draft import draft_cases

    if file.exists():
        raise DatasetError(f"{file} is there already")
    corpus = Corpus(open_catalog(load(data=data)), collection)
    rows = draft_cases(corpus.documents(), count)
    if not rows:
        raise DatasetError(f"no document of {collection} has a sentence to ask about")
    append_cases(file, rows)
    fewer = f" (no more than these make a question that is worth asking; {count} were wanted)"
    print(f"{len(rows)} drafts in {file}{fewer if len(rows) < count else ''}")
    print('put each right, and take its "draft" away')
    return 0


def add(dataset: Path, expected: ExpectedAnswer, *, answers: Path | None, data: Path | None) -> int:
    """Appends a case for each saved answer, or for each answer that readers marked unhelpful."""
    rows = []
    used_ids = case_ids(dataset)
    wrong = saved_answers(_read(answers)) if answers is not None else _unhelpful(dataset, data)
    for answer in wrong:
        rows.append(case_row(answer, expected, taken=used_ids))
        used_ids.append(rows[-1]["id"])
    append_cases(dataset, rows)
    for row in rows:
        print(f"{row['id']}: {'a draft, say what would be right' if row['draft'] else 'added'}")
    return 0


def _unhelpful(dataset: Path, data: Path | None) -> list[Mapping[str, Any]]:
    """Answers marked unhelpful in a data folder, oldest first, without questions that are cases already."""
    known_questions = {case.question for case in load_cases(dataset)} if dataset.is_file() else set()
    feedback = open_feedback(load(data=data)).list(helpful=False, limit=1_000)
    asked = [f for f in reversed(feedback) if f.question and f.question not in known_questions]
    by_question = {f.question: f for f in asked}
    return [
        {"id": f.answer_id, "question": f.question, "answer": f.answer, "note": f.note}
        for f in by_question.values()
    ]


def lint(name: str, *, data: Path | None) -> int:
    """Prints each finding on a line; 1 if there is any."""
    from evals.cases.lint import lint as findings_of
    from evals.datasets.load import load as load_set
    from evals.run.target import in_process

    dataset = load_set(name)
    if data is not None:
        documents = Corpus(open_catalog(load(data=data))).documents()
    elif dataset.documents:
        documents = dataset.documents
    else:
        with in_process(dataset, load()) as target:
            documents = Corpus(target.store).documents()
    findings = findings_of((*dataset.cases, *dataset.drafts), documents)
    for line in findings:
        print(line)
    counts = f"{len(dataset.cases)} cases, {len(dataset.drafts)} drafts, {len(findings)} findings"
    print(counts, file=sys.stderr)
    return FAILED if findings else 0


def _read(path: Path) -> str:
    if str(path) == "-":
        return sys.stdin.read()
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DatasetError(f"{path}: can't be read: {error}") from None
