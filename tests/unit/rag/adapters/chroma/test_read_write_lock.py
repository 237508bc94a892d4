"""Many at once, or one alone."""

from __future__ import annotations

from contextlib import suppress
from threading import Event, Thread

from rag.adapters.chroma.read_write_lock import Gate

WAIT = 30.0


def test_one_alone_waits_for_those_inside_and_holds_off_later_ones() -> None:
    """It enters when the last has left; who came after it enters when it has left."""
    gate, order = Gate(), list[str]()
    inside, leave, asked = Event(), Event(), Event()

    def first() -> None:
        with gate.shared():
            inside.set()
            assert leave.wait(WAIT)
            order.append("first left")

    def alone() -> None:
        assert inside.wait(WAIT)
        asked.set()
        with gate.alone():
            order.append("alone")

    threads = [Thread(target=first), Thread(target=alone)]
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
    gate = Gate()
    for way in (gate.shared, gate.alone):
        with suppress(KeyError), way():
            raise KeyError
    with gate.alone():
        pass


def _enter(gate: Gate, order: list[str]) -> None:
    with gate.shared():
        order.append("later")
