"""When an answer's parts arrive: ``python -m evals.bench.streaming URL [URL ...]``.

Each question is streamed from each service in turn, one at a time: until the first event, until the first
statement (drafted or quoted; of an abstention its event), and until the end. Services over the same
documents, such as one without an LLM and one whose LLM can't be reached, so compare on the same questions.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field

from evals.cases.case import DatasetError
from evals.datasets.load import load as load_dataset
from evals.metrics.latency import percentile
from rag.client import Saywhere
from rag.client.errors import ClientError
from rag.wire.asking import AbstainedEvent, StatementEvent

_PERCENTILES = (50, 95)


@dataclass(slots=True)
class Times:
    """Of one service, in milliseconds, a value a question."""

    first_event: list[float] = field(default_factory=list)
    first_statement: list[float] = field(default_factory=list)
    end: list[float] = field(default_factory=list)

    def row(self) -> str:
        """One line for people: median and 95th percentile of each."""
        parts = (("first event", self.first_event), ("first statement", self.first_statement),
                 ("end", self.end))  # fmt: skip
        return "; ".join(
            f"{name} " + ", ".join(f"p{q} {percentile(times, q) or 0:,.1f} ms" for q in _PERCENTILES)
            for name, times in parts
        )


def measure(
    urls: Sequence[str], questions: Sequence[str], *, clock: Callable[[], float] = time.perf_counter
) -> dict[str, Times]:
    """The times of each service by its URL; the first question, which warms it up, isn't counted.

    Raises:
        ClientError: a service can't be reached, or fails.
    """
    found = {url: Times() for url in urls}
    with ExitStack() as stack:
        clients = [stack.enter_context(Saywhere(url)) for url in urls]
        for number, question in enumerate([*questions[:1], *questions]):
            for client, times in zip(clients, found.values(), strict=True):
                event, statement, end = _stream(client, question, clock)
                if number:
                    times.first_event.append(event)
                    times.first_statement.append(statement)
                    times.end.append(end)
    return found


def _stream(client: Saywhere, question: str, clock: Callable[[], float]) -> tuple[float, float, float]:
    start = clock()
    first = statement = None
    for event in client.stream(question):
        first = first or clock()
        if isinstance(event, StatementEvent | AbstainedEvent):
            statement = statement or clock()
    end = clock()
    first, statement = first or end, statement or end
    return 1_000 * (first - start), 1_000 * (statement - start), 1_000 * (end - start)


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints a line for each service; 2 where one can't be asked."""
    parser = argparse.ArgumentParser(prog="python -m evals.bench.streaming", description=__doc__)
    parser.add_argument("urls", nargs="+", metavar="URL")
    parser.add_argument("--dataset", default="seeds", help="whose questions are asked")
    options = parser.parse_args(arguments)
    try:
        questions = [case.question for case in load_dataset(options.dataset).cases]
        found = measure(options.urls, questions)
    except (DatasetError, ClientError) as error:
        print(error, file=sys.stderr)
        return 2
    for url, times in found.items():
        print(f"{url}: {times.row()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
