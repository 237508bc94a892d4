"""A service at four times its capacity: ``python -m evals.bench.overload [URL] --pids PID …``.

First one client measures the time of an answer unloaded; then more and more clients find the capacity; then
questions are sent at a fixed rate of four times it, whether the earlier ones were answered or not (an open
loop: https://www.usenix.org/legacy/event/nsdi06/tech/full_papers/schroeder/schroeder.pdf). Without a URL
``saywhere serve`` is started on the seeds, in a temporary folder or in ``SAYWHERE_DATABASE_URL``.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from evals.bench.load import measure
from evals.datasets.load import load as load_dataset
from evals.metrics.latency import percentile

_TIMES_CAPACITY = 4.0
_CAPACITY_CLIENTS = 4
_SECONDS_TO_END = 120.0


@dataclass(slots=True)
class Overload:
    """Questions sent at a rate. Times are milliseconds.

    ``lost`` counts requests whose connection was accepted, and that got no response; ``unaccepted`` those
    that found nobody listening; ``other`` refusals that aren't 503 with Retry-After, by status.
    """

    accepted: list[float] = field(default_factory=list)
    refused: int = 0
    lost: int = 0
    unaccepted: int = 0
    other: dict[str, int] = field(default_factory=dict)

    @property
    def sent(self) -> int:
        """How many questions were sent to somebody who listened."""
        return len(self.accepted) + self.refused + self.lost + sum(self.other.values())

    def row(self, unloaded: Sequence[float] = ()) -> str:
        """One line for people; with the times of answers unloaded, the ratio of the 99th percentiles."""
        share = 100 * len(self.accepted) / max(1, self.sent)
        p99, base = percentile(self.accepted, 99), percentile(unloaded, 99)
        ratio = "" if p99 is None or not base else f" ({p99 / base:.1f} x unloaded)"
        return (
            f"{self.sent:,} sent: {share:.0f} % answered, {self.refused:,} refused by 503 with Retry-After,"
            f" {self.lost} lost, {self.unaccepted} found nobody"
            + "".join(f", {number} x {name}" for name, number in sorted(self.other.items()))
            + ("" if p99 is None else f"; p99 of the answered {p99:,.0f} ms{ratio}")
        )


async def at_rate(
    url: str,
    questions: Sequence[str],
    *,
    per_second: float,
    seconds: float,
    halfway: Callable[[], None] | None = None,
) -> Overload:
    """Sends questions at a fixed rate, each on a connection of its own.

    Args:
        halfway: called after half of the time.
    """
    found = Overload()
    start = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for number in range(max(1, round(per_second * seconds))):
            due = start + number / per_second
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            group.create_task(_ask(url, questions[number % len(questions)], found))
            if halfway is not None and time.perf_counter() - start >= seconds / 2:
                halfway()
                halfway = None
    return found


async def _ask(url: str, question: str, found: Overload) -> None:
    start = time.perf_counter()
    try:
        async with httpx.AsyncClient(base_url=url, timeout=120.0, trust_env=False, verify=False) as client:  # noqa: S501 (a connection costs less)
            response = await client.post("/v1/ask", json={"question": question})
    except httpx.ConnectError:
        found.unaccepted += 1
    except httpx.HTTPError:
        found.lost += 1
    else:
        if response.status_code == httpx.codes.OK:
            found.accepted.append(1_000 * (time.perf_counter() - start))
        elif response.status_code == httpx.codes.SERVICE_UNAVAILABLE and "Retry-After" in response.headers:
            found.refused += 1
        else:
            found.other[str(response.status_code)] = found.other.get(str(response.status_code), 0) + 1


def resident_megabytes(pids: Sequence[int]) -> float:
    """The resident memory of these processes and of their descendants (Linux)."""
    total, left = 0, list(pids)
    while left:
        pid = left.pop()
        folder = Path(f"/proc/{pid}")
        try:
            total += int((folder / "statm").read_text().split()[1])
            for thread in (folder / "task").iterdir():
                left += map(int, (thread / "children").read_text().split())
        except (FileNotFoundError, ProcessLookupError):
            continue
    return total * os.sysconf("SC_PAGE_SIZE") / 1e6


def slope_per_thousand(questions: Sequence[int], megabytes: Sequence[float]) -> float:
    """Megabytes that memory grows by in 1,000 questions, by least squares.

    >>> slope_per_thousand([0, 1_000, 2_000], [100.0, 103.0, 106.0])
    3.0
    """
    from statistics import linear_regression

    return 1_000 * linear_regression(questions, megabytes).slope


@contextmanager
def started(workers: int) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The URL and process of ``saywhere serve`` on the seeds."""
    with tempfile.TemporaryDirectory() as folder:
        base = [sys.executable, "-m", "api"]
        data = ["--data", folder]
        environment = {**os.environ, "SAYWHERE_ACCESS_LOG": "false"}
        subprocess.run(  # noqa: S603 (this program)
            [*base, "ingest", "seeds", *data], check=True, env=environment, capture_output=True
        )
        command = [*base, "serve", "--port", "0", "--workers", str(workers), *data]
        with subprocess.Popen(  # noqa: S603 (this program)
            command, env=environment, stdout=subprocess.PIPE, text=True
        ) as process:
            try:
                line = process.stdout.readline() if process.stdout else ""
                match = re.search(r"http://[^/]+", line)
                if match is None:
                    raise RuntimeError(f"it didn't serve: {line}")
                yield match.group(), process
            finally:
                if process.poll() is None:
                    process.terminate()
                process.wait(_SECONDS_TO_END)


