"""A server of its own process over the scripted backend, led through pipes. Run by test_server.py.

It writes ``asked`` when a question has begun, ``closed`` when the service is; a question waits until
a line comes in.
"""

from __future__ import annotations

import sys

from api.server import serve
from rag.settings import Settings
from rag.types import Outcome
from tests.fakes.engine import FakeBackend, answer


def say(line: str) -> None:
    """One line to the test."""
    print(line, flush=True)


def slow(question: str) -> Outcome:
    """Answers once the test says so; the question that warms the models at once."""
    if question != "Is anybody there?":
        say("asked")
        sys.stdin.readline()
    return answer(question)


class _Backend(FakeBackend):
    def __exit__(self, *_: object) -> None:
        say("closed")


def _open(settings: Settings, _url: str) -> _Backend:
    backend = _Backend(settings, slow)
    backend.engine.told = 1
    return backend


if __name__ == "__main__":
    serve(Settings(), _open, port=int(sys.argv[1]), say=say)
