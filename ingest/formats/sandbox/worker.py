"""The worker process that reads untrusted files, one at a time, with few rights and bounded memory and time.

Requests come on standard input, responses go to standard output, in frames: a length of four bytes (big
endian) and as many bytes. A request is a JSON header, the file's bytes, and the pickled rules for passages
(``ingest.passages.Passages``, or None), which the service itself made. A request with a ``view`` asks for
the image of a PDF's page, or for the places of quotes on it. A response is one JSON message; before it
come messages that say how many seconds longer a file may take, one for each scanned page.
"""

from __future__ import annotations

import json
import os
import pickle
import resource
import struct
import sys
from base64 import b64encode
from collections.abc import Callable
from dataclasses import astuple
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from ingest.formats.limits import Budget, Limits, Recognition
from ingest.formats.pdf.page_image import page_image
from ingest.formats.pdf.quote_boxes import PageQuote, quote_boxes
from ingest.formats.registry import parse
from ingest.formats.sandbox.serialization import pack, pack_passages
from ingest.formats.source import Source
from rag.errors import DocumentTooLarge, NoTextRecognised, UnreadableDocument

if TYPE_CHECKING:
    from ingest.passages import Passages

_MOST_FILES = 500  # after so many files, or with so many bytes in use, the process is replaced
_MOST_RESIDENT_BYTES = 600_000_000
_MAX_MESSAGE = 1_000  # characters of an error: libraries quote the file in theirs
_WRITE_FLAGS = os.O_WRONLY | os.O_RDWR | os.O_CREAT
_FORBIDDEN_EVENTS = frozenset(
    "socket.connect socket.bind socket.sendto socket.getaddrinfo socket.gethostbyname subprocess.Popen"
    " os.system os.exec os.posix_spawn os.spawn os.fork os.forkpty os.remove os.rename os.mkdir os.rmdir"
    " os.link os.symlink os.truncate os.chmod os.chown shutil.rmtree ftplib.connect urllib.Request".split()
)


def main() -> None:
    """Responds to requests until standard input ends."""
    requests, responses = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not mix with responses
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.dont_write_bytecode = True
    sys.addaudithook(_forbid)
    for count in range(1, _MOST_FILES + 1):
        header = _read_frame(requests)
        if header is None:
            return
        data = _read_frame(requests) or b""
        passages = pickle.loads(_read_frame(requests) or pickle.dumps(None))  # noqa: S301 (the service's own)
        response, usable = _respond(json.loads(header), data, passages, partial(_extend, responses))
        last = count == _MOST_FILES or _resident_bytes() > _MOST_RESIDENT_BYTES or not usable
        _write_message(responses, {**response, "last": last})
        if last:
            return


def _forbid(event: str, args: tuple[Any, ...]) -> None:
    """Audit hook: a parser may not reach the network, start programs or write files."""
    if event in _FORBIDDEN_EVENTS:
        raise PermissionError(f"a document's parser may not do this: {event}")
    if (
        event == "open"
        and isinstance(args[2], int)
        and args[2] & _WRITE_FLAGS
        and isinstance(args[0], str | bytes)
    ):
        raise PermissionError("a document's parser may not write files")


def _extend(responses: BinaryIO, seconds: float) -> None:
    """Says that this file may take so many seconds longer: a page's text is to be recognised."""
    soft, most = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (soft + int(seconds) + 1, most))
    _write_message(responses, {"more_seconds": seconds})


def _write_message(responses: BinaryIO, values: dict[str, Any]) -> None:
    message = json.dumps(values).encode()
    responses.write(struct.pack(">I", len(message)) + message)
    responses.flush()


def _respond(
    request: dict[str, Any], data: bytes, passages: Passages | None, extend: Callable[[float], None]
) -> tuple[dict[str, Any], bool]:
    """The response, and whether this process can be used for another file.

    Args:
        extend: called with the seconds that the recognition of a page may take.
    """
    values = request.pop("limits")
    limits = Limits(**{**values, "recognition": Recognition(**values["recognition"])})
    media_type = request.pop("media_type")
    view = request.pop("view")
    source = Source(data=data, limits=limits, budget=Budget.of(limits, extend), **request)
    _set_limits(limits)
    try:
        if view is not None:
            return _view(source, view), True
        document = parse(source, media_type)
        if passages is None:
            return {"document": pack(document)}, True
        split = passages.of(document)
        return {"document": pack(split.document), "passages": pack_passages(split.passages)}, True
    except DocumentTooLarge as error:
        return _error(DocumentTooLarge, str(error)), True
    except NoTextRecognised as error:
        return _error(NoTextRecognised, str(error)), True
    except UnreadableDocument as error:
        return _error(UnreadableDocument, str(error)), True
    except RecursionError:
        return _error(DocumentTooLarge, f"{source.name} nests its parts too deep"), True
    except MemoryError:
        most = f"{limits.memory_bytes:,} bytes"
        return _error(DocumentTooLarge, f"{source.name} needs more memory than the limit of {most}"), False
    except Exception as error:  # noqa: BLE001  # any other error of a parser is this file's
        message = f"{source.name} can't be read: {type(error).__name__}: {error}"
        return _error(UnreadableDocument, message), True


def _view(source: Source, view: dict[str, Any]) -> dict[str, Any]:
    """A page's image, or the places of quotes on pages. Raises UnreadableDocument."""
    if "page" in view:
        return {"image": b64encode(page_image(source, view["page"])).decode("ascii")}
    quotes = [PageQuote(**quote) for quote in view["quotes"]]
    return {"boxes": [[astuple(box) for box in boxes] for boxes in quote_boxes(source, quotes)]}


def _error(kind: type[Exception], message: str) -> dict[str, Any]:
    return {"error": kind.__name__, "message": " ".join(message.split())[:_MAX_MESSAGE]}


def _set_limits(limits: Limits) -> None:
    """Limits this process's address space and processor time for the next file."""
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, most))
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = int(used.ru_utime + used.ru_stime + limits.seconds) + 2
    _, most = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, most))  # also stops it after the service has ended


def _resident_bytes() -> int:
    """Bytes of memory in use now.

    ``ru_maxrss`` is used only without ``/proc``: it includes the memory of the process that started this one.
    """
    try:
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return pages * resource.getpagesize()


def _read_frame(stream: BinaryIO) -> bytes | None:
    size = stream.read(4)
    return stream.read(struct.unpack(">I", size)[0]) if len(size) == 4 else None


if __name__ == "__main__":
    main()
