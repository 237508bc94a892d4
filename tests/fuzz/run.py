"""Runs a target on numbered cases in child processes, and keeps the cases that fail.

A case is made from the seed and its number alone, so that a finding can be had again.
"""

from __future__ import annotations

import json
import os
import signal
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Protocol

CASE_SECONDS = 30  # of processor time: more is a finding
_CASES_PER_CHILD = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """An input: a file or the body of a request."""

    name: str
    data: bytes


class Target(Protocol):
    """What is tried: makes cases and checks them."""

    def case(self, random: Random) -> Case: ...

    def check(self, case: Case) -> str:
        """What happened, in a word; raises whatever is a finding."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A case that failed: the last lines of its traceback, or how its process ended."""

    number: int
    name: str
    reason: str


@dataclass(slots=True)
class Report:
    """``outcomes`` counts the words that ``check`` returned."""

    outcomes: Counter[str] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)

    @property
    def cases(self) -> int:
        return self.outcomes.total() + len(self.findings)


def case_of(target: Target, seed: int, number: int) -> Case:
    """The case of this number."""
    return target.case(Random(f"{seed}:{number}"))


def fuzz(
    make_target: Callable[[], Target],
    *,
    seed: int,
    seconds: float = float("inf"),
    cases: int | None = None,
    first: int = 0,
    keep: Path | None = None,
) -> Report:
    """Runs cases until the time is over or as many as ``cases`` are done.

    Args:
        make_target: called in each child process.
        first: the number of the first case.
        keep: the folder for the inputs that failed.
    """
    report, number, end = Report(), first, time.monotonic() + seconds
    last = None if cases is None else first + cases
    while time.monotonic() < end and (last is None or number < last):
        stop = number + _CASES_PER_CHILD if last is None else min(last, number + _CASES_PER_CHILD)
        for done, outcome in _in_child(make_target, seed, range(number, stop), end):
            number = done + 1
            if isinstance(outcome, str):
                report.outcomes[outcome] += 1
            else:
                report.findings.append(outcome)
                _keep(case_of(make_target(), seed, done), outcome, keep)
    return report


def _keep(case: Case, finding: Finding, folder: Path | None) -> None:
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{finding.number}-{case.name.replace('/', '_')}").write_bytes(case.data)


def _in_child(
    make_target: Callable[[], Target], seed: int, numbers: range, end: float
) -> Iterator[tuple[int, str | Finding]]:
    """Number and outcome of each case that the child did; the one it died of is a finding."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        with os.fdopen(writing, "w") as out:
            _run(make_target(), seed, numbers, end, lambda line: print(line, file=out, flush=True))
            out.flush()
            os._exit(0)
    os.close(writing)
    begun = None
    number = numbers.start
    with os.fdopen(reading) as lines:
        for line in lines:
            message = json.loads(line)
            number = message["number"]
            begun = message if message.keys() == {"number", "name"} else None
            if "outcome" in message:
                yield number, message["outcome"]
            elif begun is None:
                yield number, Finding(**message)
    _, status = os.waitpid(child, 0)
    if begun is not None:
        code = os.waitstatus_to_exitcode(status)
        ended = signal.Signals(-code).name if code < 0 else f"status {code}"
        reason = f"over {CASE_SECONDS} seconds" if code == -signal.SIGPROF else f"the process ended: {ended}"
        yield number, Finding(number=number, name=begun["name"], reason=reason)


def _run(target: Target, seed: int, numbers: range, end: float, tell: Callable[[str], None]) -> None:
    """Runs the cases; tells of each when it begins and when it is over."""
    signal.signal(signal.SIGPROF, signal.SIG_DFL)  # ends the process, native code too
    for number in numbers:
        if time.monotonic() >= end:
            return
        case = case_of(target, seed, number)
        tell(json.dumps({"number": number, "name": case.name}))
        signal.setitimer(signal.ITIMER_PROF, CASE_SECONDS)
        try:
            result = {"number": number, "outcome": target.check(case)}
        except BaseException:  # noqa: BLE001  # a panic of native code too
            lines = traceback.format_exc().strip().splitlines()
            result = {"number": number, "name": case.name, "reason": "\n".join(lines[-6:])[-2_000:]}
        signal.setitimer(signal.ITIMER_PROF, 0)
        tell(json.dumps(result))
