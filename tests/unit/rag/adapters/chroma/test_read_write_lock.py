"""Many at once, or one alone."""

from __future__ import annotations

from contextlib import suppress
from threading import Event, Thread

from rag.adapters.chroma.read_write_lock import ReadWriteLock

WAIT = 30.0


def test_one_alone_waits_for_those_inside_and_holds_off_later_ones() -> None:
    """It enters when the last has left; who came after it enters when it has left."""
    gate, order = ReadWriteLock(), list[str]()
    inside, leave, asked = Event(), Event(), Event()

    def first() -> None:
        with gate.read():
            inside.set()
            assert leave.wait(WAIT)
            order.append("first left")

    def write() -> None:
        assert inside.wait(WAIT)
        asked.set()
        with gate.write():
            order.append("alone")

    threads = [Thread(target=first), Thread(target=write)]
    for thread in threads:
        thread.start()
    assert asked.wait(WAIT)
    while not gate._closed:
        asked.wait(0.001)
    later = Thread(target=lambda: _enter(gate, order))
    later.start()
    leave.set()
    for thread in (*threads, later):
        thread.join(WAIT)
    assert order == ["first left", "alone", "later"]


def test_an_error_inside_leaves_the_gate_open() -> None:
    """Neither side stays shut out."""
    gate = ReadWriteLock()
    for way in (gate.read, gate.write):
        with suppress(KeyError), way():
            raise KeyError
    with gate.write():
        pass


def _enter(gate: ReadWriteLock, order: list[str]) -> None:
    with gate.read():
        order.append("later")
