"""Questions at a fixed rate on a real server with a scripted engine."""

from __future__ import annotations

import asyncio
import os
import threading

import pytest

from evals.bench.overload import Overload, at_rate, main, resident_megabytes
from rag.settings import LimitSettings, Settings
from rag.types import Outcome
from tests.fakes.engine import FakeBackend, answer
from tests.http.live import in_thread


def test_refusals_are_counted_apart() -> None:
    """While one question is worked on and none may wait, all others are refused, by 503 with Retry-After."""
    done = threading.Event()

    def blocked(question: str) -> Outcome:
        assert done.wait(60)
        return answer(question)

    backend = FakeBackend(Settings(limits=LimitSettings(concurrent=1, waiting=0)))
    backend.engine.script = blocked

    async def ask(url: str) -> Overload:
        asking = asyncio.create_task(at_rate(url, ["Who?"], per_second=1_000, seconds=0.01))
        while len(backend.engine.questions) < 1:
            await asyncio.sleep(0.01)
        refused = await at_rate(url, ["When?"], per_second=1_000, seconds=0.005)
        done.set()
        first = await asking
        return Overload(accepted=first.accepted, refused=refused.refused, other=refused.other)

    with in_thread(backend) as url:
        found = asyncio.run(ask(url))
    assert (len(found.accepted), found.refused, found.other) == (1, 5, {})


def test_halfway_is_called_once_and_nobody_there_is_not_lost() -> None:
    """A request that found nobody listening was never accepted."""
    calls: list[int] = []
    work = at_rate(
        "http://127.0.0.1:9", ["Who?"], per_second=100, seconds=0.1, halfway=lambda: calls.append(1)
    )
    found = asyncio.run(work)
    assert (found.unaccepted, found.lost, calls) == (10, 0, [1])


def test_a_row_has_the_ratio_to_unloaded() -> None:
    """Of the 99th percentiles."""
    found = Overload(accepted=[30.0, 30.0], refused=1, other={"500": 1})
    assert found.row([10.0, 10.0]) == (
        "4 sent: 50 % answered, 1 refused by 503 with Retry-After, 0 lost, 0 found nobody, 1 x 500;"
        " p99 of the answered 30 ms (3.0 x unloaded)"
    )


def test_memory_is_read_by_process() -> None:
    """Of this one it is some megabytes, and of none nothing."""
    assert resident_megabytes([os.getpid()]) > 10
    assert resident_megabytes([]) == 0


def test_memory_needs_pids(capsys: pytest.CaptureFixture[str]) -> None:
    """Of a service that runs already."""
    with pytest.raises(SystemExit, match="2"):
        main(["http://127.0.0.1:9", "--questions", "10"])
    assert "--pids" in capsys.readouterr().err
