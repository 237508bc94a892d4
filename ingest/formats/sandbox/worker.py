"""The process that parses untrusted files: small rights, bounded memory and time, one file at a time.

Requests come on standard input, answers go to standard output, each a length of four bytes and as
many bytes: a request is a JSON header and then the file's bytes, an answer is one JSON message.
"""

from __future__ import annotations

import json
import os
import resource
import struct
import sys
from pathlib import Path
from typing import Any, BinaryIO

from ingest.formats import parse
from ingest.formats.limits import Budget, Limits
from ingest.formats.sandbox.serialization import pack
from ingest.formats.source import Source
from rag.errors import DocumentTooLarge, UnreadableDocument

_FILES = 500  # after so many, or with so much memory in use, a fresh process takes over
_RESIDENT = 600_000_000
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
_REFUSED = frozenset(
    "socket.connect socket.bind socket.sendto socket.getaddrinfo socket.gethostbyname subprocess.Popen"
    " os.system os.exec os.posix_spawn os.spawn os.fork os.forkpty os.remove os.rename os.mkdir os.rmdir"
    " os.link os.symlink os.truncate os.chmod os.chown shutil.rmtree ftplib.connect urllib.Request".split()
)


def main() -> None:
    """Answers requests until standard input ends."""
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no answer
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.dont_write_bytecode = True
    sys.addaudithook(_refuse)
    for count in range(1, _FILES + 1):
        header = _frame(requests)
        if header is None:
            return
        answer, going_on = _answer(json.loads(header), _frame(requests) or b"")
        last = count == _FILES or _resident() > _RESIDENT or not going_on
        data = json.dumps({**answer, "last": last}).encode()
        answers.write(struct.pack(">I", len(data)) + data)
        answers.flush()
        if last:
            return


def _refuse(event: str, args: tuple[Any, ...]) -> None:
    """Nothing that a file makes a parser do may reach the network, start programs or write files."""
    if event in _REFUSED:
        raise PermissionError(f"a document's parser may not do this: {event}")
    if (
        event == "open"
        and isinstance(args[2], int)
        and args[2] & _WRITING
        and isinstance(args[0], str | bytes)
    ):
        raise PermissionError("a document's parser may not write files")


def _answer(request: dict[str, Any], data: bytes) -> tuple[dict[str, Any], bool]:
    """The answer, and whether this process is fit for another file."""
    limits = Limits(**request.pop("limits"))
    media_type = request.pop("media_type")
    source = Source(data=data, limits=limits, budget=Budget(limits.unpacked_bytes), **request)
    _bound(limits)
    try:
        return {"document": pack(parse(source, media_type))}, True
    except DocumentTooLarge as error:
        return _error(DocumentTooLarge, str(error)), True
    except UnreadableDocument as error:
        return _error(UnreadableDocument, str(error)), True
    except RecursionError:
        return _error(DocumentTooLarge, f"{source.name} nests its parts too deep"), True
    except MemoryError:
        most = f"{limits.memory_bytes:,} bytes"
        return _error(DocumentTooLarge, f"{source.name} needs more memory than the limit of {most}"), False
    except Exception as error:  # noqa: BLE001  # whatever a parser stumbles over is this file's fault
        return _error(
            UnreadableDocument, f"{source.name} can't be read: {type(error).__name__}: {error}"
        ), True


def _error(kind: type[Exception], message: str) -> dict[str, Any]:
    return {"error": kind.__name__, "message": " ".join(message.split())}


def _bound(limits: Limits) -> None:
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, most))
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = int(used.ru_utime + used.ru_stime + limits.seconds) + 2
    _, most = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, most))  # should nobody be left to stop it


def _resident() -> int:
    """Bytes of memory in use now.

    Not ``ru_maxrss`` where it can be helped: that counts what the starting process had in use, too.
    """
    try:
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return pages * resource.getpagesize()


def _frame(stream: BinaryIO) -> bytes | None:
    size = stream.read(4)
    return stream.read(struct.unpack(">I", size)[0]) if len(size) == 4 else None


if __name__ == "__main__":
    main()
