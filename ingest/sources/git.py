"""Git repositories as sources: the tracked files of a working tree, or all files of a commit.

Git's own program reads them. A repository is data: its hooks, file-system monitors and filters are not run,
and nothing in it is written.
"""

from __future__ import annotations

import logging
import os
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path, PurePosixPath

from ingest import formats
from ingest.ignore import EVERYTHING, IgnoreRules, Patterns, UnreadableIgnoreFile
from ingest.plan import ListedFile
from ingest.report import Failure
from ingest.roots import Root
from ingest.sources.contract import Content, Known, Listing, SourceUnavailable
from rag.errors import DocumentTooLarge
from rag.ports.catalog import DocumentRecord

_LOG = logging.getLogger("saywhere.git")
_SECONDS = 120.0
_LFS_POINTER = b"version https://git-lfs.github.com/spec/"
_REGULAR = ("100644", "100755")
_MAX_BLANK_BYTES = 4_096
# What a repository's own configuration could make git run is switched off; who owns it doesn't matter.
_SAFE = (
    *("-c", "core.fsmonitor=false"),
    *("-c", "core.hooksPath=/dev/null"),
    *("-c", "protocol.allow=never"),
    *("-c", "safe.directory=*"),
)


def is_working_tree(folder: Path) -> bool:
    """Whether a folder is the top of a repository's working tree."""
    inside = folder / ".git"
    return inside.is_file() or (inside / "HEAD").is_file()


def is_bare(folder: Path) -> bool:
    """Whether a folder is a repository without a working tree."""
    has_parts = all((folder / name).is_dir() for name in ("objects", "refs"))
    return has_parts and (folder / "HEAD").is_file() and not is_working_tree(folder)


def tracked_files(folder: Path) -> frozenset[str] | None:
    """The paths of a working tree's tracked files, with ``/``, relative to it, whether they exist or not.

    None where the folder is no top of a working tree, or git can't tell: then it is a folder as any other.
    """
    if not is_working_tree(folder):
        return None
    try:
        return frozenset(_names(_run(folder, "ls-files", "-z", "--cached")))
    except SourceUnavailable as error:
        _LOG.warning("%s is read as a folder, untracked files too: %s", folder, error)
        return None


