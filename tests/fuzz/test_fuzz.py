"""The fuzz targets for a short time, and that they would find what they look for."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from tests.fuzz.formats import Formats, formats_without_seed, seeds
from tests.fuzz.mutations import mutated
from tests.fuzz.run import Case, case_of, fuzz
from tests.require import ROOT


def test_each_format_has_a_seed() -> None:
    """A format that is added has to be fuzzed."""
    assert formats_without_seed() == []


@pytest.mark.parametrize("name", sorted(seeds()))
def test_seeds_are_sound(name: str) -> None:
    """What is mutated is a file that can be read."""
    assert Formats().check(Case(name=name, data=seeds()[name])) == "read"


@pytest.mark.parametrize("target", ["formats", "bodies"])
def test_a_short_run_finds_nothing(target: str, tmp_path: Path) -> None:
    """Of cases that are the same in each run."""
    command = [sys.executable, "-m", "tests.fuzz", target, "--cases", "400", "--seconds", "200"]
    process = subprocess.run(
        [*command, "--keep", str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert process.returncode == 0, process.stdout + process.stderr
    assert "400 cases" in process.stdout


class Faulty:
    """A target that fails at inputs which begin with an even byte."""

    def __init__(self, fault: Callable[[], object]) -> None:
        self._fault = fault

    def case(self, random: Random) -> Case:
        return Case(name="a/b", data=random.randbytes(4))

    def check(self, case: Case) -> str:
        if case.data[0] % 2 == 0:
            self._fault()
        return "sound"


def _panic() -> None:
    raise KeyboardInterrupt("no Exception")


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of a fork beside threads, in later Pythons
@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (lambda: 1 / 0, "ZeroDivisionError"),
        (_panic, "KeyboardInterrupt"),
        (lambda: os.kill(os.getpid(), signal.SIGKILL), "the process ended: SIGKILL"),
        (lambda: os.kill(os.getpid(), signal.SIGPROF), "over 30 seconds"),
    ],
    ids=["error", "panic", "crash", "too long"],
)
def test_what_fails_is_found_and_kept(fault: Callable[[], object], reason: str, tmp_path: Path) -> None:
    """Whatever the way it fails: the cases after it are done, and the input can be tried again."""
    report = fuzz(lambda: Faulty(fault), seed=3, cases=20, keep=tmp_path)
    cases = [case_of(Faulty(fault), 3, number) for number in range(20)]
    failing = [number for number, case in enumerate(cases) if case.data[0] % 2 == 0]
    assert report.cases == 20
    assert 0 < len(failing) < 20
    assert [finding.number for finding in report.findings] == failing
    assert all(reason in finding.reason for finding in report.findings)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {
        f"{number}-a_b": cases[number].data for number in failing
    }


def test_mutations_change_the_input_and_repeat() -> None:
    """By the random numbers alone."""
    changed = [mutated(b"Some text. " * 9, Random(number)) for number in range(50)]
    assert changed == [mutated(b"Some text. " * 9, Random(number)) for number in range(50)]
    assert len(set(changed)) > 40
