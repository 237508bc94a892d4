"""A server in a process of its own over the scripted backend, controlled through pipes by test_server.py.

It writes ``asked`` when a question has begun, ``closed`` when the service has closed; a question waits for a
line on standard input.
"""

from __future__ import annotations

import sys

from api.server import serve
from rag.settings import Settings
from rag.types import Outcome
from tests.fakes.engine import FakeBackend, answer


def say(line: str) -> None:
    """Writes a line to the test."""
    print(line, flush=True)


def slow(question: str) -> Outcome:
    """Answers after a line from the test; the question that warms the models up at once."""
    if question != "Is anybody there?":
        say("asked")
        sys.stdin.readline()
    return answer(question)


class _Backend(FakeBackend):
    def __exit__(self, *_: object) -> None:
        say("closed")


def _open(settings: Settings, _url: str) -> _Backend:
    backend = _Backend(settings, slow)
    backend.engine.steps_before_script = 1
    return backend


if __name__ == "__main__":
    serve(Settings(), _open, port=int(sys.argv[1]), say=lambda text: say(text.splitlines()[0]))