def report(url: str, pids: Sequence[int], options: argparse.Namespace) -> None:
    """Prints the measurements that the options name."""
    questions = [case.question for case in load_dataset(options.dataset).cases]

    def closed(clients: int, seconds: float) -> tuple[list[float], float]:
        load = asyncio.run(measure(url, questions, clients=clients, seconds=seconds))
        return load.answered, load.per_second

    unloaded, alone = closed(1, options.seconds)
    _, capacity = closed(_CAPACITY_CLIENTS, options.seconds)
    capacity = max(alone, capacity)
    median, p99 = percentile(unloaded, 50), percentile(unloaded, 99)
    print(f"unloaded: median {median:,.0f} ms, p99 {p99:,.0f} ms; {capacity:.1f} answers/s", flush=True)
    rate = _TIMES_CAPACITY * capacity
    found = asyncio.run(at_rate(url, questions, per_second=rate, seconds=options.seconds))
    print(f"at {rate:.0f} a second: {found.row(unloaded)}", flush=True)
    if options.questions:
        asked, memory = [0], [resident_megabytes(pids)]
        while asked[-1] < options.questions:
            answered, _ = closed(_CAPACITY_CLIENTS, options.seconds)
            asked.append(asked[-1] + len(answered))
            memory.append(resident_megabytes(pids))
        slope = slope_per_thousand(asked, memory)
        print(
            f"memory: {memory[0]:,.0f} MB, after {asked[-1]:,} questions {memory[-1]:,.0f} MB;"
            f" {slope:+.2f} MB in 1,000",
            flush=True,
        )
    if options.sigterm:

        def stop() -> None:
            os.kill(pids[0], signal.SIGTERM)

        found = asyncio.run(
            at_rate(url, questions, per_second=capacity, seconds=options.seconds, halfway=stop)
        )
        print(f"SIGTERM halfway: {found.row()}", flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints a line for each measurement."""
    parser = argparse.ArgumentParser(prog="python -m evals.bench.overload", description=__doc__)
    parser.add_argument("url", nargs="?", help="of a running service; none: one is started")
    parser.add_argument("--pids", type=int, nargs="+", default=[], help="processes of a running service")
    parser.add_argument("--workers", type=int, default=1, help="of the service that is started")
    parser.add_argument("--seconds", type=float, default=20.0, help="of each measurement")
    parser.add_argument("--questions", type=int, default=0, help="how many to watch the memory over")
    parser.add_argument("--sigterm", action="store_true", help="end it under load (the first of --pids)")
    parser.add_argument("--dataset", default="seeds", help="whose questions are asked")
    options = parser.parse_args(arguments)
    if options.url is None:
        with started(options.workers) as (url, process):
            report(url, [process.pid], options)
        return 0
    if (options.questions or options.sigterm) and not options.pids:
        parser.error("--questions and --sigterm need --pids")
    report(options.url, options.pids, options)
    return 0


if __name__ == "__main__":
    sys.exit(main())
