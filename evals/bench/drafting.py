"""``python -m evals.bench.drafting [SET …]``: answers with the LLM of the settings beside answers of quotes.

The same questions, sampled over the sets by seed, are asked twice of the same documents: with quotes alone,
and with what the settings let the LLM do (``SAYWHERE_LLM__*``). ``--out`` writes a line of JSON a question,
for a person to read: each drafted statement with the quotes that it cites, and each sentence that was dropped
with its rule. By these, unsupported statements that got through and supported ones that were dropped are
counted.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evals.bench.figures import Figure, mean
from evals.cases.case import Case
from evals.datasets.load import Dataset
from evals.datasets.load import load as load_dataset
from evals.metrics.verdict import AnswerVerdict, verdict
from evals.run.target import in_process
from rag.engine import Engine
from rag.errors import SaywhereError
from rag.retrieval.retriever import Retriever
from rag.settings import Settings, load
from rag.types import Answer, DraftStep, Outcome
from rag.wiring import Service, open_decider

FOLDER, SETS = Path("../shared/data/colleague/open"), ("gitea", "nodetsc", "smartpay")
_ANSWERABLE = (AnswerVerdict.RIGHT, AnswerVerdict.PARTLY, AnswerVerdict.WRONG, AnswerVerdict.ABSTAINED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """One question, answered with quotes alone and with the LLM."""

    case: Case
    quotes: Outcome
    with_llm: Outcome

    @property
    def draft(self) -> DraftStep | None:
        """What came of the draft; None where the answer of quotes was sure, so that none was wanted."""
        return self.with_llm.trace.drafted

    def verdict(self, *, with_llm: bool) -> AnswerVerdict:
        """On one of the two outcomes."""
        return verdict(self.case, self.with_llm if with_llm else self.quotes)


def sample(datasets: Sequence[Dataset], size: int, seed: int) -> list[tuple[Dataset, list[Case]]]:
    """Of each set the cases that are among ``size`` drawn from all sets."""
    every = [(number, case) for number, dataset in enumerate(datasets) for case in dataset.cases]
    drawn = random.Random(seed).sample(every, min(size, len(every)))  # noqa: S311 (no secret)
    return [(dataset, [case for n, case in drawn if n == number]) for number, dataset in enumerate(datasets)]


def ask_pairs(service: Service, cases: Sequence[Case]) -> Iterator[Pair]:
    """Asks each question of both engines."""
    settings = service.settings
    retriever = Retriever(
        service.catalog, service.dense, service.lexical, service.embedder, settings.retrieve
    )
    quotes = Engine(
        service.catalog,
        retriever,
        service.reader,
        open_decider(settings),
        settings,
        span_reader=service.span_reader,
    )
    for case in cases:
        question = case.as_question()
        yield Pair(case=case, quotes=quotes.ask(question), with_llm=service.engine.ask(question))


def figures(pairs: Sequence[Pair]) -> list[Figure]:
    """Verdicts of both, what the LLM changes on the same questions, and what becomes of drafts."""
    answerable = [pair for pair in pairs if pair.case.answerable]
    unanswerable = [pair for pair in pairs if not pair.case.answerable]
    found: list[Figure] = []
    for group, is_with_llm in (("quotes", False), ("with LLM", True)):
        verdicts = [pair.verdict(with_llm=is_with_llm) for pair in answerable]
        found += [mean(group, str(kind), (one is kind for one in verdicts)) for kind in _ANSWERABLE]
        declined = [pair.verdict(with_llm=is_with_llm) is AnswerVerdict.DECLINED for pair in unanswerable]
        found.append(mean(group, "declined", declined))
    for kind in _ANSWERABLE:
        changes = [
            (pair.verdict(with_llm=True) is kind) - (pair.verdict(with_llm=False) is kind)
            for pair in answerable
        ]
        found.append(mean("difference", str(kind), changes))
    asked = [pair.draft for pair in pairs if pair.draft is not None and pair.draft.evidence]
    sentences = [kept for step in asked for kept in [True] * step.kept + [False] * len(step.dropped)]
    return [
        *found,
        mean("drafts", "asked for", (pair.draft is not None and pair.draft.evidence > 0 for pair in pairs)),
        mean("drafts", "used", (step.is_used for step in asked)),
        mean("drafts", "failed", (step.failure is not None for step in asked)),
        mean("drafts", "sentences kept", sentences),
        mean("drafts", "tokens written", (step.completion_tokens or 0 for step in asked)),
    ]


def to_read(pair: Pair) -> dict[str, Any]:
    """What a person needs to judge a draft."""
    answer = pair.with_llm
    statements = answer.statements if isinstance(answer, Answer) and answer.is_drafted else ()
    step = pair.draft
    return {
        "id": pair.case.id,
        "question": pair.case.question,
        "quotes": str(pair.verdict(with_llm=False)),
        "with_llm": str(pair.verdict(with_llm=True)),
        "failure": step.failure if step else None,
        "statements": [
            {"text": one.text, "quotes": [answer.citations[index].quote for index in one.citations]}
            for one in statements
            if isinstance(answer, Answer)
        ],
        "dropped": [
            {"text": one.text, "rule": str(one.rule), "score": one.score, "missing": list(one.missing)}
            for one in (step.dropped if step else ())
        ],
    }


def measure(
    folders: Sequence[Path], settings: Settings, *, size: int, seed: int, out: Path | None = None
) -> list[Figure]:
    """The figures over the sample; with ``out`` each question is written as soon as it is answered.

    Raises:
        DatasetError: a set isn't there.
    """
    pairs: list[Pair] = []
    for dataset, cases in sample([load_dataset(folder) for folder in folders], size, seed):
        with in_process(dataset, settings) as target:
            assert target.service is not None  # noqa: S101 (it is in this process)
            for pair in ask_pairs(target.service, cases):
                pairs.append(pair)
                if out is not None:
                    with out.open("a", encoding="utf-8") as file:
                        file.write(json.dumps(to_read(pair), ensure_ascii=False) + "\n")
    return figures(pairs)


def main() -> int:
    """Prints a line a figure; 2 where no LLM is set, or a set isn't there."""
    parser = argparse.ArgumentParser(prog="python -m evals.bench.drafting", description=__doc__)
    parser.add_argument("sets", nargs="*", type=Path, default=[FOLDER / name for name in SETS])
    parser.add_argument("--sample", type=int, default=120, help="questions over all sets")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, help="a new file for what a person reads")
    options = parser.parse_args()
    settings = load()
    if settings.llm.provider == "none" or not (settings.llm.may_draft or settings.llm.may_rewrite):
        print("no LLM is set that may draft or rewrite: see docs/llm.md", file=sys.stderr)
        return 2
    try:
        measured = measure(options.sets, settings, size=options.sample, seed=options.seed, out=options.out)
    except SaywhereError as error:
        print(f"could not measure: {error}", file=sys.stderr)
        return 2
    for figure in measured:
        print(figure.line(group=12, name=16))
    return 0


if __name__ == "__main__":
    sys.exit(main())
