"""Opens a storage part again and again on the same place, and closes what a test left open."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Generic, Protocol, TypeVar


class Closable(Protocol):
    def close(self) -> None: ...


T = TypeVar("T", bound=Closable)


class Opener(Generic[T]):
    """``open()`` gives the part; ``reopened(part)`` closes it and opens the same place afresh."""

    def __init__(self, factory: Callable[[], T], stack: ExitStack) -> None:
        self._factory = factory
        self._stack = stack

    def open(self) -> T:
        part = self._factory()
        self._stack.callback(part.close)
        return part

    def reopened(self, part: T) -> T:
        part.close()
        return self.open()


@contextmanager
def opener(factory: Callable[[], T]) -> Iterator[Opener[T]]:
    with ExitStack() as stack:
        yield Opener(factory, stack)
