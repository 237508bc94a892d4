"""Reading and splitting in worker processes, so that no file can crash or block the service.

Workers are used again: starting one takes about 0.2 s, a request to a running one under a millisecond. A
worker that takes too long is killed, one that crashes is replaced; its file is refused with the reason.
"""

from __future__ import annotations

import atexit
import json
import os
import pickle
import queue
import struct
import subprocess
import sys
import threading
import time
from base64 import b64decode
from collections.abc import Callable, Sequence
from contextlib import nullcontext, suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest.formats.pdf.quote_boxes import Box, PageQuote
from ingest.formats.sandbox.serialization import unpack
from ingest.formats.source import Source
from rag.errors import DocumentTooLarge, NoTextRecognised, UnreadableDocument
from rag.types import Document

if TYPE_CHECKING:
    from ingest.cancellation import Cancellation
    from ingest.passages import Passages, SplitDocument

_ROOT = Path(__file__).parents[3]
_ERRORS = {kind.__name__: kind for kind in (UnreadableDocument, NoTextRecognised, DocumentTooLarge)}
_ENVIRONMENT = frozenset(
    {"PATH", "LANG", "LC_ALL", "TZ", "HOME", "LD_LIBRARY_PATH", "SYSTEMROOT", "TESSDATA_PREFIX"}
)


def parse(source: Source, media_type: str) -> Document:
    """The document of a source, parsed by a worker process within the source's limits.

    Raises:
        DocumentTooLarge: over a limit.
        NoTextRecognised: a picture without text that is recognised.
        UnreadableDocument: raised by the format's reader; or it took too long, or its parser crashed.
    """
    document: Document = _message(source, media_type)["document"]
    return document


def parse_and_split(
    source: Source, media_type: str, passages: Passages, cancellation: Cancellation | None = None
) -> SplitDocument:
    """The document of a source with its passages, read and split by a worker process.

    Raises:
        DocumentTooLarge, UnreadableDocument: as ``parse``.
        Cancelled: ``cancellation`` was set; the worker is killed.
    """
    from ingest.passages import SplitDocument

    message = _message(source, media_type, passages, cancellation)
    return SplitDocument(document=message["document"], passages=message["passages"])


def page_image(source: Source, number: int) -> bytes:
    """A page of a PDF as PNG, drawn by a worker process.

    Raises:
        UnreadableDocument: no PDF, damaged, or without such a page; or its renderer took too long or crashed.
    """
    message = _message(source, view={"page": number})
    return b64decode(message["image"])


def quote_boxes(source: Source, quotes: Sequence[PageQuote]) -> list[list[Box]]:
    """The boxes of each quote on its page of a PDF, found by a worker process.

    Raises:
        UnreadableDocument: no PDF, or damaged; or its parser took too long or crashed.
    """
    message = _message(source, view={"quotes": [asdict(quote) for quote in quotes]})
    return [[Box(*sides) for sides in boxes] for boxes in message["boxes"]]


