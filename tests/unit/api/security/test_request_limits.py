"""Turns: how many at once, how many wait, and what is never begun."""

from __future__ import annotations

import asyncio
import threading

import pytest

from api.security.request_limits import ConcurrencyLimiter
from rag.errors import Busy, DeadlineExceeded
from rag.settings import LimitSettings


def _limiter(concurrent: int = 1, waiting: int = 0, seconds: float = 60) -> ConcurrencyLimiter:
    return ConcurrencyLimiter(LimitSettings(concurrent=concurrent, waiting=waiting, seconds=seconds))


def test_no_more_than_concurrent_run_at_once() -> None:
    """Ten pieces of work in two limiter are never three at a time."""
    lock, running, most = threading.Lock(), 0, 0
    both = threading.Barrier(2)

    def work() -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        both.wait(30)
        with lock:
            running -= 1

    async def main() -> None:
        limiter = _limiter(concurrent=2, waiting=8)
        await asyncio.gather(*(limiter.run(work) for _ in range(10)))
        limiter.close()

    asyncio.run(main())
    assert most == 2


def test_one_too_many_is_busy_and_room_comes_back() -> None:
    """The queue's end is an error at once; after the work there is room again."""
    release = threading.Event()

    async def main() -> str:
        limiter = _limiter(concurrent=1, waiting=1)
        held = [asyncio.ensure_future(limiter.run(lambda: release.wait(30))) for _ in range(2)]
        await asyncio.sleep(0)  # both have taken their place
        with pytest.raises(Busy):
            await limiter.run(lambda: "never")
        release.set()
        await asyncio.gather(*held)
        found = await limiter.run(lambda: "again")
        limiter.close()
        return found

    assert asyncio.run(main()) == "again"


def test_cancelled_while_waiting_it_never_begins() -> None:
    """Work whose asker left the queue isn't done, and its place is free."""
    release, begun = threading.Event(), []

    async def main() -> None:
        limiter = _limiter(concurrent=1, waiting=1)
        first = asyncio.ensure_future(limiter.run(lambda: release.wait(30)))
        await asyncio.sleep(0)
        second = asyncio.ensure_future(limiter.run(lambda: begun.append("second")))
        await asyncio.sleep(0)
        second.cancel()
        await asyncio.gather(second, return_exceptions=True)
        third = asyncio.ensure_future(limiter.run(lambda: begun.append("third")))
        await asyncio.sleep(0)
        release.set()
        await asyncio.gather(first, third)
        limiter.close()

    asyncio.run(main())
    assert begun == ["third"]


def test_past_its_seconds_work_is_given_up_but_keeps_its_turn() -> None:
    """A thread that can't be stopped still counts, so the bound on busy threads holds."""
    release = threading.Event()

    async def main() -> None:
        limiter = _limiter(concurrent=1, waiting=0, seconds=0.01)
        with pytest.raises(DeadlineExceeded):
            await limiter.run(lambda: release.wait(30))
        with pytest.raises(Busy):
            await limiter.run(lambda: "no turn")
        release.set()
        limiter.close()

    asyncio.run(main())


def test_a_time_out_of_the_work_itself_is_not_the_deadline() -> None:
    """TimeoutError from within stays what it is."""

    def work() -> None:
        raise TimeoutError("from within")

    async def main() -> None:
        limiter = _limiter()
        with pytest.raises(TimeoutError, match="from within"):
            await limiter.run(work)
        limiter.close()

    asyncio.run(main())
