"""What a running service does under load: ``python -m evals.bench.load [URL] --clients 8 128``.

Each client asks one question after another without a pause, over a connection of its own. One that is
refused (503) waits as long as ``Retry-After`` says, at most ``MAX_WAIT_SECONDS``, give or take a half; so
does one that got no response. The clients take processor time of the machine they run on, about a
millisecond a request.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import ssl
import sys
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from itertools import count

import httpx

from evals.cases.case import DatasetError
from evals.datasets.load import load as load_dataset
from evals.metrics.latency import percentile

MAX_WAIT_SECONDS = 1.0


@dataclass(slots=True)
class Load:
    """Times of answers and of refusals in milliseconds; ``other`` counts statuses and errors by name."""

    clients: int
    seconds: float
    answered: list[float] = field(default_factory=list)
    refused: list[float] = field(default_factory=list)
    other: dict[str, int] = field(default_factory=dict)

    @property
    def per_second(self) -> float:
        """Answers a second."""
        return len(self.answered) / self.seconds

    def row(self) -> str:
        """One line for people."""
        return (
            f"{self.clients:>5} clients: {self.per_second:5.1f} answers/s,"
            f" median {_ms(self.answered, 50)}, p99 {_ms(self.answered, 99)};"
            f" {len(self.refused):,} refused (503), median {_ms(self.refused, 50)},"
            f" p99 {_ms(self.refused, 99)}"
            + "".join(f"; {number} x {name}" for name, number in sorted(self.other.items()))
        )


async def measure(url: str, questions: Sequence[str], *, clients: int, seconds: float) -> Load:
    """Asks the questions in turn from this many clients at once, for so many seconds."""
    load = Load(clients=clients, seconds=seconds)
    numbers = count()

    async def ask_on(client: httpx.AsyncClient, end: float) -> None:
        while (start := time.perf_counter()) < end:
            question = questions[next(numbers) % len(questions)]
            try:
                response = await client.post("/v1/ask", json={"question": question})
            except httpx.HTTPError as error:
                _count(load, type(error).__name__)
                await _wait(MAX_WAIT_SECONDS)
                continue
            ms = 1_000 * (time.perf_counter() - start)
            if response.status_code == httpx.codes.OK:
                load.answered.append(ms)
            elif response.status_code == httpx.codes.SERVICE_UNAVAILABLE:
                load.refused.append(ms)
                await _wait(min(MAX_WAIT_SECONDS, float(response.headers.get("Retry-After", 0))))
            else:
                _count(load, str(response.status_code))

    verify = ssl.create_default_context()
    async with AsyncExitStack() as stack:
        # A pool of one connection each: what a pool of many costs would count as the service's time.
        opened = [
            await stack.enter_async_context(
                httpx.AsyncClient(base_url=url, timeout=120.0, trust_env=False, verify=verify)
            )
            for _ in range(clients)
        ]
        end = time.perf_counter() + seconds
        async with asyncio.TaskGroup() as group:
            for client in opened:
                group.create_task(ask_on(client, end))
    return load


async def _wait(seconds: float) -> None:
    """From half to one and a half times as long, so that not all clients come back at once."""
    await asyncio.sleep(seconds * random.uniform(0.5, 1.5))  # noqa: S311 (no secret)


def _count(load: Load, name: str) -> None:
    load.other[name] = load.other.get(name, 0) + 1


def _ms(times: Sequence[float], q: float) -> str:
    value = percentile(times, q)
    return "-" if value is None else f"{value:,.0f} ms"


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints a line for each number of clients."""
    parser = argparse.ArgumentParser(prog="python -m evals.bench.load", description=__doc__)
    parser.add_argument("url", nargs="?", default="http://127.0.0.1:8000")
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 8, 128])
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--dataset", default="seeds", help="whose questions are asked")
    options = parser.parse_args(arguments)
    try:
        questions = [case.question for case in load_dataset(options.dataset).cases]
    except DatasetError as error:
        print(error, file=sys.stderr)
        return 2
    for clients in options.clients:
        work = measure(options.url, questions, clients=clients, seconds=options.seconds)
        print(asyncio.run(work).row(), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