def _message(
    source: Source,
    media_type: str = "",
    passages: Passages | None = None,
    cancellation: Cancellation | None = None,
    view: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """A worker's response to a request; raises what it reports.

    Args:
        view: asks for a part of a PDF's page instead of the document.
    """
    worker = _idle_or_new_worker()
    try:
        with cancellation.calling(worker.kill) if cancellation else nullcontext():
            message = worker.respond(source, media_type, passages, view)
    except BaseException:
        worker.close()
        if cancellation:
            cancellation.raise_if_set()
        raise
    if message.pop("last", False):
        worker.close()
    else:
        _IDLE.put(worker)
    if "error" in message:
        raise _ERRORS.get(message["error"], UnreadableDocument)(message["message"])
    return message


def close() -> None:
    """Ends the idle workers; the next file starts a new one."""
    while True:
        try:
            _IDLE.get_nowait().close()
        except queue.Empty:
            return


class _Alarm:
    """Calls ``on_time`` when the time is over, in a thread of its own."""

    def __init__(self, seconds: float, on_time: Callable[[], None]) -> None:
        self._on_time = on_time
        self._rung = threading.Event()
        self._end = time.monotonic() + seconds
        self._start()

    @property
    def has_rung(self) -> bool:
        return self._rung.is_set()

    def extend(self, seconds: float) -> None:
        """Gives it more time, if it hasn't rung."""
        self.cancel()
        self._end += seconds
        self._start()

    def cancel(self) -> None:
        self._timer.cancel()

    def _start(self) -> None:
        self._timer = threading.Timer(max(0.0, self._end - time.monotonic()), self._ring)
        self._timer.daemon = True
        self._timer.start()

    def _ring(self) -> None:
        self._rung.set()
        self._on_time()


class _Worker:
    """A worker process; it reads one file at a time."""

    def __init__(self) -> None:
        env = {name: value for name, value in os.environ.items() if name in _ENVIRONMENT}
        paths = [str(_ROOT), *(path for path in sys.path if path)]
        threads = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "OMP_THREAD_LIMIT"), "1")
        env |= {"PYTHONPATH": os.pathsep.join(paths), **threads}
        self._process = subprocess.Popen(  # our own module, by our own interpreter
            [sys.executable, "-m", "ingest.formats.sandbox.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd="/",
            env=env,
        )

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def kill(self) -> None:
        """Ends the process, from any thread; a ``respond`` that waits for it raises."""
        self._process.kill()

    def respond(
        self, source: Source, media_type: str, passages: Passages | None, view: dict[str, Any] | None
    ) -> dict[str, Any]:
        """The worker's message.

        Raises:
            UnreadableDocument: no message came in time, or the process died.
        """
        alarm = _Alarm(source.limits.seconds, self._process.kill)
        may_extend = source.limits.recognition.seconds
        try:
            self._send(json.dumps(_request(source, media_type, view)).encode())
            self._send(source.data)
            self._send(pickle.dumps(passages))
            while (more := (message := unpack(self._receive())).get("more_seconds")) is not None:
                seconds = min(max(0.0, float(more)), may_extend)
                may_extend -= seconds
                alarm.extend(seconds)
            return message
        except (OSError, ValueError, EOFError):
            if alarm.has_rung:
                raise UnreadableDocument(
                    f"{source.name} took over {source.limits.seconds:g} seconds to read; that is the limit"
                ) from None
            raise UnreadableDocument(f"{source.name} can't be read: its parser crashed") from None
        finally:
            alarm.cancel()

    def close(self) -> None:
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(OSError):  # bytes still unsent to a process that has ended
                    pipe.close()
        self._process.wait()

    def _send(self, data: bytes) -> None:
        assert self._process.stdin is not None  # noqa: S101 (for the type checker)
        self._process.stdin.write(struct.pack(">I", len(data)) + data)
        self._process.stdin.flush()

    def _receive(self) -> bytes:
        assert self._process.stdout is not None  # noqa: S101 (for the type checker)
        size = self._process.stdout.read(4)
        if len(size) < 4:
            raise EOFError
        expected = struct.unpack(">I", size)[0]
        data = self._process.stdout.read(expected)
        if len(data) < expected:
            raise EOFError
        return data


_IDLE: queue.LifoQueue[_Worker] = queue.LifoQueue()
atexit.register(close)


def _idle_or_new_worker() -> _Worker:
    while True:
        try:
            worker = _IDLE.get_nowait()
        except queue.Empty:
            return _Worker()
        if worker.is_alive:
            return worker
        worker.close()


def _request(source: Source, media_type: str, view: dict[str, Any] | None) -> dict[str, Any]:
    return {
        "name": source.name,
        "uri": source.uri,
        "document_id": source.document_id,
        "collection": source.collection,
        "hidden": source.hidden,
        "limits": asdict(source.limits),
        "media_type": media_type,
        "view": view,
    }
