"""Which files of a folder are left out: by ``.saywhereignore`` files and by the patterns of one run.

Patterns are those of ``.gitignore`` (https://git-scm.com/docs/gitignore): a file in a folder applies to
everything under it, a deeper file overrides it, and everything under an ignored folder is ignored.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rag.errors import InvalidSettings

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

IGNORE_FILE = ".saywhereignore"


@dataclass(frozen=True, slots=True, kw_only=True)
class Patterns:
    """Patterns for one run, relative to the root: only files that match ``include`` (empty: all) are listed,
    and none that match ``exclude``, whatever ignore files say.

    Raises:
        InvalidSettings: a pattern is invalid.
    """

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.include and not self.exclude:
            return
        try:
            _spec([*self.include, *self.exclude])
        except ValueError as error:
            raise InvalidSettings(f"a pattern can't be used: {error}") from None


EVERYTHING = Patterns()


class UnreadableIgnoreFile(OSError):
    """An ignore file can't be read or is invalid, so that it isn't known which files under it are ignored."""


class IgnoreRules:
    """The patterns and ignore files that apply to the files and sub-folders of a root folder.

    Args:
        read: the bytes of an ignore file, for a folder that isn't on the disk; None where there is none.
    """

    def __init__(
        self, folder: Path, patterns: Patterns, read: Callable[[Path], bytes | None] | None = None
    ) -> None:
        self._folder = folder
        self._read_file = read or _bytes_on_disk
        self._exclude = _spec(patterns.exclude)
        self._include = _spec(patterns.include) if patterns.include else None
        self._specs: dict[Path, GitIgnoreSpec | None] = {}

    def ignores(self, path: Path, *, is_folder: bool = False) -> bool:
        """Whether a path is left out, if the folders that it is in are not.

        Raises:
            UnreadableIgnoreFile: an ignore file above it can't be read or is invalid.
        """
        relative = self._relative(path, self._folder, is_folder=is_folder)
        if self._exclude.match_file(relative):
            return True
        if not is_folder and self._include is not None and not self._include.match_file(relative):
            return True
        is_ignored = False
        for parent in reversed(list(self._parents(path))):
            spec = self.load(parent)
            if spec is not None:
                match = spec.check_file(self._relative(path, parent, is_folder=is_folder)).include
                is_ignored = is_ignored if match is None else match
        return is_ignored

    def ignores_with_parents(self, path: Path, *, is_folder: bool = False) -> bool:
        """Whether a path, or a folder that it is in, is left out. Raises as ``ignores``."""
        parents = [parent for parent in self._parents(path) if parent != self._folder]
        return any(self.ignores(parent, is_folder=True) for parent in reversed(parents)) or (
            self.ignores(path, is_folder=is_folder)
        )

    def load(self, folder: Path) -> GitIgnoreSpec | None:
        """A folder's own ignore file; None if it has none. Raises UnreadableIgnoreFile."""
        if folder not in self._specs:
            self._specs[folder] = _read(folder / IGNORE_FILE, self._read_file)
        return self._specs[folder]

    def _parents(self, path: Path) -> Iterator[Path]:
        """The folders from a path's own up to the root."""
        for parent in path.parents:
            yield parent
            if parent == self._folder:
                return

    @staticmethod
    def _relative(path: Path, base: Path, *, is_folder: bool) -> str:
        return path.relative_to(base).as_posix() + ("/" if is_folder else "")


def _bytes_on_disk(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None


def _read(path: Path, read: Callable[[Path], bytes | None]) -> GitIgnoreSpec | None:
    try:
        data = read(path)
        return None if data is None else _spec(data.decode("utf-8-sig").splitlines())
    except OSError as error:
        raise UnreadableIgnoreFile(error.errno, error.strerror, str(path)) from error
    except ValueError as error:
        raise UnreadableIgnoreFile(0, f"not to be understood: {error}", str(path)) from error


def _spec(lines: Iterable[str]) -> GitIgnoreSpec:
    from pathspec import GitIgnoreSpec

    return GitIgnoreSpec.from_lines(lines)
