"""The concurrency limiter: how much runs at once, how much waits, and what never starts."""

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
    """Ten pieces of work with two threads are never three at a time."""
    lock, active, most = threading.Lock(), 0, 0
    both = threading.Barrier(2)

    def work() -> None:
        nonlocal active, most
        with lock:
            active += 1
            most = max(most, active)
        both.wait(30)
        with lock:
            active -= 1

    async def main() -> None:
        limiter = _limiter(concurrent=2, waiting=8)
        await asyncio.gather(*(limiter.run(work) for _ in range(10)))
        limiter.close()

    asyncio.run(main())
    assert most == 2


def test_work_beyond_the_queue_is_busy() -> None:
    """At once; when the work is done there is room again."""
    release = threading.Event()

    async def main() -> str:
        limiter = _limiter(concurrent=1, waiting=1)
        running = [asyncio.ensure_future(limiter.run(lambda: release.wait(30))) for _ in range(2)]
        await asyncio.sleep(0)  # both have taken their place
        with pytest.raises(Busy):
            await limiter.run(lambda: "never")
        release.set()
        await asyncio.gather(*running)
        result = await limiter.run(lambda: "again")
        limiter.close()
        return result

    assert asyncio.run(main()) == "again"


def test_work_cancelled_in_the_queue_never_starts() -> None:
    """Its place is free again."""
    release, started = threading.Event(), []

    async def main() -> None:
        limiter = _limiter(concurrent=1, waiting=1)
        first = asyncio.ensure_future(limiter.run(lambda: release.wait(30)))
        await asyncio.sleep(0)
        second = asyncio.ensure_future(limiter.run(lambda: started.append("second")))
        await asyncio.sleep(0)
        second.cancel()
        await asyncio.gather(second, return_exceptions=True)
        third = asyncio.ensure_future(limiter.run(lambda: started.append("third")))
        await asyncio.sleep(0)
        release.set()
        await asyncio.gather(first, third)
        limiter.close()

    asyncio.run(main())
    assert started == ["third"]


def test_work_past_its_deadline_keeps_its_thread() -> None:
    """A thread can't be stopped, so it still counts."""
    release = threading.Event()

    async def main() -> None:
        limiter = _limiter(concurrent=1, waiting=0, seconds=0.01)
        with pytest.raises(DeadlineExceeded):
            await limiter.run(lambda: release.wait(30))
        with pytest.raises(Busy):
            await limiter.run(lambda: "no thread")
        release.set()
        limiter.close()

    asyncio.run(main())


def test_a_timeout_error_of_the_work_is_not_the_deadline() -> None:
    """A TimeoutError that the work raises stays one."""

    def work() -> None:
        raise TimeoutError("from within")

    async def main() -> None:
        limiter = _limiter()
        with pytest.raises(TimeoutError, match="from within"):
            await limiter.run(work)
        limiter.close()

    asyncio.run(main())