class Repository:
    """The files of a commit, of a bare repository too. Ignore files and hidden files count as in a folder.

    Args:
        root: its folder is the repository's.
        max_bytes: of a file that is fetched.

    Raises:
        SourceUnavailable: there is no such commit, or no git.
    """

    def __init__(self, root: Root, revision: str, *, max_bytes: int, patterns: Patterns = EVERYTHING) -> None:
        self._root = root
        self._patterns = patterns
        self._max_bytes = max_bytes
        commit = f"{revision}^{{commit}}"
        verified = _run(root.folder, "rev-parse", "--verify", "--quiet", "--end-of-options", commit)
        self._commit = verified.decode("ascii").strip()

    @property
    def name(self) -> str:
        return self._root.source

    def records(self, records: Iterable[DocumentRecord]) -> list[DocumentRecord]:
        return self._root.records(records)

    def list(self, known: Known) -> Listing:
        """As of a folder. Links, sub-modules and pointers to files kept elsewhere (LFS) are skipped."""
        blobs = {blob.path: blob for blob in self._blobs()}
        lister = _Lister(self._root, self._rules(blobs), known.uris)
        files = [blob for blob in blobs.values() if lister.takes(blob)]
        listed = []
        for blob, data in self._contents(files):
            uri = self._root.uri(self._root.folder / blob.path)
            if data is not None and data.startswith(_LFS_POINTER):
                lister.skipped.append(uri)
            elif data is not None and uri not in known.uris and _is_blank(data):
                lister.empty.append(uri)
            else:
                digest = sha256(data).hexdigest() if data is not None else blob.id
                listed.append(ListedFile(uri=uri, key=blob.id, size=blob.size, fingerprint=digest))
        return Listing(
            files=tuple(sorted(listed, key=lambda file: file.uri)),
            skipped=tuple(sorted(lister.skipped)),
            empty=tuple(sorted(lister.empty)),
            ignored=tuple(sorted(lister.ignored)),
            failures=tuple(lister.failures),
        )

    def fetch(self, file: ListedFile) -> Content:
        name = PurePosixPath(file.uri).name
        if file.size > self._max_bytes:
            raise DocumentTooLarge(f"{name} has {file.size:,} bytes; the limit is {self._max_bytes:,}")
        return Content(data=_run(self._root.folder, "cat-file", "blob", file.key), name=name)

    def close(self) -> None:
        """Holds nothing."""

    def _blobs(self) -> Iterator[_Blob]:
        for line in _names(_run(self._root.folder, "ls-tree", "-r", "-z", "--long", self._commit)):
            facts, _, path = line.partition("\t")
            mode, kind, blob_id, size = facts.split()
            is_file = kind == "blob" and mode in _REGULAR
            yield _Blob(path=path, id=blob_id, size=int(size) if is_file else 0, is_file=is_file)

    def _rules(self, blobs: dict[str, _Blob]) -> IgnoreRules:
        def read(path: Path) -> bytes | None:
            blob = blobs.get(path.relative_to(self._root.folder).as_posix())
            if blob is None or not blob.is_file:
                return None
            return _run(self._root.folder, "cat-file", "blob", blob.id)

        return IgnoreRules(self._root.folder, self._patterns, read)

    def _contents(self, blobs: Sequence[_Blob]) -> Iterator[tuple[_Blob, bytes | None]]:
        """The bytes of each blob, by one run of git; None of one that is too large to be a document."""
        small = [blob for blob in blobs if blob.size <= self._max_bytes]
        yield from ((blob, None) for blob in blobs if blob.size > self._max_bytes)
        if not small:
            return
        with subprocess.Popen(  # noqa: S603 (fixed arguments)
            _command(self._root.folder, "cat-file", "--batch"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(),
        ) as process:
            assert process.stdin is not None  # noqa: S101 (for the type checker)
            assert process.stdout is not None  # noqa: S101
            try:
                for blob in small:
                    process.stdin.write(f"{blob.id}\n".encode())
                    process.stdin.flush()
                    header = process.stdout.readline().split()
                    if len(header) != 3:
                        raise SourceUnavailable(f"{self._root.folder}: {blob.path} is missing in git")
                    data = process.stdout.read(int(header[2]))
                    process.stdout.read(1)
                    yield blob, data
                process.stdin.close()
            finally:
                process.kill()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Blob:
    """An entry of a commit's tree; ``is_file``: no link and no sub-module."""

    path: str
    id: str
    size: int
    is_file: bool


class _Lister:
    """Sorts a commit's files by outcome."""

    def __init__(self, root: Root, rules: IgnoreRules, known: frozenset[str]) -> None:
        self._root = root
        self._rules = rules
        self._known = known
        self.skipped: list[str] = []
        self.empty: list[str] = []
        self.ignored: list[str] = []
        self.failures: list[Failure] = []

    def takes(self, blob: _Blob) -> bool:
        """Whether a file is to be a document; else it is noted, unless it is hidden."""
        path = self._root.folder / blob.path
        uri = self._root.uri(path)
        if any(part.startswith(".") for part in PurePosixPath(blob.path).parts) and uri not in self._known:
            return False
        try:
            if self._rules.ignores_with_parents(path):
                self.ignored.append(uri)
                return False
        except UnreadableIgnoreFile as error:
            reason = f"{error.filename or path} can't be read: {error.strerror or error}"
            self.failures.append(Failure(uri=uri, reason=reason))
            return False
        name = PurePosixPath(blob.path).name
        is_supported = bool(path.suffix) and formats.is_supported(name)
        if blob.is_file and (is_supported or uri in self._known):
            return True
        self.skipped.append(uri)
        return False


def _is_blank(data: bytes) -> bool:
    return len(data) <= _MAX_BLANK_BYTES and not data.strip()


def _command(folder: Path, *arguments: str) -> list[str]:
    return ["git", "--no-optional-locks", *_SAFE, "-C", str(folder), *arguments]


def _environment() -> dict[str, str]:
    """Without variables that point git at another repository."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return {**kept, "GIT_TERMINAL_PROMPT": "0", "GIT_NO_LAZY_FETCH": "1", "LC_ALL": "C"}


def _run(folder: Path, *arguments: str) -> bytes:
    """What git prints. Raises SourceUnavailable."""
    try:
        done = subprocess.run(  # noqa: S603 (fixed arguments)
            _command(folder, *arguments),
            capture_output=True,
            timeout=_SECONDS,
            env=_environment(),
            check=False,
        )
    except FileNotFoundError:
        raise SourceUnavailable(f"{folder} is a git repository, and git isn't installed") from None
    except (OSError, subprocess.TimeoutExpired) as error:
        raise SourceUnavailable(f"{folder}: git can't read it: {error}") from None
    if done.returncode:
        lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
        reason = lines[-1] if lines else "there is no such commit, branch or tag"
        raise SourceUnavailable(f"{folder}: git can't read it: {reason}")
    return done.stdout


def _names(output: bytes) -> list[str]:
    """What git prints between NUL characters, as the file system's names."""
    return [os.fsdecode(name) for name in output.split(b"\0") if name]
