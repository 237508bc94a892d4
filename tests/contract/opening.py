"""Opens and reopens a storage component on the same files, and closes it after the test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Generic, Protocol, TypeVar


class Closable(Protocol):
    def close(self) -> None: ...


T = TypeVar("T", bound=Closable)


class Opener(Generic[T]):
    """``open()`` opens the component; ``reopened(component)`` closes it and opens the same files again."""

    def __init__(self, factory: Callable[[], T], stack: ExitStack) -> None:
        self._factory = factory
        self._stack = stack

    def open(self) -> T:
        component = self._factory()
        self._stack.callback(component.close)
        return component

    def reopened(self, component: T) -> T:
        component.close()
        return self.open()


@contextmanager
def opener(factory: Callable[[], T]) -> Iterator[Opener[T]]:
    with ExitStack() as stack:
        yield Opener(factory, stack)
