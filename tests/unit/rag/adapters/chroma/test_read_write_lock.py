"""Many readers, or one writer."""

from __future__ import annotations

from contextlib import suppress
from threading import Event, Thread

from rag.adapters.chroma.read_write_lock import ReadWriteLock

TIMEOUT = 30.0


def test_a_writer_waits_for_readers_and_holds_off_later_ones() -> None:
    """It gets the lock when the last reader has released it; a later reader gets it after the writer."""
    lock, order = ReadWriteLock(), list[str]()
    reading, release, requested = Event(), Event(), Event()

    def read() -> None:
        with lock.read():
            reading.set()
            assert release.wait(TIMEOUT)
            order.append("first reader")

    def write() -> None:
        assert reading.wait(TIMEOUT)
        requested.set()
        with lock.write():
            order.append("writer")

    def read_later() -> None:
        with lock.read():
            order.append("later reader")

    threads = [Thread(target=read), Thread(target=write)]
    for thread in threads:
        thread.start()
    assert requested.wait(TIMEOUT)
    while not lock._writing:
        requested.wait(0.001)
    threads.append(Thread(target=read_later))
    threads[-1].start()
    release.set()
    for thread in threads:
        thread.join(TIMEOUT)
    assert order == ["first reader", "writer", "later reader"]


def test_an_error_releases_the_lock() -> None:
    """Of a reader and of a writer."""
    lock = ReadWriteLock()
    for acquire in (lock.read, lock.write):
        with suppress(KeyError), acquire():
            raise KeyError
    with lock.write():
        pass
