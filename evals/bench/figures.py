"""The figures of a benchmark, with intervals, grouped by the system that was measured."""

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
_BUSY = 0.1  # share of the processors' time used by others from which times mean little
PACKAGES = ("saywhere", "chromadb", "tantivy", "onnxruntime")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure(summary.Figure):
    """``group`` is the system measured (a retriever, "always answering", ...) or the type of figure."""

    group: str

    def line(self, *, group: int, name: int) -> str:
        """For people: its group and name in columns of these widths, value, interval and number."""
        value = "–" if self.value is None else f"{self.value:.3f}"
        bounds = "" if self.low is None else f" [{self.low:.3f}, {self.high:.3f}]"
        return f"{self.group:{group}} {self.name:{name}} {value}{bounds}  n={self.n}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One set: its name and size, its figures, and when and where they were measured.

    ``busy`` True: other work was on the machine, so that times were left out.
    """

    name: str
    size: str
    figures: tuple[Figure, ...]
    date: str
    machine: str
    busy: bool
    versions: dict[str, str]

    def data(self) -> dict[str, Any]:
        """As JSON data, in the form of ``results.json``."""
        return {"told" if key == "size" else key: value for key, value in asdict(self).items()}


def mean(group: str, name: str, values: Iterable[float]) -> Figure:
    """The mean over questions, with its bootstrap interval."""
    scores = [float(value) for value in values]
    if not scores:
        return Figure(group=group, name=name, value=None, n=0)
    interval = bootstrap_interval(scores)
    return Figure(
        group=group, name=name, value=interval.mean, n=len(scores), low=interval.low, high=interval.high
    )


def statistic(
    group: str, name: str, items: Sequence[T], measure: Callable[[Sequence[T]], float | None]
) -> Figure:
    """A figure that is no mean, such as an AUROC, with its bootstrap interval."""
    value = measure(items)
    bounds = None if value is None else bootstrap_statistic(items, measure)
    low, high = bounds or (None, None)
    return Figure(group=group, name=name, value=value, n=len(items), low=low, high=high)


def measured(name: str, size: str, figures: Iterable[Figure], *, busy: bool) -> Measured:
    """Figures with date, machine, and versions; on a busy machine without times."""
    return Measured(
        name=name,
        size=size,
        figures=tuple(figure for figure in figures if not (busy and figure.unit)),
        date=datetime.now(UTC).date().isoformat(),
        machine=machine(),
        busy=busy,
        versions={package: version(package) for package in PACKAGES},
    )


def is_busy(seconds: float = 2.0) -> bool:
    """True where other processes use so much of the machine that times would mean little.

    This process sleeps meanwhile. The load average would still count the set measured just before.
    """
    before = _processor_times()
    time.sleep(seconds)
    used, idle = (now - start for now, start in zip(_processor_times(), before, strict=True))
    return used > _BUSY * (used + idle)


def _processor_times(file: Path = Path("/proc/stat")) -> tuple[int, int]:
    """Clock ticks of all cores since the machine started: (used, idle); see proc(5).

    Where there is no such file, all counts as idle.
    """
    try:
        fields = file.read_text(encoding="utf-8").split("\n", 1)[0].split()[1:9]
    except OSError:
        return 0, 1
    ticks = [int(field) for field in fields]
    idle = ticks[3] + ticks[4]
    return sum(ticks) - idle, idle


def machine() -> str:
    """Number of cores, processor, and Python version."""
    return f"{os.cpu_count()} cores, {_processor()}, Python {platform.python_version()}"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    except OSError:
        names = []
    return names[0] if names else platform.machine()
