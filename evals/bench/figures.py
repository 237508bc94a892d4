"""What a benchmark gives: named figures with intervals, grouped by what was measured."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar

from evals.run import summary
from evals.statistics import bootstrap_interval, bootstrap_statistic

T = TypeVar("T")
_QUIET = 0.1  # share of the processors' time
PACKAGES = ("saywhere", "chromadb", "tantivy", "onnxruntime")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure(summary.Figure):
    """``group`` is what was measured (a retriever, a reader), ``n`` over how many questions."""

    group: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One set: what it holds, its figures, and when and where they were measured.

    ``busy`` True: other work was on the machine, so that times were left out.
    """

    name: str
    told: str
    figures: tuple[Figure, ...]
    date: str
    machine: str
    busy: bool
    versions: dict[str, str]

    def data(self) -> dict[str, Any]:
        return asdict(self)


def mean(group: str, name: str, values: Iterable[float]) -> Figure:
    """The mean over questions, with its bootstrap interval."""
    found = [float(value) for value in values]
    if not found:
        return Figure(group=group, name=name, value=None, n=0)
    interval = bootstrap_interval(found)
    return Figure(
        group=group, name=name, value=interval.mean, n=len(found), low=interval.low, high=interval.high
    )


def area(group: str, name: str, items: Sequence[T], measure: Callable[[Sequence[T]], float | None]) -> Figure:
    """A figure that is no mean, with its bootstrap interval."""
    value = measure(items)
    bounds = None if value is None else bootstrap_statistic(items, measure)
    low, high = bounds or (None, None)
    return Figure(group=group, name=name, value=value, n=len(items), low=low, high=high)


def measured(name: str, told: str, figures: Iterable[Figure], *, busy: bool) -> Measured:
    """Stamps figures with date, machine, and versions."""
    kept = [figure for figure in figures if not (busy and figure.unit)]
    return Measured(
        name=name,
        told=told,
        figures=tuple(kept),
        date=datetime.now(UTC).date().isoformat(),
        machine=machine(),
        busy=busy,
        versions={package: version(package) for package in PACKAGES},
    )


def is_busy(seconds: float = 2.0) -> bool:
    """True where other work takes so much of the machine that times would mean little.

    This process sleeps meanwhile, so that what is used is used by others. The load average would go on
    telling of the set measured just before.
    """
    before = _processor_times()
    time.sleep(seconds)
    used, idle = (after - was for after, was in zip(_processor_times(), before, strict=True))
    return used > _QUIET * (used + idle)


def _processor_times(file: Path = Path("/proc/stat")) -> tuple[int, int]:
    """Clock ticks of all cores since the machine started: (at work, idle); see proc(5).

    Where there is no such file nothing is known of other work: all counts as idle.
    """
    try:
        total = file.read_text(encoding="utf-8").split("\n", 1)[0].split()[1:9]
    except OSError:
        return 0, 1
    ticks = [int(one) for one in total]
    idle = ticks[3] + ticks[4]
    return sum(ticks) - idle, idle


def machine() -> str:
    """Cores and processor, as far as the system tells."""
    return f"{os.cpu_count()} cores, {_processor()}, Python {platform.python_version()}"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    except OSError:
        names = []
    return names[0] if names else platform.machine()
