"""``python -m evals.bench.rewriting [FOLDER …]``: what the LLM's further queries bring to retrieval.

Questions sampled over the sets by seed are searched as asked, and again beside the queries that the LLM of
the settings makes of them (``SAYWHERE_LLM__*``, which must let it rewrite), for each weight of these queries.
The measure is the share of answerable questions with evidence among the first 1, 5 and 12 passages: a passage
that overlaps it (sets with ``docs/``), or one of a relevant document (published sets). ``--queries`` names a
file where the queries are kept, and taken from again, so that weights can be compared without the LLM.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from evals.bench.figures import Figure, mean
from evals.bench.retrieval_parts import questions_with_evidence
from evals.datasets.gzipped import corpus, queries
from evals.run.indexing import fresh_service
from rag.answering.step_recorder import StepRecorder
from rag.errors import SaywhereError
from rag.question.analysis import analyze_question
from rag.retrieval.rank_fusion import merge_by_rank
from rag.settings import Settings, load
from rag.types import Question
from rag.wiring import Service, open_llm, open_rewriter

OPEN = Path("../shared/data")
SETS = ("colleague/open/gitea", "colleague/open/nodetsc", "colleague/open/smartpay", "open/mtrag-un")
DEPTHS = (1, 5, 12)
WEIGHTS = (0.25, 0.5, 1.0, 2.0)

Rewrite = Callable[[Question], tuple[str, ...]]
"""The further queries of a question."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranks:
    """One question: the rank of its first passage with evidence, from 0; None beyond the pool.

    ``merged`` has one for each weight.
    """

    set: str
    number_of_queries: int
    alone: int | None
    merged: tuple[int | None, ...]


class KeptQueries:
    """Queries by question, kept in a file of JSON lines: only questions that it lacks are asked for.

    Raises:
        OSError: the file can't be read or written.
    """

    def __init__(self, path: Path | None, rewrite: Rewrite) -> None:
        self._path = path
        self._rewrite = rewrite
        lines = path.read_text(encoding="utf-8").splitlines() if path and path.exists() else []
        rows = [json.loads(line) for line in lines]
        self._known = {self._key(row["question"], row["history"]): tuple(row["queries"]) for row in rows}

    def of(self, question: Question) -> tuple[str, ...]:
        """From the file, else from the LLM."""
        history = [[turn.question, turn.answer] for turn in question.history]
        key = self._key(question.text, history)
        if key not in self._known:
            self._known[key] = self._rewrite(question)
            if self._path is not None:
                row = {"question": question.text, "history": history, "queries": self._known[key]}
                with self._path.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(row, ensure_ascii=False) + "\n")
        return self._known[key]

    @staticmethod
    def _key(question: str, history: list[list[str]]) -> str:
        return json.dumps([question, history])


def ranks_of(
    service: Service, name: str, asked: Sequence[tuple[Question, set[str]]], kept: KeptQueries
) -> Iterator[Ranks]:
    """Of each question, over what is indexed.

    Args:
        asked: each question with the ids of the passages that hold its evidence.
    """
    pool = service.settings.retrieve.pool
    for question, gold in asked:
        alone = service.engine.search(question, pool)
        queries = kept.of(question)
        further = [service.engine.search(replace(question, text=q, history=()), pool) for q in queries]
        merged = [merge_by_rank(alone, further, pool, weight=weight) for weight in WEIGHTS]
        ranks = [
            next((n for n, candidate in enumerate(found) if candidate.passage.id in gold), None)
            for found in (alone, *merged)
        ]
        yield Ranks(set=name, number_of_queries=len(queries), alone=ranks[0], merged=tuple(ranks[1:]))


def figures(ranks: Sequence[Ranks]) -> list[Figure]:
    """The shares of all sets together, and of each, as asked and for each weight; the queries made."""
    found = [mean("all", "queries", (one.number_of_queries for one in ranks))]
    for name in ("all", *dict.fromkeys(one.set for one in ranks)):
        group = [one for one in ranks if name in ("all", one.set)]
        rows = {"as asked": [one.alone for one in group]}
        rows |= {f"weight {w:g}": [one.merged[n] for one in group] for n, w in enumerate(WEIGHTS)}
        for row, values in rows.items():
            for depth in DEPTHS:
                shares = (rank is not None and rank < depth for rank in values)
                found.append(mean(name, f"{row}, first {depth}", shares))
    return found


@contextmanager
def _indexed(folder: Path, settings: Settings) -> Iterator[tuple[Service, list[tuple[Question, set[str]]]]]:
    """A service over a set's documents, and its answerable questions with their evidence."""
    if (folder / "docs").is_dir():
        from ingest.wiring import ingest

        with fresh_service(settings) as service:
            ingest(service, [folder / "docs"])
            yield service, list(questions_with_evidence(folder, service))
        return
    with fresh_service(settings, (document.document() for document in corpus(folder))) as service:
        yield (
            service,
            [
                (query.question(), _passages(service, query.relevant))
                for query in queries(folder)
                if query.answerable and query.relevant
            ],
        )


def _passages(service: Service, document_ids: Sequence[str]) -> set[str]:
    return {passage.id for one in document_ids for passage in service.catalog.passages_of(one)}


def _rewriting(settings: Settings) -> Rewrite:
    rewriter = open_rewriter(settings, open_llm(settings))
    limit = settings.limits.question_characters

    def rewrite(question: Question) -> tuple[str, ...]:
        assert rewriter is not None  # noqa: S101 (the settings have an LLM)
        analysis = analyze_question(question.text, limit=limit, history=question.history)
        return rewriter.queries(analysis, question.history, StepRecorder(None))

    return rewrite


def measure(
    folders: Sequence[Path], settings: Settings, *, size: int, seed: int, kept: KeptQueries
) -> list[Figure]:
    """The figures over ``size`` questions of each set.

    Raises:
        SaywhereError: a set can't be indexed.
        OSError: a folder isn't of this form.
    """
    without_llm = settings.model_copy(update={"llm": type(settings.llm)()})
    ranks: list[Ranks] = []
    for folder in folders:
        with _indexed(folder, without_llm) as (service, asked):
            drawn = random.Random(seed).sample(asked, min(size, len(asked)))  # noqa: S311 (no secret)
            for one in ranks_of(service, folder.name, drawn, kept):
                ranks.append(one)
                print(f"\r{folder.name}: {len(ranks)}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return figures(ranks)


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints a line a figure; 2 where no LLM is set, or a set can't be read."""
    parser = argparse.ArgumentParser(prog="python -m evals.bench.rewriting", description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path, default=[OPEN / name for name in SETS])
    parser.add_argument("--sample", type=int, default=40, help="questions of each set")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--queries", type=Path, help="a file to keep the queries in")
    options = parser.parse_args(arguments)
    settings = load()
    if settings.llm.provider == "none" or not settings.llm.may_rewrite:
        print("no LLM is set that may rewrite questions: see docs/llm.md", file=sys.stderr)
        return 2
    try:
        kept = KeptQueries(options.queries, _rewriting(settings))
        found = measure(options.folders, settings, size=options.sample, seed=options.seed, kept=kept)
    except (OSError, SaywhereError) as error:
        print(f"could not measure: {error}", file=sys.stderr)
        return 2
    for figure in found:
        print(figure.line(group=10, name=22))
    return 0


if __name__ == "__main__":
    sys.exit(main())
